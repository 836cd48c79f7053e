"""Metrics Insights: text → `tokens` → `tree` (by `parser`) → SQL over the listing of series (by `compile`).

Which words must be quoted as names is `reserved`.
"""
