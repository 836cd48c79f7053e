"""Other ways in than the AWS protocols: the X-Ray daemon's port and OTLP. Bytes become plain data here, no more."""
