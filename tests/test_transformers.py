"""Every case of cases/transformers: a configuration and a message, and the event that is made of it or why there is
none; or the configuration and why it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bayon.languages.transformer.check import ConfigError, check
from bayon.languages.transformer.parsers import TransformError
from bayon.languages.transformer.transform import transform, transformed

CASES = Path(__file__).parent / "cases" / "transformers"


def cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text())["cases"]:
            yield pytest.param(case, id=f"{path.stem}: {case['name']}")


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: dict[str, Any]) -> None:
    """The event is the one expected, or the error says why there is none."""
    assert case.get("source"), "a case without a source proves nothing"
    if "refused" in case:
        with pytest.raises(ConfigError) as refused:
            check(case["config"])
        assert case["refused"] in refused.value.message
        return
    check(case["config"])
    if "error" in case:
        with pytest.raises(TransformError, match=case["error"]):
            transformed(case["config"], case["message"])
        assert transform(case["config"], case["message"]) is None
        return
    event = transformed(case["config"], case["message"], case.get("metadata"))
    expected = case.get("event", event | case.get("has", {}))
    assert event == expected


PARSERS: list[list[dict[str, Any]]] = [
    [{name: {}}]
    for name in ("parseJSON", "csv", "parseKeyValue", "parseVPC", "parseRoute53", "parsePostgres", "parseWAF")
]
GROKS: list[list[dict[str, Any]]] = [
    [{"grok": {"match": f"%{{{name}}}"}}] for name in ("APACHE_ACCESS_LOG", "SYSLOG5424", "URI", "EMAILADDRESS", "IPV6")
]


@pytest.mark.parametrize("config", [*PARSERS, *GROKS])
@given(message=st.text(max_size=300))
def test_any_message_gives_an_event_or_none(config: list[dict[str, Any]], message: str) -> None:
    """Nothing else happens, whatever the text."""
    event = transform(config, message)
    assert event is None or "@message" not in event
