"""What OpenTelemetry sends, as AWS's own OTLP endpoints understand it: spans, metrics and log records."""
