"""Tags of every kind of resource, by ARN, and the search over them.

A resource is known here from its first tag until it is deleted, also while it has none left. Whether an ARN names
something that exists is not known here. What has no region in its ARN (dashboards) is found in `GLOBAL_REGION`, where
AWS answers for global resources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.sql.elements import SQLColumnExpression

from bayon.state.database import State
from bayon.state.statements import insert_new, upsert
from bayon.state.tables import tagged_resources, tags

GLOBAL_REGION = "us-east-1"
TYPES_NOT_IN_ARN = {"sns": "topic"}

_resource = tagged_resources.c
_tag = tags.c


@dataclass(frozen=True, slots=True)
class TaggedResource:
    """A resource that has, or once had, a tag."""

    arn: str
    tags: Mapping[str, str]


def put(state: State, arn: str, values: Mapping[str, str]) -> None:
    """The resource has these tags, besides the others it had. Writes: tagged_resources, tags."""
    if not values:
        return
    _arn, _partition, service, region, account, resource = arn.split(":", 5)
    place = {"arn": arn, "account": account, "region": region, "service": service, "type": _type(service, resource)}
    with state.write() as connection:
        insert_new(connection, tagged_resources, place)
        upsert(connection, tags, [{"arn": arn, "key": key, "value": value} for key, value in values.items()])


def remove(state: State, arn: str, keys: Sequence[str]) -> None:
    """The resource has no tag of these keys. Writes: tags."""
    with state.write() as connection:
        connection.execute(tags.delete().where(_tag.arn == arn, _tag.key.in_(keys)))


def forget(state: State, arn: str) -> None:
    """Nothing is known of the resource any more: it has been deleted. Writes: tagged_resources, tags."""
    with state.write() as connection:
        connection.execute(tagged_resources.delete().where(_resource.arn == arn))


def of(state: State, arn: str) -> dict[str, str]:
    """The resource's tags, by key in order. Reads: tags."""
    return of_each(state, [arn])[arn]


def of_each(state: State, arns: Sequence[str]) -> dict[str, dict[str, str]]:
    """The tags of each resource, by key in order; none for what is unknown. Reads: tags."""
    found: dict[str, dict[str, str]] = {arn: {} for arn in arns}
    statement = select(tags).where(_tag.arn.in_(arns)).order_by(_tag.arn, _tag.key)
    with state.read() as connection:
        for arn, key, value in connection.execute(statement):
            found[arn][key] = value
    return found


def search(
    state: State,
    account: str,
    region: str,
    *,
    filters: Sequence[tuple[str, Sequence[str]]] = (),
    types: Sequence[str] = (),
    arns: Sequence[str] | None = None,
    after: str | None = None,
    limit: int | None,
) -> list[TaggedResource]:
    """The first `limit` tagged or once tagged resources behind the ARN `after` that meet every condition, by ARN.

    In: a filter is a key and the values that will do, any when there are none; a type is `service` or `service:type`.
    Source: GetResources. Reads: tagged_resources, tags.
    """
    conditions = [_here(account, region), *(_carries(key, values) for key, values in filters)]
    if types:
        conditions.append(or_(*(_is_of(name) for name in types)))
    if arns is not None:
        conditions.append(_resource.arn.in_(arns))
    if after is not None:
        conditions.append(_resource.arn > after)
    statement = select(_resource.arn).where(*conditions).order_by(_resource.arn).limit(limit)
    with state.read() as connection:
        found = list(connection.execute(statement).scalars())
    return [TaggedResource(arn, values) for arn, values in of_each(state, found).items()]


def keys(state: State, account: str, region: str, *, after: str | None = None, limit: int | None) -> list[str]:
    """The first `limit` keys in use behind `after`, in order, each once. Reads: tagged_resources, tags."""
    return _distinct(state, account, region, _tag.key, [], after, limit)


def values(
    state: State, account: str, region: str, key: str, *, after: str | None = None, limit: int | None
) -> list[str]:
    """The first `limit` values of the key in use behind `after`, in order, each once. Reads: tagged_resources, tags."""
    return _distinct(state, account, region, _tag.value, [_tag.key == key], after, limit)


def _type(service: str, resource: str) -> str:
    """`log-group` of `log-group:name`, `dashboard` of `dashboard/name`."""
    ends = [end for end in (resource.find(":"), resource.find("/")) if end >= 0]
    return resource[: min(ends)] if ends else TYPES_NOT_IN_ARN.get(service, "")


def _here(account: str, region: str) -> ColumnElement[bool]:
    regions = [region, ""] if region == GLOBAL_REGION else [region]
    return and_(_resource.account == account, _resource.region.in_(regions))


def _carries(key: str, values: Sequence[str]) -> ColumnElement[bool]:
    carriers = select(_tag.arn).where(_tag.key == key)
    return _resource.arn.in_(carriers.where(_tag.value.in_(values)) if values else carriers)


def _is_of(name: str) -> ColumnElement[bool]:
    service, _, kind = name.partition(":")
    return and_(_resource.service == service, _resource.type == kind) if kind else _resource.service == service


def _distinct(
    state: State,
    account: str,
    region: str,
    column: SQLColumnExpression[str],
    conditions: Sequence[ColumnElement[bool]],
    after: str | None,
    limit: int | None,
) -> list[str]:
    statement = select(column).join_from(tags, tagged_resources).where(_here(account, region), *conditions)
    if after is not None:
        statement = statement.where(column > after)
    with state.read() as connection:
        return list(connection.execute(statement.distinct().order_by(column).limit(limit)).scalars())
