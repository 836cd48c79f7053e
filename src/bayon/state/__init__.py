"""Configuration: small, relational, in SQLite or PostgreSQL. The only place that writes SQL for it."""
