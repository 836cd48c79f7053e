"""SNS subscriptions. Delivering to them, and what their attributes mean, is the business of others."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, RowMapping, and_, func, select
from sqlalchemy.exc import IntegrityError

from bayon.state.attributes import changed
from bayon.state.database import State
from bayon.state.statements import insert_new
from bayon.state.tables import ended_subscriptions, subscriptions, topics

_columns = subscriptions.c


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription; `token` confirms it while `confirmed` is false."""

    arn: str
    topic_arn: str
    protocol: str
    endpoint: str
    attributes: Mapping[str, str]
    confirmed: bool
    token: str
    created_ms: int


def create(
    state: State,
    topic_arn: str,
    protocol: str,
    endpoint: str,
    *,
    attributes: Mapping[str, str],
    confirmed: bool,
    created_ms: int,
) -> Subscription | None:
    """The new subscription, with an ARN and a token of its own, or none where the topic has one to that endpoint (or
    has just been deleted). Writes: subscriptions."""
    values = {"arn": f"{topic_arn}:{uuid.uuid4()}", "topic_arn": topic_arn, "protocol": protocol, "endpoint": endpoint}
    fields = {"attributes": json.dumps(dict(attributes)), "confirmed": confirmed, "token": secrets.token_hex(128)}
    try:
        with state.write() as connection:
            row = insert_new(connection, subscriptions, values | fields | {"created_ms": created_ms})
    except IntegrityError:
        return None
    return _subscription(row) if row else None


def find(state: State, arn: str) -> Subscription | None:
    """The subscription of that ARN. Reads: subscriptions."""
    return _one(state, _columns.arn == arn)


def find_endpoint(state: State, topic_arn: str, protocol: str, endpoint: str) -> Subscription | None:
    """The topic's subscription to that endpoint. Reads: subscriptions."""
    same = and_(_columns.topic_arn == topic_arn, _columns.protocol == protocol, _columns.endpoint == endpoint)
    return _one(state, same)


def page_of_topic(state: State, topic_arn: str, *, after: str | None = None, limit: int | None) -> list[Subscription]:
    """The topic's first `limit` subscriptions behind the ARN `after`, in order of their ARNs. Reads: subscriptions."""
    return _page(state, _columns.topic_arn == topic_arn, after, limit)


def page(state: State, account: str, region: str, *, after: str | None = None, limit: int | None) -> list[Subscription]:
    """The first `limit` subscriptions to the account's topics in the region, behind the ARN `after`, in order of their
    ARNs. Reads: subscriptions, topics."""
    here = select(topics.c.arn).where(topics.c.account == account, topics.c.region == region)
    return _page(state, _columns.topic_arn.in_(here), after, limit)


def counts(state: State, topic_arn: str) -> tuple[int, int]:
    """How many of the topic's subscriptions are confirmed, and how many are pending. Reads: subscriptions."""
    by_state = select(_columns.confirmed, func.count()).where(_columns.topic_arn == topic_arn)
    with state.read() as connection:
        found = {
            bool(confirmed): count for confirmed, count in connection.execute(by_state.group_by(_columns.confirmed))
        }
    return found.get(True, 0), found.get(False, 0)


def confirm(state: State, topic_arn: str, token: str) -> Subscription | None:
    """The topic's subscription with that token, now confirmed; none where there is none. Writes: subscriptions."""
    this = and_(_columns.topic_arn == topic_arn, _columns.token == token)
    with state.write() as connection:
        statement = subscriptions.update().where(this).values(confirmed=True).returning(*_columns)
        row = connection.execute(statement).mappings().one_or_none()
    return _subscription(row) if row else None


def set_attributes(state: State, arn: str, changes: Mapping[str, str | None]) -> bool:
    """The attributes named have these values, none removes one; false where there is no such subscription.

    Writes: subscriptions.
    """
    with state.write() as connection:
        return changed(connection, subscriptions, arn, changes)


def delete(state: State, arn: str) -> bool:
    """The subscription is gone; false where there was none. Writes: subscriptions."""
    with state.write() as connection:
        return connection.execute(subscriptions.delete().where(_columns.arn == arn)).rowcount == 1


def end(state: State, subscription: Subscription, *, ended_ms: int) -> str:
    """The subscription is gone. Out: a token that brings it back. Writes: subscriptions, ended_subscriptions."""
    token = secrets.token_hex(128)
    values = {"token": token, "arn": subscription.arn, "topic_arn": subscription.topic_arn, "ended_ms": ended_ms}
    values |= {"protocol": subscription.protocol, "endpoint": subscription.endpoint}
    with state.write() as connection:
        connection.execute(subscriptions.delete().where(_columns.arn == subscription.arn))
        attributes = json.dumps(dict(subscription.attributes))
        connection.execute(ended_subscriptions.insert().values(**values, attributes=attributes))
    return token


def restore(state: State, topic_arn: str, token: str, *, ended_since_ms: int, now_ms: int) -> Subscription | None:
    """The ended subscription of that token is there again, confirmed; none where there is none, or another one of the
    same endpoint. Writes: subscriptions, ended_subscriptions."""
    ended = ended_subscriptions.c
    this = and_(ended.topic_arn == topic_arn, ended.token == token, ended.ended_ms >= ended_since_ms)
    with state.write() as connection:
        statement = ended_subscriptions.delete().where(this).returning(*ended)
        row = connection.execute(statement).mappings().one_or_none()
        if row is None:
            return None
        values = {name: row[name] for name in ("arn", "topic_arn", "protocol", "endpoint", "attributes", "token")}
        made = insert_new(connection, subscriptions, values | {"confirmed": True, "created_ms": now_ms})
    return _subscription(made) if made else None


def forget_ended(state: State, before_ms: int) -> None:
    """No subscription that ended before then can be brought back. Writes: ended_subscriptions."""
    with state.write() as connection:
        connection.execute(ended_subscriptions.delete().where(ended_subscriptions.c.ended_ms < before_ms))


def delete_pending(state: State, before_ms: int) -> int:
    """No subscription made before then waits for its confirmation. Out: how many are gone. Writes: subscriptions."""
    waiting = and_(_columns.confirmed.is_(False), _columns.created_ms < before_ms)
    with state.write() as connection:
        return connection.execute(subscriptions.delete().where(waiting)).rowcount


def _one(state: State, condition: ColumnElement[bool]) -> Subscription | None:
    found = _page(state, condition, None, 1)
    return found[0] if found else None


def _page(state: State, condition: ColumnElement[bool], after: str | None, limit: int | None) -> list[Subscription]:
    statement = select(subscriptions).where(condition)
    if after is not None:
        statement = statement.where(_columns.arn > after)
    ordered = statement.order_by(_columns.arn).limit(limit)
    with state.read() as connection:
        return [_subscription(row) for row in connection.execute(ordered).mappings()]


def _subscription(row: RowMapping) -> Subscription:
    return Subscription(**{**row, "attributes": json.loads(row["attributes"])})
