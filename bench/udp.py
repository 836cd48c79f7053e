"""Segments over UDP: datagrams of about 1 KB to the port of the X-Ray daemon, at steady rates.

UDP acknowledges nothing, so what counts is what is stored in the end: at each rate every datagram must be.
"""

from __future__ import annotations

import json
import random
import socket
import time
from collections.abc import Sequence
from urllib.request import urlopen

from bayon.testing import Bayon, running
from bench import at_rest, data
from bench.plan import Plan, say
from bench.report import Row, Target
from bench.servers import Server

HEADER = b'{"format":"json","version":1}\n'
RATES = (10_000, 25_000)
BURST = 100  # datagrams between two looks at the clock
DRAIN_S = 60


def measure(plan: Plan) -> list[Row]:
    """Segments stored per second, from the first sent to the last stored, and the share that was lost.

    Raises: AssertionError when a segment is lost at 10,000 a second, or counted otherwise than it is stored.
    """
    seconds = plan.amount(10.0, 0.2)
    end_s = data.now_ms() / 1000
    datagrams = [_halves(text) for seed in range(16) for text in data.segments(64, seed=seed, end_s=end_s)]
    size_bytes = sum(map(sum, (map(len, halves) for halves in datagrams))) // len(datagrams) + 24
    stored = 0
    rows: list[Row] = []
    with running(data_dir=plan.folder / "bayon") as bayon:
        process = Server("bayon", "127.0.0.1", 0, bayon.pid)
        for rate in plan.amount(RATES, RATES[:1]):
            rates, shares, costs_us = [], [], []
            for _ in range(plan.runs + 1):  # the first warms up
                before, used_s = _counts(bayon), process.used_s()
                began_s = time.perf_counter()
                _send(bayon, datagrams, rate, sent := int(rate * seconds))
                kept = _drained(bayon, before["stored"] + sent) - before["stored"]
                rates.append(kept / (time.perf_counter() - began_s))
                costs_us.append((process.used_s() - used_s) / sent * 1e6)
                shares.append(100 * (sent - kept) / sent)
                stored += kept
                lost = f"lost {sent - kept:,} of {sent:,}"
                say(f"  {rate:,}/s: stored {rates[-1]:,.0f}/s, {lost}, {costs_us[-1]:.0f} µs each")
                assert kept == sent or rate > RATES[0], f"{sent - kept} of {sent} segments were lost: {_counts(bayon)}"
            target = Target(float(rate) * 0.9) if rate == RATES[-1] else None
            what = f"UDP, segments of {size_bytes:,} bytes at {rate:,} a second"
            rows.append(Row(what, "segments/s", rates[1:], target=target))
            rows.append(Row("  of them lost", "%", shares[1:]))
            rows.append(Row("  processor time of each", "µs", costs_us[1:]))
    found = at_rest.counts(plan.folder / "bayon")["segments"]
    assert found == stored, f"{stored} segments were counted as stored, {found} are"
    return rows


def _halves(text: str) -> tuple[bytes, bytes]:
    """The datagram before and behind the end of its trace id, which differs each time that it is sent."""
    start = text.index('"trace_id":"1-') + len('"trace_id":"1-00000000-')
    return HEADER + text[:start].encode(), text[start + 24 :].encode()


def _send(bayon: Bayon, datagrams: Sequence[tuple[bytes, bytes]], rate: int, count: int) -> None:
    """So many datagrams have been sent, each of a trace of its own, evenly over the time that the rate gives them."""
    host, _, port = bayon.env["AWS_XRAY_DAEMON_ADDRESS"].rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect((host, int(port)))
        began_s, run = time.perf_counter(), random.getrandbits(90)
        for place in range(count):
            head, tail = datagrams[place % len(datagrams)]
            sender.send(b"%s%024x%s" % (head, run + place, tail))
            if place % BURST == 0:
                ahead_s = place / rate - (time.perf_counter() - began_s)
                if ahead_s > 0:
                    time.sleep(ahead_s)


def _drained(bayon: Bayon, expected: int) -> int:
    """How many are stored once all that was sent is, or nothing waits any more."""
    until_s = time.monotonic() + DRAIN_S
    still = 0
    while (counts := _counts(bayon))["stored"] < expected and time.monotonic() < until_s and still < 100:
        still = still + 1 if not counts["waiting"] else 0
        time.sleep(0.02)
    return counts["stored"]


def _counts(bayon: Bayon) -> dict[str, int]:
    with urlopen(f"{bayon.url}/_bayon/xray") as answer:
        counts: dict[str, int] = json.load(answer)
        return counts
