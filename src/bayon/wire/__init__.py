"""Bytes in, plain dicts out, and back: every protocol that AWS clients speak, compiled from botocore's service models.

Wire gives no call a meaning: it imports no service, no store and no state.
"""
