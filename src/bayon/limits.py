"""Every cap in bayon, with its source. Request-shape limits that a service model states are read from the model instead.

A limit marked *account quota* is lifted by default and enforced with `--parity strict`.
"""

from __future__ import annotations

# ── Requests ─────────────────────────────────────────────────────────────────────────────────────────────────────────
REQUEST_BODY_BYTES = 16 * 1024 * 1024  # ours: above every AWS request limit, also after decompression
REQUESTS_IN_FLIGHT = 256  # ours: more are answered with a throttling error
REQUEST_THREADS = 32  # ours

# ── Store ────────────────────────────────────────────────────────────────────────────────────────────────────────────
APPENDS_QUEUED = 1024  # ours: appends that wait for one group commit; more get a throttling error
APPEND_BYTES_QUEUED = 256 * 1024 * 1024  # ours
READERS = 4  # ours: queries that run side by side
READERS_WAITING = 64  # ours: queries that wait for a reader; more get a throttling error
QUERY_TIME_S = 60  # ours: default limit of one query
QUERY_MEMORY_BYTES = 2 * 1024 * 1024 * 1024  # ours
