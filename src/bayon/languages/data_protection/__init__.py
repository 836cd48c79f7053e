"""Data protection: which parts of a text are sensitive, by managed and custom data identifiers, and their masking.

`identifiers.py` is the table of managed identifiers, `checksums.py` what tells real numbers from others, `policy.py`
reads a policy, `mask.py` finds and masks. Pure; when a policy applies is decided above.
Source: logs.md §5.8, CloudWatch Logs user guide "Types of data that you can protect".
"""
