"""bayon: the self-hosted CloudWatch."""
