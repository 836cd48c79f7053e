"""AWS X-Ray: segment documents in, traces out."""
