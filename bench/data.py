"""Seeded telemetry that looks like an application's: the same on every machine and in every run, but for its time."""

from __future__ import annotations

import random
import time
from typing import Any

import msgspec

SERVICES = ("checkout", "catalog", "payments", "shipping", "accounts")
ROUTES = ("/api/orders", "/api/carts", "/api/items", "/api/users", "/api/quotes", "/api/refunds")
LEVELS = ("INFO",) * 16 + ("WARN",) * 3 + ("ERROR",)
METRICS = (("Latency", "Milliseconds"), ("Requests", "Count"), ("Errors", "Count"), ("CPUUtilization", "Percent"))
SERIES = 100


def log_events(count: int, *, seed: int, end_ms: int, span_ms: int = 60_000) -> list[dict[str, Any]]:
    """Events of about 170 bytes each, in turn JSON and text, evenly over the `span_ms` before `end_ms`."""
    rng = random.Random(seed)
    events = []
    for place in range(count):
        at_ms = end_ms - span_ms + place * span_ms // count
        write = _json_message if place % 2 else _text_message
        events.append({"timestamp": at_ms, "message": write(rng, at_ms)})
    return events


def _json_message(rng: random.Random, at_ms: int) -> str:
    return msgspec.json.encode(
        {
            "level": rng.choice(LEVELS),
            "service": rng.choice(SERVICES),
            "requestId": f"{rng.getrandbits(64):016x}",
            "route": rng.choice(ROUTES),
            "status": rng.choice((200, 200, 200, 201, 304, 404, 500)),
            "durationMs": round(rng.lognormvariate(3, 0.8), 2),
            "userId": f"u-{rng.randrange(100_000):05d}",
            "host": f"i-{rng.randrange(20):017x}",
            "ts": at_ms,
        }
    ).decode()


def _text_message(rng: random.Random, at_ms: int) -> str:
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at_ms // 1000))
    return (
        f"{at}.{at_ms % 1000:03d}Z {rng.choice(LEVELS)} [{rng.choice(SERVICES)}-{rng.getrandbits(20):05x}] "
        f"GET {rng.choice(ROUTES)}/{rng.randrange(10**6)} {rng.choice((200, 200, 200, 404, 500))} "
        f"in {rng.lognormvariate(3, 0.8):.2f} ms, {rng.randrange(40_000)} bytes to "
        f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)} (request "
        f"{rng.getrandbits(64):016x}, user u-{rng.randrange(100_000):05d})"
    )


def series(count: int = SERIES) -> list[dict[str, Any]]:
    """The identities of so many series of three dimensions each."""
    return [
        {
            "MetricName": METRICS[place % 4][0],
            "Unit": METRICS[place % 4][1],
            "Dimensions": [
                {"Name": "Service", "Value": SERVICES[place // 4 % 5]},
                {"Name": "InstanceId", "Value": f"i-{0x0A1B2C3D4E5F + place // 20:017x}"},
                {"Name": "Stage", "Value": "prod"},
            ],
        }
        for place in range(count)
    ]


def data_points(count: int, *, seed: int, end_s: int, step_s: int = 60, of: int = SERIES) -> list[dict[str, Any]]:
    """As many points in turn of each of `of` series, one `step_s` apart, the newest before `end_s`."""
    rng = random.Random(seed)
    each = series(of)
    return [
        each[place % of]
        | {
            "Timestamp": float(end_s - (count - 1 - place) // of * step_s - step_s),
            "Value": round(rng.lognormvariate(3, 0.8), 3),
        }
        for place in range(count)
    ]


def segments(count: int, *, seed: int, end_s: float) -> list[str]:
    """Segment documents of about 1 KB, each with two subsegments."""
    rng = random.Random(seed)
    return [_segment(rng, end_s - rng.random() * 60) for _ in range(count)]


def _segment(rng: random.Random, start_s: float) -> str:
    took_s = rng.lognormvariate(-3, 0.8)
    calls = [
        {
            "id": f"{rng.getrandbits(64):016x}",
            "name": name,
            "namespace": "aws" if name == "DynamoDB" else "remote",
            "start_time": round(start_s + took_s * at, 6),
            "end_time": round(start_s + took_s * (at + 0.2), 6),
            "http": {"response": {"status": 200, "content_length": rng.randrange(9999)}},
        }
        for name, at in (("DynamoDB", 0.1), (f"{rng.choice(SERVICES)}.internal", 0.5))
    ]
    return msgspec.json.encode(
        {
            "trace_id": f"1-{int(start_s):08x}-{rng.getrandbits(96):024x}",
            "id": f"{rng.getrandbits(64):016x}",
            "name": rng.choice(SERVICES),
            "start_time": round(start_s, 6),
            "end_time": round(start_s + took_s, 6),
            "origin": "AWS::ECS::Container",
            "http": {
                "request": {
                    "method": "GET",
                    "url": f"https://shop.example.com{rng.choice(ROUTES)}/{rng.randrange(10**6)}",
                    "user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
                    "client_ip": f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}",
                },
                "response": {"status": 200, "content_length": rng.randrange(9999)},
            },
            "annotations": {"customer": f"u-{rng.randrange(10**5):05d}", "stage": "prod"},
            "subsegments": calls,
        }
    ).decode()


def now_ms() -> int:
    """The time that the data ends at."""
    return int(time.time() * 1000)
