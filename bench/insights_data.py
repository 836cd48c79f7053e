"""Seeded log events made by the engine itself: those of a Lambda function, half of them JSON, half text, over a day.

An invocation is six events that name one request: START, three JSON lines of the application, END and REPORT. Python
would take minutes to make ten million of them.
"""

from __future__ import annotations

from bayon.settings import Settings
from bayon.state import log_groups, log_streams
from bayon.state.database import State
from bayon.store.settle_logs import settle_logs
from bayon.store.store import Store

GROUP = "/aws/lambda/checkout"
START_MS = 1_772_409_600_000  # 2026-03-02, midnight
DAY_MS = 86_400_000
STREAMS = 20
GENERATION = 1_000_000

_LEVELS = "arrayConcat(arrayWithConstant(16, 'INFO'), arrayWithConstant(3, 'WARN'), ['ERROR'])"
_WORDS = (
    "['cache hit for profile', 'cache miss for profile', 'authentication succeeded', 'authentication failed: token "
    "expired', 'order placed', 'payment authorised', 'query took longer than expected', 'retrying upstream call', "
    "'connection reset by peer', 'item reserved']"
)
# n is the event, r its request, p its place in it; a and b are random numbers of the event and of the request.
_MADE = f"""
WITH number AS n, intDiv(n, 6) AS r, n % 6 AS p, lower(hex(sipHash128(7, r, 1))) AS h,
  concat(substring(h, 1, 8), '-', substring(h, 9, 4), '-4', substring(h, 14, 3), '-a', substring(h, 18, 3), '-',
    substring(h, 21, 12)) AS id,
  sipHash64(7, n, 2) AS a, sipHash64(7, r, 3) AS b,
  {START_MS} + intDiv(r * {DAY_MS - 1000}, intDiv({{events}}, 6) + 1) + p * 7 + b % 40 AS at,
  {_LEVELS}[1 + a % 20] AS level,
  ['checkout', 'catalog', 'payments', 'shipping', 'accounts'][1 + b % 5] AS service,
  ['/api/orders', '/api/carts', '/api/items', '/api/users', '/api/quotes', '/api/refunds'][1 + intDiv(b, 5) % 6]
    AS route,
  [200, 200, 200, 201, 304, 404, 500][1 + intDiv(b, 30) % 7] AS status,
  round(exp(3 + 0.8 * sqrt(-2 * log((1 + intDiv(b, 300) % 10000) / 10001)) * cos(2 * pi() * (intDiv(b, 3000000) % 10000)
    / 10000)), 2) AS took,
  concat('u-', leftPad(toString(intDiv(b, 7) % 100000), 5, '0')) AS user,
  {_WORDS}[1 + intDiv(a, 20) % 10] AS said
SELECT toUInt64({{group}}) AS group_id, toUInt64({{stream}} + r % {STREAMS}) AS stream_id, toInt64(at) AS at_ms,
  toUInt64(n + 1) AS seq, toInt64(at + 500) AS ingested_at_ms, toUInt64({{generation}}) AS generation,
  multiIf(
    p = 0, concat('START RequestId: ', id, ' Version: $LATEST'),
    p = 4, concat('END RequestId: ', id),
    p = 5, concat('REPORT RequestId: ', id, '\\tDuration: ', toString(took), ' ms\\tBilled Duration: ',
      toString(ceil(took)), ' ms\\tMemory Size: 512 MB\\tMax Memory Used: ', toString(80 + intDiv(b, 11) % 300),
      ' MB\\t'),
    n = {{needle}}, concat('{{{{"level":"ERROR","service":"', service, '","message":"OutOfMemoryError"}}}}'),
    concat('{{{{"level":"', level, '","service":"', service, '","requestId":"', id, '","route":"', route, '","status":',
      toString(status), ',"durationMs":', toString(took), ',"user":{{{{"id":"', user, '","plan":"',
      ['free', 'pro', 'team'][1 + b % 3], '"}}}},"attempt":', toString(p), ',"message":"', said, '"}}}}')) AS message
FROM numbers({{first}}, {{count}})
"""


def fill(settings: Settings, state: State, store: Store, events: int) -> None:
    """The empty store holds so many events in one group, all settled."""
    group = log_groups.create(state, settings.account, settings.region, GROUP, created_ms=START_MS)
    assert group is not None
    streams = [log_streams.create(state, group.id, f"{n:02}", created_ms=START_MS) for n in range(STREAMS)]
    assert streams[0] is not None
    for generation, first in enumerate(range(0, events, GENERATION), 1):
        made = _MADE.format(
            events=events,
            group=group.id,
            stream=streams[0].id,
            generation=generation,
            first=first,
            count=min(GENERATION, events - first),
            needle=events // 6 * 3 + 1 - (events // 6 * 3) % 6,
        )
        store.command(
            f"INSERT INTO log_recent (group_id, stream_id, at_ms, seq, ingested_at_ms, generation, message) {made}"
        )
        store.log_generations.current = generation + 1
        settle_logs(store)
    settled(store)


def settled(store: Store) -> None:
    """What was inserted a million at a time lies in few parts, as it does after a while."""
    store.command("OPTIMIZE TABLE log_events FINAL")
