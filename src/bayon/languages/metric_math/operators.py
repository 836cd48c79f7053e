"""The operators of metric math, on columns of numbers. Comparisons and logic answer 1 or 0; all but 0 is true."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bayon.languages.metric_math.values import Compute

OPERATORS: Mapping[str, Compute] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "==": lambda left, right: (left == right).astype(np.float64),
    "!=": lambda left, right: (left != right).astype(np.float64),
    "<": lambda left, right: (left < right).astype(np.float64),
    ">": lambda left, right: (left > right).astype(np.float64),
    "<=": lambda left, right: (left <= right).astype(np.float64),
    ">=": lambda left, right: (left >= right).astype(np.float64),
    "AND": lambda left, right: ((left != 0) & (right != 0)).astype(np.float64),
    "OR": lambda left, right: ((left != 0) | (right != 0)).astype(np.float64),
}
