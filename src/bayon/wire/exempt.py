"""Members whose constraints the operation checks itself, because AWS answers them with texts of its own.

Types and required members are still checked here. A row names a top-level member of an operation's input and frees all
that lies below it; its reason is its source.
"""

from __future__ import annotations

_OWN_TEXTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("cloudwatch", "PutMetricData"): ("MetricData", "EntityMetricData"),  # metrics.md §1.2, a datum
    ("logs", "CreateLogGroup"): ("logGroupName",),  # logs.md §1.4, one text for more than 512 characters
    ("logs", "CreateLogStream"): ("logStreamName",),  # the same
    ("logs", "PutLogEvents"): ("entity",),  # logs.md §1.5, a bad entity is reported and the events are kept
    ("logs", "TagResource"): ("resourceArn",),  # boto/boto3#4104, a text for ARNs that end in :*
    ("logs", "UntagResource"): ("resourceArn",),  # the same
    ("logs", "ListTagsForResource"): ("resourceArn",),  # the same
}


def members(service: str, operation: str) -> frozenset[str]:
    """The top-level members of the operation's input that are not held to the model's constraints here."""
    return frozenset(_OWN_TEXTS.get((service, operation), ()))
