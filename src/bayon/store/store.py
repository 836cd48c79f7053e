"""The telemetry store: opens the engine, owns the writer, and knows what has been settled.

Appends return when they are durable; reads see every append that has returned. What the rows mean is the business of
`logs.py`, `metrics.py` and `traces.py`, which use the names below and nothing of the engine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from bayon import limits
from bayon.store.engine import Engine, converted_errors
from bayon.store.generations import Generations, Leaving
from bayon.store.migrations import migrate
from bayon.store.schema import TABLES, TIERS
from bayon.store.writer import Blocks, Writer


class Store:
    """One telemetry store. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.settling = threading.Lock()
        self.summing_up = threading.Lock()
        self._load()
        stamps = {table.name: lambda block: block for table in TABLES}
        stamps |= {"log_recent": self._stamp_logs, "metric_recent": self._stamp_points}
        stamps |= {"segment_recent": self._stamp_documents}
        self._writer = Writer(engine.handle, stamps)

    @classmethod
    def open(cls, url: str, *, durable: bool = True) -> Store:
        """The store at `url`, made or migrated when needed; without `durable` an append may be lost with the machine.

        Raises: StoreError when a newer version of bayon wrote it or it cannot be opened.
        """
        engine = Engine(url)
        try:
            with engine.reader() as client, converted_errors():
                migrate(client, durable=durable)
            return cls(engine)
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
        return self._engine.query(sql, parameters, time_s=time_s, memory_bytes=memory_bytes)

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """The statement has been carried out, for settling and deleting."""
        with self._engine.reader() as client, converted_errors():
            client.command(sql, parameters=dict(parameters or {}))

    @property
    def busy(self) -> bool:
        """Whether appends are waiting, so that work in the background should give way."""
        return self._writer.busy

    def arrived_seq(self) -> int:
        """The number of the newest row that was given one: rows up to it are durable or have failed."""
        with self._writer.between_commits():
            newest: int = self._next_seq - 1
            return newest

    @property
    def metric_arrivals(self) -> tuple[int, int]:
        """Another value whenever metric points have arrived."""
        return self.metric_generations.current, self.metric_generations.commits

    def close_generation(self, of: Generations) -> None:
        """No later append joins the current generation."""
        with self._writer.between_commits():
            of.close_current()

    def closed(self, generations: Generations) -> list[int]:
        """Generations that take no more appends and are not settled yet, oldest first."""
        found = self.query(
            f"SELECT DISTINCT generation FROM {generations.table} "
            "WHERE generation > {settled:UInt64} AND generation < {current:UInt64} ORDER BY generation",
            {"settled": generations.settled, "current": generations.current},
        )
        return [int(generation) for generation in found["generation"].to_pylist()]

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
        with self.summing_up, self.settling, self._writer.between_commits():
            filled = self.query("SELECT DISTINCT table FROM system.parts WHERE database = currentDatabase() AND active")
            for table in {table.name for table in TABLES} & set(filled["table"].to_pylist()):
                self.command(f"TRUNCATE TABLE {table}")
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
        newest = "SELECT max(last_seq) AS seq FROM settled UNION ALL SELECT max(seq) FROM log_recent"
        seqs = self.query(f"SELECT max(seq) AS seq FROM ({newest} UNION ALL SELECT max(seq) FROM segment_recent)")
        self._next_seq = seqs["seq"][0].as_py() + 1

    def _days(self, table: str) -> dict[int, int]:
        """By day, the generation as of which the tier holds it."""
        found = self.query(
            "SELECT day, max(generation) AS generation FROM settled WHERE source = {table:String} GROUP BY day",
            {"table": table},
        )
        return dict(zip(found["day"].to_pylist(), found["generation"].to_pylist(), strict=True))

    def _generations(self, table: str) -> Generations:
        found = self.query(
            "SELECT (SELECT max(generation) FROM settled WHERE source = {table:String}) AS settled, "
            f"(SELECT max(generation) FROM {table}) AS newest",
            {"table": table},
        )
        return Generations(table, found["settled"][0].as_py(), found["newest"][0].as_py())

    def _stamp_logs(self, block: pa.Table) -> pa.Table:
        self.log_generations.add(block.num_rows)
        return self._in_generation(self._in_order(block), self.log_generations)

    def _stamp_points(self, block: pa.Table) -> pa.Table:
        self.metric_generations.add(block.num_rows)
        return self._in_generation(block, self.metric_generations)

    def _stamp_documents(self, block: pa.Table) -> pa.Table:
        self.segment_generations.add(block.num_rows)
        return self._in_generation(self._in_order(block), self.segment_generations)

    def _in_order(self, block: pa.Table) -> pa.Table:
        first = self._next_seq
        self._next_seq = first + block.num_rows
        return block.append_column("seq", pa.array(np.arange(first, self._next_seq, dtype=np.uint64)))

    @staticmethod
    def _in_generation(block: pa.Table, generations: Generations) -> pa.Table:
        return block.append_column("generation", pa.array(np.full(block.num_rows, generations.current, np.uint64)))
