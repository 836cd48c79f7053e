"""The telemetry store: opens the engine, owns the writer, and knows what has been settled.

Appends return when they are durable; reads see every append that has returned. What the rows mean is the business of
`logs.py`, `metrics.py` and `traces.py`, which use the names below and nothing of the engine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bayon import limits
from bayon.store.engine import Engine, converted_errors
from bayon.store.generations import Generations, Leaving
from bayon.store.journal import Blocks, Journal
from bayon.store.migrations import migrate
from bayon.store.schema import SEQUENCED, TABLES, TIERS
from bayon.store.writer import Ways, Writer


class Store:
    """One telemetry store. Safe to use from many threads."""

    def __init__(self, engine: Engine, journal: Journal, *, durable: bool) -> None:
        self._engine = engine
        self.settling = threading.Lock()
        self.summing_up = threading.Lock()
        self._load()
        held = {table: self._newest_seq(table) for table in SEQUENCED}
        left, files = journal.left()
        unseen = [{table: _behind(block, held.get(table)) for table, block in blocks.items()} for blocks in left]
        stamps = {table.name: lambda block: block for table in TABLES}
        stamps |= {"log_recent": self._stamp_logs, "metric_recent": self._stamp_points}
        stamps |= {"segment_recent": self._stamp_documents}
        self._writer = Writer(
            Ways(
                open_handle=engine.handle,
                stamps=stamps,
                sequenced=SEQUENCED,
                repeatable=frozenset(table.name for table in TABLES if table.repeatable),
                next_seq=max([*held.values(), *map(_last_seq, unseen)]) + 1,
                journal=journal if durable else None,
                roomy=journal.roomy if durable else lambda: True,
            )
        )
        self._writer.restore(unseen, files)

    @classmethod
    def open(cls, url: str, *, durable: bool = True, journal: Path | None = None) -> Store:
        """The store at `url`, made or migrated when needed; without `durable` an append may be lost with the machine.

        In: `journal`, the folder for what is not in the engine yet: beside the embedded engine's if not given.
        Raises: StoreError when a newer version of bayon wrote it or it cannot be opened.
        """
        engine = Engine(url)
        try:
            with engine.reader() as client, converted_errors():
                migrate(client, durable=durable)
            return cls(engine, Journal(journal or Path(f"{url.removeprefix('chdb://')}.journal")), durable=durable)
        except BaseException:
            engine.close()
            raise

    def append(self, blocks: Blocks) -> None:
        """The blocks are durable, each table's all together or not at all.

        Raises: StoreError, retryable, when too much waits or the disk is full; then the append is not acknowledged.
        """
        self._writer.append(blocks)

    def query(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        time_s: float = limits.QUERY_TIME_S,
        memory_bytes: int = limits.QUERY_MEMORY_BYTES,
    ) -> pa.Table:
        """The rows of a query whose values are bound parameters. Raises: StoreError when a limit is hit."""
        self._writer.flush(sql)
        return self._engine.query(sql, parameters, time_s=time_s, memory_bytes=memory_bytes)

    def select(
        self, sql: str, parameters: Mapping[str, Any], *, time_s: float, memory_bytes: int, tag: str
    ) -> pa.Table:
        """The rows of a query that may take long, see `Engine.select`. Raises: StoreError when a limit is hit."""
        self._writer.flush(sql)
        return self._engine.select(sql, parameters, time_s=time_s, memory_bytes=memory_bytes, tag=tag)

    def land(self, table: str) -> None:
        """Every append to the table that has returned is in it."""
        self._writer.flush(table)

    def cancel(self, tag: str) -> None:
        """The long query of that tag ends soon, if it runs."""
        self._engine.cancel(tag)

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """The statement has been carried out, for settling and deleting."""
        self._writer.flush(sql)
        self._carry_out(sql, parameters)

    def _carry_out(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        with self._engine.reader() as client, converted_errors():
            client.command(sql, parameters=dict(parameters or {}))

    @property
    def busy(self) -> bool:
        """Whether appends are waiting, so that work in the background should give way."""
        return self._writer.busy

    def arrived_seq(self) -> int:
        """The number of the newest row that is durable; later ones have greater numbers."""
        return self._writer.arrived_seq

    @property
    def metric_arrivals(self) -> int:
        """Another value whenever metric points have arrived, never 0."""
        return self._writer.arrived.get("metric_recent", 1)

    def close_generation(self, of: Generations) -> None:
        """No later append joins the current generation."""
        self._writer.flush()
        with self._writer.between_inserts():
            of.close_current()

    def closed(self, generations: Generations) -> list[int]:
        """Generations that take no more appends and are not settled yet, oldest first."""
        found = self.query(
            f"SELECT DISTINCT generation FROM {generations.table} "
            "WHERE generation > {settled:UInt64} AND generation < {current:UInt64} ORDER BY generation",
            {"settled": generations.settled, "current": generations.current},
        )
        return [int(generation) for generation in found["generation"].to_pylist()]

    def last_seq(self, table: str, generation: int) -> int:
        """The number of the newest row that the table's generation holds."""
        found = self.query(
            f"SELECT max(seq) AS seq FROM {table} WHERE generation = {{generation:UInt64}}", {"generation": generation}
        )
        return int(found["seq"][0].as_py())

    def record(self, source: str, generation: int, *, day: int = 0, last_seq: int = 0) -> None:
        """The generation of the table, or of the table's day, counts as settled; durably."""
        self.command(
            "INSERT INTO settled VALUES ({source:String}, {day:UInt32}, {generation:UInt64}, {last_seq:UInt64})",
            {"source": source, "day": day, "generation": generation, "last_seq": last_seq},
        )

    def drop_left(self, table: str, left: Callable[[int, int], bool]) -> None:
        """Partitions of which `left(day, generation)` is true are gone, unless a running query may be reading them."""
        found = self.query(
            "SELECT DISTINCT partition FROM system.parts WHERE database = currentDatabase() "
            "AND table = {table:String} AND active",
            {"table": table},
        )
        for partition in found["partition"].to_pylist():
            *day, generation = (int(number) for number in partition.strip("()").split(","))
            if left(day[0] if day else 0, generation) and self.leaving.may_go(table, partition):
                self.command(f"ALTER TABLE {table} DROP PARTITION {partition}")
                self.leaving.gone(table, partition)

    def reset(self) -> None:
        """Nothing is kept any more."""
        with self.summing_up, self.settling, self._writer.between_inserts():
            self._writer.forget()
            filled = self._engine.query(
                "SELECT DISTINCT table FROM system.parts WHERE database = currentDatabase() AND active"
            )
            for table in {table.name for table in TABLES} & set(filled["table"].to_pylist()):
                self._carry_out(f"TRUNCATE TABLE {table}")
            self._load()

    def close(self) -> None:
        """All that was appended is written and the engine is closed."""
        self._writer.close()
        with self.settling:
            self._engine.close()

    def _load(self) -> None:
        """What is remembered between calls, read from the store: it is a cache and the store is the truth."""
        self.caches: dict[str, Any] = {}
        self.leaving = Leaving()
        self.tier_days = {tier.table: self._days(tier.table) for tier in TIERS}
        self.log_generations = self._generations("log_recent")
        self.metric_generations = self._generations("metric_recent")
        self.segment_generations = self._generations("segment_recent")

    def _newest_seq(self, table: str) -> int:
        """The number of the table's last row that the engine has, 0 when there was none."""
        found = self._engine.query(
            f"SELECT greatest((SELECT max(seq) FROM {table}), "
            "(SELECT max(last_seq) FROM settled WHERE source = {table:String})) AS seq",
            {"table": table},
        )
        return int(found["seq"][0].as_py())

    def _days(self, table: str) -> dict[int, int]:
        """By day, the generation as of which the tier holds it."""
        found = self._engine.query(
            "SELECT day, max(generation) AS generation FROM settled WHERE source = {table:String} GROUP BY day",
            {"table": table},
        )
        return dict(zip(found["day"].to_pylist(), found["generation"].to_pylist(), strict=True))

    def _generations(self, table: str) -> Generations:
        found = self._engine.query(
            "SELECT (SELECT max(generation) FROM settled WHERE source = {table:String}) AS settled, "
            f"(SELECT max(generation) FROM {table}) AS newest",
            {"table": table},
        )
        return Generations(table, found["settled"][0].as_py(), found["newest"][0].as_py())

    def _stamp_logs(self, block: pa.Table) -> pa.Table:
        self.log_generations.add(block.num_rows)
        return self._in_generation(block, self.log_generations)

    def _stamp_points(self, block: pa.Table) -> pa.Table:
        self.metric_generations.add(block.num_rows)
        return self._in_generation(block, self.metric_generations)

    def _stamp_documents(self, block: pa.Table) -> pa.Table:
        self.segment_generations.add(block.num_rows)
        return self._in_generation(block, self.segment_generations)

    @staticmethod
    def _in_generation(block: pa.Table, generations: Generations) -> pa.Table:
        return block.append_column("generation", pa.array(np.full(block.num_rows, generations.current, np.uint64)))


def _behind(block: pa.Table, seq: int | None) -> pa.Table:
    """The rows with a greater number; all, of a table without numbers."""
    return block if seq is None else block.filter(pc.greater(block["seq"], pa.scalar(seq, pa.uint64())))


def _last_seq(blocks: Blocks) -> int:
    return max(
        (pc.max(block["seq"]).as_py() or 0 for block in blocks.values() if "seq" in block.column_names), default=0
    )
