"""CloudWatch: metrics, statistics over them, dashboards and tags. One file per noun holds its operations; files without
operations are pure."""
