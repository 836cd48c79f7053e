"""Alarms as pure machines: configuration and data points in, a decision out. The clock is an argument."""
