"""Opens the telemetry engine, hands out readers and the writer."""

from __future__ import annotations


class Store:
    """The telemetry store. Appends return when they are durable; reads see every append that has returned."""
