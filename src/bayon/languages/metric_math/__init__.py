"""Metric math: text → `tokens` → `tree` (by `parser`) → series (by `evaluate`).

What an expression needs from outside, the series of other queries, searches, bands, it is given in a `Scope`.
"""
