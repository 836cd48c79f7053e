"""The tables of the telemetry store, as data: a table is a row here, a change to one is a migration.

Two kinds of table. A *recent* table takes appends: it is partitioned by `generation` (a number that the store raises
when it closes one), so that one insert is one part and therefore kept whole or not at all, whatever days it
spans. A *settled* table is what a background job makes of a closed generation: partitioned by day, sorted, indexed,
rolled up. Reads join both under a watermark, see `generations.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from bayon.clock import DAY_MS, DAY_S
from bayon.store import trace_rows
from bayon.store.series_words import WORDS

VERSION = 7

# How log fields are laid out: the column, and what settling casts messages to.
LOG_FIELDS = "JSON(max_dynamic_paths = 256)"
# The first complete JSON object of a message, `{}` where there is none: all of it, all from the first brace on, or up
# to the brace that closes it. Source: logs.md §3.1, leading text is allowed.
_FROM_BRACE = "substring(message, position(message, '{'))"
_TO_CLOSING = r"extract(message, '\\{(?:[^{}]|\\{(?:[^{}]|\\{(?:[^{}]|\\{[^{}]*\\})*\\})*\\})*\\}')"
LOG_JSON = (
    "multiIf(startsWith(trimLeft(message), '{') AND isValidJSON(message), message, position(message, '{') = 0, '{}', "
    f"isValidJSON({_FROM_BRACE}), {_FROM_BRACE}, isValidJSON({_TO_CLOSING}), {_TO_CLOSING}, '{{}}')"
)
# How the engine reads that JSON: of a key that comes twice the first, and text that looks like a date as text.
SHREDDING = (
    "type_json_skip_duplicated_paths = 1, input_format_try_infer_dates = 0, input_format_try_infer_datetimes = 0, "
    "max_partitions_per_insert_block = 0"
)
# The paths of a table's JSON with their types, by group: `{0}` is the table, `{1}` which of its rows.
FIELDS_OF = (
    "SELECT group_id, pair.1 AS path, arrayJoin(pair.2) AS type FROM ("
    "SELECT group_id, arrayJoin(arrayZip(mapKeys(held), mapValues(held))) AS pair FROM ("
    "SELECT group_id, distinctJSONPathsAndTypes(fields) AS held FROM {0} WHERE {1} GROUP BY group_id))"
)

# CloudWatch's units in the order of metrics.md §1.1; a unit is stored as its place in this list, so append only.
UNITS = (
    *("Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"),
    *("Bits", "Kilobits", "Megabits", "Gigabits", "Terabits", "Percent", "Count"),
    *("Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second"),
    *("Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second"),
    *("Count/Second", "None"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns and how it is kept."""

    name: str
    columns: str
    order: str
    partition: str = ""
    engine: str = "MergeTree"
    settings: str = ""
    sequenced: bool = False  # `seq` grows with arrival, and tells after a crash what is here already

    @property
    def repeatable(self) -> bool:
        """Whether rows that are inserted again after a crash count once: only then may they wait in the journal."""
        return self.sequenced or self.engine.startswith("Replacing")

    def create(self, *, durable: bool) -> str:
        """The statement that makes the table; a durable one reports an insert only when it is on disk."""
        sync = int(durable)
        settings = f"fsync_after_insert = {sync}, fsync_part_directory = {sync}{self.settings and ', ' + self.settings}"
        partition = f" PARTITION BY {self.partition}" if self.partition else ""
        return (
            f"CREATE TABLE IF NOT EXISTS {self.name} ({self.columns}) ENGINE = {self.engine}"
            f"{partition} ORDER BY {self.order} SETTINGS {settings}"
        )


# One file a part: fewer files to sync before an append is acknowledged.
_ONE_FILE = "min_bytes_for_wide_part = 1073741824, min_rows_for_wide_part = 100000000"
# Recent rows move on soon, so merging is only worth it to keep the parts few: small ones, many at a time.
_FEW_MERGES = "min_parts_to_merge_at_once = 8, max_bytes_to_merge_at_max_space_in_pool = 2097152"

