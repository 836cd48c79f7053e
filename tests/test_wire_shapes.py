"""The generated types of requests and answers are those of the served operations."""

from __future__ import annotations

from bayon.wire import generate_shapes


def test_the_generated_shapes_are_fresh() -> None:
    """What is generated now is what is committed."""
    assert generate_shapes.main(["--check"]) == 0
