"""The pytest fixtures of `bayon.testing`, imported by pytest only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bayon.testing import Bayon, running


@pytest.fixture(scope="session")
def bayon_process() -> Iterator[Bayon]:
    """One ephemeral bayon for the whole run; with pytest-xdist one per worker. It delivers to this machine."""
    with running(allow_networks="127.0.0.0/8,::1") as bayon:
        yield bayon


@pytest.fixture
def bayon(bayon_process: Bayon) -> Bayon:
    """An empty bayon whose clock follows the machine's."""
    bayon_process.reset()
    return bayon_process
