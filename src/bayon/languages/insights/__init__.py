"""CloudWatch Logs Insights: text → tokens → tree → plan → SQL. Pure: no clock, no I/O. Source: logs.md §3."""
