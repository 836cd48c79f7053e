"""Metric streams: what they were asked for, whether they run, and how far they have come.

Filling them is the business of a job.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, select

from bayon.state import tags
from bayon.state.database import State
from bayon.state.statements import upsert
from bayon.state.tables import metric_streams

_columns = metric_streams.c


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricStream:
    """A stream; `request` is the PutMetricStream input without its tags, `cursor` the last point that it has seen."""

    account: str
    region: str
    name: str
    request: Mapping[str, Any]
    running: bool
    cursor: int
    created_ms: int
    updated_ms: int

    @property
    def arn(self) -> str:
        """The ARN of the stream."""
        return arn_of(self.account, self.region, self.name)


def arn_of(account: str, region: str, name: str) -> str:
    """The ARN of a stream."""
    return f"arn:aws:cloudwatch:{region}:{account}:metric-stream/{name}"


def put(state: State, stream: MetricStream) -> None:
    """The stream is kept, over one of its name. Writes: metric_streams."""
    row = {name: getattr(stream, name) for name in MetricStream.__slots__} | {
        "request": json.dumps(dict(stream.request))
    }
    with state.write() as connection:
        upsert(connection, metric_streams, [row])


def find(state: State, account: str, region: str, name: str) -> MetricStream | None:
    """The stream of that name. Reads: metric_streams."""
    with state.read() as connection:
        row = connection.execute(select(metric_streams).where(_named(account, region, [name]))).mappings().one_or_none()
    return _stream(row) if row else None


def page(state: State, account: str, region: str, *, after: str | None, limit: int) -> list[MetricStream]:
    """The first `limit` streams behind that name. Reads: metric_streams."""
    statement = select(metric_streams).where(_columns.account == account, _columns.region == region)
    if after is not None:
        statement = statement.where(_columns.name > after)
    with state.read() as connection:
        return [_stream(row) for row in connection.execute(statement.order_by(_columns.name).limit(limit)).mappings()]


def running(state: State) -> list[MetricStream]:
    """Every stream that runs, of every account. Reads: metric_streams."""
    with state.read() as connection:
        return [_stream(row) for row in connection.execute(select(metric_streams).where(_columns.running)).mappings()]


def start(state: State, account: str, region: str, names: Sequence[str], *, cursor: int) -> None:
    """The streams run; those that did not see only what comes from now on. Writes: metric_streams."""
    stopped = and_(_named(account, region, names), _columns.running.is_(False))
    with state.write() as connection:
        connection.execute(metric_streams.update().where(stopped).values(running=True, cursor=cursor))


def stop(state: State, account: str, region: str, names: Sequence[str]) -> None:
    """The streams stand still. Writes: metric_streams."""
    with state.write() as connection:
        connection.execute(metric_streams.update().where(_named(account, region, names)).values(running=False))


def move(state: State, stream: MetricStream, cursor: int) -> None:
    """The stream has seen everything up to there. Writes: metric_streams."""
    this = _named(stream.account, stream.region, [stream.name])
    with state.write() as connection:
        connection.execute(metric_streams.update().where(this).values(cursor=cursor))


def delete(state: State, account: str, region: str, name: str) -> None:
    """There is no such stream, nor tags of it. Writes: metric_streams, tags."""
    with state.write() as connection:
        connection.execute(metric_streams.delete().where(_named(account, region, [name])))
        tags.forget(state, arn_of(account, region, name))


def _named(account: str, region: str, names: Sequence[str]) -> ColumnElement[bool]:
    return and_(_columns.account == account, _columns.region == region, _columns.name.in_(names))


def _stream(row: RowMapping) -> MetricStream:
    return MetricStream(**{**row, "request": json.loads(row["request"])})
