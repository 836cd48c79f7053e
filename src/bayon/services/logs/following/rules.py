"""Metric filters compiled for a run: what of arrived events each counts or takes values from."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bayon.errors import AwsError
from bayon.services.logs.filter_patterns import read_pattern
from bayon.services.logs.following import texts
from bayon.services.logs.following.points import Derived
from bayon.services.logs.metric_transformations import Measure, measure
from bayon.sql import Sql
from bayon.state import metric_filters
from bayon.state.database import State
from bayon.state.log_groups import LogGroup
from bayon.state.metric_filters import MetricFilter

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """A metric filter of a group; `condition` also says that the event came after the filter."""

    filter_id: int
    group: LogGroup
    condition: Sql
    measure: Measure

    @property
    def has_default(self) -> bool:
        return self.measure.default is not None

    @property
    def samples(self) -> bool:
        """Whether points differ by event, so that their values are read."""
        return self.measure.constant is None or bool(self.measure.dimensions)

    @property
    def counts(self) -> bool:
        """Whether it matters how many events match."""
        return self.has_default or not self.samples

    def add(
        self,
        made: Derived,
        at_s: int,
        values: Sequence[float],
        weights: Sequence[float],
        dimensions: Sequence[str] = (),
    ) -> None:
        """A point of the filter's metric is among those made."""
        place = (self.group.account, self.group.region)
        made.add(place, self.measure.metric(dimensions), at_s, values, weights, unit=self.measure.unit)


def rules_of(state: State, groups: Mapping[int, LogGroup]) -> dict[int, list[Rule]]:
    """The metric filters of each group. Reads: metric_filters."""
    rules: dict[int, list[Rule]] = {}
    for each in metric_filters.of_groups(state, list(groups)):
        try:
            rules.setdefault(each.group_id, []).append(_rule(each, groups[each.group_id]))
        except AwsError as err:  # it was right when it was put, by an older bayon
            log.warning("metric filter %s of %s is left out: %s", each.name, groups[each.group_id].name, err.message)
    return rules


def _rule(each: MetricFilter, group: LogGroup) -> Rule:
    column = texts.column(on_transformed=each.on_transformed)
    system = {"@aws.account": group.account, "@aws.region": group.region}
    fixed = {name: system[name] for name in each.system_dimensions}
    prefix = f"f{each.id}"
    made = measure(read_pattern(each.pattern), each.transformation, fixed, column=column, prefix=prefix)
    since = f"{prefix}since"
    condition = Sql(
        f"(ingested_at_ms >= {{{since}:Int64}} AND {made.condition.text})",
        {**made.condition.parameters, since: each.created_ms},
    )
    return Rule(each.id, group, condition, made)
