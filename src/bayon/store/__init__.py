"""Telemetry: the only place that names the engine or writes its SQL."""
