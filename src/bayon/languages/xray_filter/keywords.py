"""The keywords of filter expressions: what type each has, and where it may stand. Source: traces.md §3.2."""

from __future__ import annotations

from typing import Literal

Type = Literal["bool", "number", "text"]
Scope = Literal["trace", "service", "edge", "cause service", "cause entity", "cause exception"]

_TSE: tuple[Scope, ...] = ("trace", "service", "edge")
_TS: tuple[Scope, ...] = ("trace", "service")
_CAUSES: tuple[Scope, ...] = ("cause service", "cause entity", "cause exception")

KEYWORDS: dict[str, tuple[Type, tuple[Scope, ...]]] = {
    "ok": ("bool", _TSE),
    "error": ("bool", _TSE),
    "throttle": ("bool", _TSE),
    "fault": ("bool", _TSE),
    "partial": ("bool", _TSE),
    "inferred": ("bool", ("trace", "service", "cause service")),
    "root": ("bool", ("service",)),
    "remote": ("bool", ("cause entity",)),
    "first": ("bool", _CAUSES),
    "last": ("bool", _CAUSES),
    "index": ("number", _CAUSES),
    "coverage": ("number", ("cause entity",)),
    "responsetime": ("number", _TSE),
    "duration": ("number", _TS),
    "http.status": ("number", _TSE),
    "http.url": ("text", _TSE),
    "http.method": ("text", _TSE),
    "http.useragent": ("text", _TSE),
    "http.clientip": ("text", _TSE),
    "user": ("text", _TS),
    "availabilityzone": ("text", _TS),
    "instance.id": ("text", _TS),
    "resource.arn": ("text", _TS),
    "name": ("text", ("service", *_CAUSES)),
    "type": ("text", ("service", "cause service")),
    "account.id": ("text", ("service",)),
    "message": ("text", ("cause exception",)),
}

OPERATORS: dict[Type, frozenset[str]] = {
    "bool": frozenset({"=", "!="}),
    "number": frozenset({"=", "!=", "<", "<=", ">", ">="}),
    "text": frozenset({"=", "!=", "CONTAINS", "BEGINSWITH", "ENDSWITH"}),
}