# What a day was before it was merged or written again goes soon, so that deleting frees disk. The engine would keep it
# for minutes, in case that what came of it did not reach the disk; so that is made sure of instead.
LOG_OLD_PARTS_S = 5
LOG_FREES_SOON = f"old_parts_lifetime = {LOG_OLD_PARTS_S}, min_rows_to_fsync_after_merge = 1"

_LOG_COLUMNS = (
    "group_id UInt64 CODEC(T64, ZSTD(1)), stream_id UInt64 CODEC(T64, ZSTD(3)), at_ms Int64 CODEC(Delta, ZSTD(1)), "
    "seq UInt64 CODEC(Delta, ZSTD(1)), ingested_at_ms Int64 CODEC(Delta, ZSTD(1)), "
    "generation UInt64 CODEC(T64, ZSTD(1))"
)
_POINT_COLUMNS = (
    "series UInt64, unit UInt8, at_s UInt32 CODEC(Delta, ZSTD(1)), resolution_s UInt8, count Float64, sum Float64, "
    "min Float64, max Float64, values Array(Float64), weights Array(Float64), opaque UInt8, generation UInt64, "
    "seq UInt64 CODEC(Delta, ZSTD(1))"
)
_TIER_COLUMNS = (
    "series UInt64, unit UInt8, at_s UInt32 CODEC(Delta, ZSTD(1)), count Float64, sum Float64, "
    "min Float64, max Float64, values Array(Float64), weights Array(Float64), opaque UInt8, generation UInt64"
)


@dataclass(frozen=True, slots=True)
class Tier:
    """A roll-up of metric points to `period_s`, kept for `kept_s`."""

    table: str
    period_s: int
    kept_s: int


# Source of periods and times kept: metrics.md §1.3, "CloudWatch concepts", metrics retention.
TIERS = (
    Tier("metric_minutes", 60, 15 * 86_400),
    Tier("metric_five_minutes", 300, 63 * 86_400),
    Tier("metric_hours", 3600, 455 * 86_400),
)
HIGH_RESOLUTION_KEPT_S = 3 * 3600

_SEGMENT_COLUMNS = (
    "account LowCardinality(String), region LowCardinality(String), trace_id String CODEC(ZSTD(1)), "
    "received_ms Int64 CODEC(Delta, ZSTD(1)), seq UInt64 CODEC(Delta, ZSTD(1)), generation UInt64"
)
# Traces, see docs/decisions on their layout. Small granules, since a trace is read whole and its documents are large;
# large blocks, since what compresses a document well is the one before it.
TRACE_TABLES = (
    Table(
        "segment_recent",
        f"{_SEGMENT_COLUMNS}, document String CODEC(LZ4)",
        order="(account, region, trace_id, seq)",
        partition="generation",
        settings=f"{_ONE_FILE}, {_FEW_MERGES}",
        sequenced=True,
    ),
    Table(
        "segment_documents",
        f"{_SEGMENT_COLUMNS}, document String CODEC(ZSTD(3)), INDEX generations generation TYPE minmax, "
        "INDEX seqs seq TYPE minmax",
        order="(account, region, trace_id, seq)",
        partition=f"intDiv(received_ms, {DAY_MS})",
        settings="index_granularity = 512, min_compress_block_size = 524288, max_compress_block_size = 1048576",
    ),
    Table(
        "trace_summaries",
        f"{trace_rows.sql_columns()}, INDEX starts start_s TYPE minmax, INDEX ends end_s TYPE minmax, "
        "INDEX stored stored_ms TYPE minmax, INDEX first first_ms TYPE minmax, "
        "INDEX a_texts a_text TYPE bloom_filter(0.01), INDEX f_texts f_text TYPE bloom_filter(0.01)",
        order="(account, region, at_s, trace_id)",
        partition=f"intDiv(first_ms, {DAY_MS})",
        settings="index_granularity = 2048, min_bytes_for_wide_part = 10485760",
    ),
    Table(  # the rows of trace_summaries, by trace and seq, that later documents, those up to by_seq, made out of date
        "trace_superseded",
        "account LowCardinality(String), region LowCardinality(String), at_s Float64, trace_id String, seq UInt64, "
        "by_seq UInt64, first_ms Int64 CODEC(Delta, ZSTD(1))",
        order="(account, region, at_s, trace_id)",
        partition=f"intDiv(first_ms, {DAY_MS})",
        settings=_ONE_FILE,
    ),
)

