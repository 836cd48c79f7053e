"""CloudWatch Logs: groups, streams, events, retention and tags. Source: logs.md."""
