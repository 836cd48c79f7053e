"""Contributor Insights rules. What a definition says is the business of `languages.contributor_rule`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from bayon.state import tags
from bayon.state.database import State
from bayon.state.statements import upsert
from bayon.state.tables import insight_rules

_columns = insight_rules.c


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightRule:
    """A rule; a managed one has the template and the resource that it was made for."""

    account: str
    region: str
    name: str
    definition: str
    enabled: bool
    transformed: bool
    template: str = ""
    resource_arn: str = ""

    @property
    def arn(self) -> str:
        """The ARN of the rule."""
        return arn_of(self.account, self.region, self.name)


def arn_of(account: str, region: str, name: str) -> str:
    """The ARN of a rule."""
    return f"arn:aws:cloudwatch:{region}:{account}:insight-rule/{name}"


def put(state: State, rule: InsightRule) -> None:
    """The rule is kept, over one of its name. Writes: insight_rules."""
    row = {name: getattr(rule, name) for name in InsightRule.__slots__}
    with state.write() as connection:
        upsert(connection, insight_rules, [row])


def find(state: State, account: str, region: str, name: str) -> InsightRule | None:
    """The rule of that name. Reads: insight_rules."""
    this = and_(_columns.account == account, _columns.region == region, _columns.name == name)
    with state.read() as connection:
        row = connection.execute(select(insight_rules).where(this)).mappings().one_or_none()
    return InsightRule(**row) if row else None


def page(
    state: State, account: str, region: str, *, resource_arn: str | None = None, after: str | None, limit: int
) -> list[InsightRule]:
    """The first `limit` rules behind that name, of one resource where given. Reads: insight_rules."""
    statement = select(insight_rules).where(_columns.account == account, _columns.region == region)
    if resource_arn is not None:
        statement = statement.where(_columns.resource_arn == resource_arn)
    if after is not None:
        statement = statement.where(_columns.name > after)
    with state.read() as connection:
        rows = connection.execute(statement.order_by(_columns.name).limit(limit)).mappings()
        return [InsightRule(**row) for row in rows]


def set_enabled(state: State, account: str, region: str, names: Sequence[str], *, enabled: bool) -> set[str]:
    """The rules of those names are enabled or disabled. Out: the names that there are. Writes: insight_rules."""
    these = and_(_columns.account == account, _columns.region == region, _columns.name.in_(names))
    with state.write() as connection:
        statement = insight_rules.update().where(these).values(enabled=enabled).returning(_columns.name)
        return set(connection.execute(statement).scalars())


def delete(state: State, account: str, region: str, names: Sequence[str]) -> set[str]:
    """The rules of those names are gone, with their tags. Out: the names that there were.

    Writes: insight_rules, tags.
    """
    these = and_(_columns.account == account, _columns.region == region, _columns.name.in_(names))
    with state.write() as connection:
        gone = set(connection.execute(insight_rules.delete().where(these).returning(_columns.name)).scalars())
        for name in gone:
            tags.forget(state, arn_of(account, region, name))
    return gone
