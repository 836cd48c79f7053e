"""Log events over plain HTTP, as senders without an AWS SDK write them, and who may send them."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request

import pytest

from bayon.testing import DIRECT, Bayon, running

NOW_MS = 1_772_445_600_000
HLC, NDJSON, STRUCTURED = "/services/collector/event", "/ingest/bulk", "/ingest/json"


def post(bayon: Bayon, path: str, body: str | bytes, place: str = "logGroup=/a&logStream=s", **headers: str) -> Any:
    """The status and the decoded answer."""
    given = body.encode() if isinstance(body, str) else body
    request = Request(f"{bayon.url}{path}?{place}", given, {"content-type": "application/json", **headers})
    try:
        with DIRECT.open(request) as response:
            return response.status, json.load(response)
    except HTTPError as err:
        with err:
            return err.code, json.load(err)


def held(bayon: Bayon) -> list[tuple[int, str]]:
    page = bayon.client("logs").get_log_events(logGroupName="/a", logStreamName="s", startFromHead=True)
    return [(event["timestamp"], event["message"]) for event in page["events"]]


@pytest.fixture
def here(bayon: Bayon) -> Bayon:
    """A bayon at a time of ours, with a group and a stream."""
    bayon.clock(freeze=NOW_MS)
    made(bayon)
    return bayon


def made(bayon: Bayon) -> None:
    bayon.client("logs").create_log_group(logGroupName="/a")
    bayon.client("logs").create_log_stream(logGroupName="/a", logStreamName="s")


CASES = [
    (HLC, '{"event": "one", "time": 1772445599.5}', [(NOW_MS - 500, "one")]),
    (HLC, '{"event": {"a": 1}, "time": "1772445599"}{"event": 5}', [(NOW_MS - 1000, '{"a":1}'), (NOW_MS, "5")]),
    (HLC, '[{"event": "a", "time": "x"}, {"no": 1}, 7] {"event": "b", "host": "h"}', [(NOW_MS, "a"), (NOW_MS, "b")]),
    (NDJSON, '{"timestamp": 1772445599000, "b": 1}\n\n[1, "two"]\nnonsense\n',
     [(NOW_MS - 1000, '{"timestamp":1772445599000,"b":1}'), (NOW_MS, "1"), (NOW_MS, "two")]),
    (STRUCTURED, '{"timestamp": 1772445599000}{"a": 1}', [(NOW_MS - 1000, '{"timestamp":1772445599000}')]),
    (STRUCTURED, '[{"a": 1}, 2, {"a": "ü"}]', [(NOW_MS, '{"a":1}'), (NOW_MS, '{"a":"ü"}')]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body", "expected"), CASES)
def test_each_endpoint_reads_its_form(here: Bayon, path: str, body: str, expected: list[tuple[int, str]]) -> None:
    """Source: logs.md §5.7."""
    assert post(here, path, body) == (200, {})
    assert sorted(held(here)) == sorted(expected)


def test_a_compressed_body(here: Bayon) -> None:
    """Is read like any other."""
    assert post(here, NDJSON, gzip.compress(b'{"a": 1}'), **{"content-encoding": "gzip"}) == (200, {})
    assert held(here) == [(NOW_MS, '{"a":1}')]


def test_what_is_refused_for_its_time_is_told(here: Bayon) -> None:
    """The others are kept."""
    old, new = NOW_MS - 15 * 86_400_000, NOW_MS + 3 * 3_600_000
    body = "\n".join(json.dumps({"timestamp": at}) for at in (old, NOW_MS, new))
    status, answer = post(here, NDJSON, body)
    assert status == 200
    counts = {"tooOldLogEventCount": 1, "tooNewLogEventCount": 1, "expiredLogEventCount": 0}
    assert answer["partialSuccess"]["rejectedLogRecords"] == 2
    assert json.loads(answer["partialSuccess"]["errorMessage"]) == counts
    assert len(held(here)) == 1


@pytest.mark.parametrize(
    ("path", "body", "place", "status"),
    [
        (NDJSON, "nonsense\n", "logGroup=/a&logStream=s", 400),
        (HLC, '{"event": ', "logGroup=/a&logStream=s", 400),
        (STRUCTURED, "[" * 100_000, "logGroup=/a&logStream=s", 400),
        (HLC, "{}", "logGroup=/a", 400),
        (HLC, '{"event": 1}', "logGroup=/b&logStream=s", 404),
        (HLC, '{"event": 1}', "logGroup=/a&logStream=t", 404),
        (NDJSON, '"' + "x" * 1_100_000 + '"', "logGroup=/a&logStream=s", 400),
        (NDJSON, "1\n" * 10_001, "logGroup=/a&logStream=s", 400),
    ],
)
def test_what_cannot_be_kept(here: Bayon, path: str, body: str, place: str, status: int) -> None:
    """Is refused with a sentence, and nothing of it is kept."""
    found, answer = post(here, path, body, place)
    assert found == status
    assert answer["message"]
    assert held(here) == []


def test_a_token_is_for_groups_that_take_them(here: Bayon) -> None:
    """Without access keys anyone's will do, as with signatures."""
    bearer = {"authorization": "Bearer ACWLanything"}
    assert post(here, HLC, '{"event": 1}', **bearer)[0] == 403
    here.client("logs").put_bearer_token_authentication(logGroupIdentifier="/a", bearerTokenAuthenticationEnabled=True)
    assert post(here, HLC, '{"event": 1}', **bearer) == (200, {})


def test_once_there_is_a_key_the_token_must_be_of_one(tmp_path: Path) -> None:
    """ACWL, the key's id, a colon and its secret."""
    create = [sys.executable, "-m", "bayon", "keys", "create", "--data-dir", str(tmp_path)]
    printed = subprocess.run(create, capture_output=True, text=True, check=True).stdout
    key_id, secret = re.findall(r"export AWS_\w+=(\S+)", printed)
    with running(data_dir=tmp_path) as bayon:
        options = {"aws_access_key_id": key_id, "aws_secret_access_key": secret}
        logs = bayon.client("logs", **options)
        logs.create_log_group(logGroupName="/a")
        logs.create_log_stream(logGroupName="/a", logStreamName="s")
        logs.put_bearer_token_authentication(logGroupIdentifier="/a", bearerTokenAuthenticationEnabled=True)
        assert post(bayon, HLC, '{"event": 1}')[0] == 403
        wrong = {"authorization": f"Bearer ACWL{key_id}:{secret[:-1]}"}
        assert post(bayon, HLC, '{"event": 1}', **wrong)[0] == 403
        right = {"authorization": f"Bearer ACWL{key_id}:{secret}"}
        assert post(bayon, HLC, '{"event": 1}', **right) == (200, {})
