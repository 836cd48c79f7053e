"""Queries while they run: each in a thread of its own, a few at a time, so that none keeps short reads waiting.

A query ends as Complete, Failed, Timeout or Cancelled, and is then in the state. What a query means is decided by the
language, what it reads by the store.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bayon import limits
from bayon.clock import monotonic_s
from bayon.errors import AwsError, BayonError, StoreError
from bayon.languages.insights.mining import Mined
from bayon.languages.insights.parser import parse
from bayon.languages.insights.patterns import mine
from bayon.languages.insights.plan import Compiled, compiled, continued
from bayon.languages.insights.world import World
from bayon.services.logs import results
from bayon.services.logs.protection import masker_of
from bayon.services.logs.query_world import Asked, world
from bayon.sql import Statement
from bayon.state import log_groups
from bayon.state import log_queries as ended
from bayon.state.database import State
from bayon.state.log_queries import EndedQuery
from bayon.store import log_queries
from bayon.store.log_queries import Scanned
from bayon.store.store import Store

log = logging.getLogger(__name__)

LIVE = ("Scheduled", "Running")
NONE = Scanned(0, 0)


@dataclass(slots=True)
class Query:
    """One query and how far it is. Its thread writes, requests read."""

    id: str
    asked: Asked
    text: str
    groups: Sequence[str]
    status: str = "Scheduled"
    rows: list[results.Row] = field(default_factory=list)
    statistics: dict[str, float] = field(default_factory=dict)
    began_s: float = field(default_factory=monotonic_s)
    cancelled: bool = False

    @property
    def took_ms(self) -> int:
        return round((monotonic_s() - self.began_s) * 1000)

    @property
    def tag(self) -> str:
        """What the engine knows the query by."""
        return self.id.replace("-", "")


class Queries:
    """The queries of one store that have not ended."""

    def __init__(self, store: Store, state: State) -> None:
        self._store = store
        self._state = state
        self._places = threading.BoundedSemaphore(limits.INSIGHTS_AT_ONCE)
        self._changed = threading.Lock()
        self._live: dict[str, Query] = {}

    def start(self, asked: Asked, text: str, groups: Sequence[str]) -> Query:
        """The query is on its way. Raises: LimitExceededException when too many are."""
        query = Query(str(uuid.uuid4()), asked, text, groups)
        with self._changed:
            if len(self._live) >= limits.INSIGHTS_CONCURRENCY:
                raise AwsError("LimitExceededException", "Account maximum query concurrency limit of 100 reached.")
            self._live[query.id] = query
        threading.Thread(target=self._run, args=(query,), name=f"query-{query.id}", daemon=True).start()
        return query

    def find(self, query_id: str) -> Query | None:
        """The query, while it has not ended."""
        return self._live.get(query_id)

    def all(self) -> list[Query]:
        """Every query that has not ended, newest first."""
        with self._changed:
            return list(reversed(self._live.values()))

    def cancel(self, query: Query) -> None:
        """The query ends soon as Cancelled, with the rows found so far."""
        query.cancelled = True
        log_queries.cancel(self._store, query.tag)

    def _run(self, query: Query) -> None:
        """The query has ended, and is kept unless bayon was reset meanwhile."""
        try:
            with self._places:
                if not query.cancelled:
                    query.status, query.began_s = "Running", monotonic_s()
                    self._answer(query)
            status = "Cancelled" if query.cancelled else "Complete"
        except StoreError as err:
            status = "Cancelled" if query.cancelled else "Timeout" if err.late else "Failed"
            if status != "Cancelled":
                log.warning("query %s: %s", query.id, err.message)
        except BayonError as err:
            status = "Cancelled" if query.cancelled else "Failed"
            log.warning("query %s: %s", query.id, err.message)
        except Exception:
            status = "Cancelled" if query.cancelled else "Failed"
            if status != "Cancelled":
                log.exception("query %s failed", query.id)
        self._end(query, status)

    def _end(self, query: Query, status: str) -> None:
        query.statistics["resultCount"] = float(len(query.rows))
        asked = query.asked
        place = (query.id, asked.account, asked.region, query.text, query.groups, status, asked.now_ms, query.took_ms)
        try:
            if self._store.caches.get(CACHE) is self:
                ended.keep(self._state, EndedQuery(*place, query.statistics, query.rows))
        except BayonError as err:
            log.warning("query %s could not be kept: %s", query.id, err.message)
        finally:
            with self._changed:
                query.status = status
                self._live.pop(query.id, None)

    def _answer(self, query: Query) -> None:
        """The query has its rows and statistics."""
        recent = log_queries.has_recent(self._store)
        known = world(self._state, self._store, query.asked, recent=recent)
        plan = compiled(parse(query.asked.text), known)
        query.groups = sorted({*query.groups, *names_of(known, plan)})
        scanned = self._scanned(query, plan, recent=recent)
        self._report(query, scanned, matched=0, groups=len(groups_of(plan)))
        if scanned.events >= limits.INSIGHTS_PARTIAL_EVENTS:
            tenth_ms = (known.end_ms - known.start_ms) // 10
            newest = compiled(parse(query.asked.text), replace(known, start_ms=known.end_ms - tenth_ms))
            query.rows = self._rows(query, newest, recent=recent)[0]
        rows, matched = self._rows(query, plan, recent=recent)
        results.check_size(rows)
        query.rows = rows
        if isinstance(plan, Compiled) and not plan.filtered:
            matched = scanned.events
        self._report(query, scanned, matched, len(groups_of(plan)))

    def _rows(self, query: Query, plan: Compiled | Mined, *, recent: bool) -> tuple[list[results.Row], int]:
        """The rows of the plan, and how many events its filters let through."""
        table = self._select(query, plan.statement, recent=recent)
        groups = log_groups.by_ids(self._state, sorted(groups_of(plan)))
        mask = masker_of(self._state, list(groups.values()))
        if isinstance(plan, Mined):
            texts = results.texts(table)
            rest = continued(plan, mine(texts))
            found = results.rows(self._select(query, rest.statement, recent=recent), rest, mask)
            return found, sum(text.count for text in texts)
        return results.rows(table, plan, mask), self._matched(query, plan, table, recent=recent)

    def _select(self, query: Query, statement: Statement, *, recent: bool) -> results.Rows:
        time_s = self._left_s(query)
        return log_queries.select(self._store, statement, recent=recent, time_s=time_s, tag=query.tag)

    def _scanned(self, query: Query, plan: Compiled | Mined, *, recent: bool) -> Scanned:
        total = NONE
        for events in plan.statement.events:
            found = log_queries.scanned(self._store, events, recent=recent, time_s=self._left_s(query), tag=query.tag)
            total = Scanned(total.events + found.events, total.size_bytes + found.size_bytes)
        return total

    def _matched(self, query: Query, plan: Compiled, table: results.Rows, *, recent: bool) -> int:
        """How many events the filters let through, counted only where the rows do not tell."""
        if not plan.filtered:
            return 0
        if plan.counts and table.num_rows:
            return int(table["p3"][0].as_py())
        if plan.points and table.num_rows < plan.enough:
            return int(table.num_rows)
        return int(self._select(query, plan.matched, recent=recent)["matched"][0].as_py())

    @staticmethod
    def _report(query: Query, scanned: Scanned, matched: int, groups: int) -> None:
        query.statistics = {
            "recordsMatched": float(matched),
            "recordsScanned": float(scanned.events),
            "bytesScanned": float(scanned.size_bytes),
            "estimatedRecordsSkipped": 0.0,
            "estimatedBytesSkipped": 0.0,
            "logGroupsScanned": float(groups),
        }

    @staticmethod
    def _left_s(query: Query) -> float:
        """The time that the query still has. Raises: StoreError when there is none, or it was cancelled."""
        left_s = limits.INSIGHTS_TIME_S - query.took_ms / 1000
        if left_s <= 0:
            raise StoreError("the query ran into its time limit", retryable=False, late=True)
        if query.cancelled:
            raise StoreError("the query was cancelled", retryable=False)
        return left_s


CACHE = "log_queries"
_opening = threading.Lock()


def queries(store: Store, state: State) -> Queries:
    """The queries of the store. A reset forgets them."""
    with _opening:
        found = store.caches.get(CACHE)
        if found is None:
            found = store.caches[CACHE] = Queries(store, state)
        assert isinstance(found, Queries)
        return found


def groups_of(plan: Compiled | Mined) -> set[int]:
    """The numbers of the groups that the plan reads."""
    return {group for events in plan.statement.events for group, _ in events.groups}


def names_of(known: World, plan: Compiled | Mined) -> list[str]:
    """The names of those that the request named."""
    wanted = groups_of(plan)
    return [group.name for group in known.groups if group.id in wanted]