# How far work that follows the appends has come, see `cursors.py`.
CURSORS = Table(
    "cursors",
    "name LowCardinality(String), seq UInt64",
    order="name",
    engine="ReplacingMergeTree(seq)",
    settings=_ONE_FILE,
)

TABLES = (
    Table(
        "log_recent",
        f"{_LOG_COLUMNS}, message String CODEC(LZ4)",
        order="(group_id, at_ms, seq)",
        partition="generation",
        settings=f"{_ONE_FILE}, {_FEW_MERGES}",
        sequenced=True,
    ),
    Table(
        "log_events",
        f"{_LOG_COLUMNS}, message String CODEC(ZSTD(6)), fields {LOG_FIELDS} CODEC(ZSTD(3)), "
        # A bit for each four characters of 8,192 messages: 8 KB tell which of them cannot hold a text.
        "INDEX grams message TYPE ngrambf_v1(4, 8192, 1, 0) GRANULARITY 1, INDEX generations generation TYPE minmax, "
        "PROJECTION streams (SELECT group_id, stream_id, generation, count(), min(at_ms), max(at_ms), "
        "max(ingested_at_ms), sum(length(message)) GROUP BY group_id, stream_id, generation)",
        order="(group_id, at_ms, seq)",
        partition=f"intDiv(at_ms, {DAY_MS})",
        settings=f"{LOG_FREES_SOON}, min_compress_block_size = 1048576, max_compress_block_size = 1048576",
    ),
    # Which paths the JSON of settled events has, by group and with the engine's type of their values.
    Table(
        "log_fields",
        "group_id UInt64, path String, type LowCardinality(String)",
        order="(group_id, path, type)",
        engine="ReplacingMergeTree",
        settings=_ONE_FILE,
    ),
    # What has been settled: a generation of a recent table (day 0), or the generation as of which a tier holds a day.
    Table(
        "settled",
        "source LowCardinality(String), day UInt32, generation UInt64, last_seq UInt64",
        order="(source, day, generation)",
    ),
    CURSORS,
    Table(
        "metric_series",
        "account LowCardinality(String), region LowCardinality(String), namespace LowCardinality(String), name String, "
        "dimensions Array(Tuple(name String, value String)), series UInt64, last_s UInt32, "
        f"words String MATERIALIZED {WORDS} CODEC(ZSTD(1))",
        order="(account, region, namespace, name, series)",
        engine="ReplacingMergeTree(last_s)",
        settings=_ONE_FILE,
    ),
    Table(
        "metric_recent",
        _POINT_COLUMNS,
        order="(series, unit, at_s)",
        partition="generation",
        settings="min_bytes_for_wide_part = 67108864, min_parts_to_merge_at_once = 8",
        sequenced=True,
    ),
    *(
        Table(
            tier.table,
            _TIER_COLUMNS,
            order="(series, unit, at_s)",
            partition=f"(intDiv(at_s, {DAY_S}), generation)",
        )
        for tier in TIERS
    ),
    Table(  # what senders of sums since a start have counted so far
        "metric_totals",
        "key UInt64, at_ns Int64, numbers Array(Float64)",
        order="key",
        engine="ReplacingMergeTree(at_ns)",
        settings=_ONE_FILE,
    ),
    *TRACE_TABLES,
)
SEQUENCED = frozenset(table.name for table in TABLES if table.sequenced)
