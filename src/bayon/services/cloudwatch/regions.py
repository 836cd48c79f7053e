"""The names of regions as CloudWatch writes them to people, from botocore's own list."""

from __future__ import annotations

import functools
import json
from pathlib import Path


def long_name(region: str) -> str:
    """`EU (Ireland)` of `eu-west-1`; a region that botocore does not know keeps its short name."""
    return _names().get(region, region)


@functools.cache
def _names() -> dict[str, str]:
    import botocore

    path = Path(botocore.__file__).parent / "data" / "partitions.json"
    partitions = json.loads(path.read_text())["partitions"]
    found = {name: region.get("description", name) for part in partitions for name, region in part["regions"].items()}
    return {name: said.replace("Europe (", "EU (", 1) for name, said in found.items()}
