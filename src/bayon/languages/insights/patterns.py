"""Finds the patterns in texts: which tokens stay and which vary. A Drain-style miner, on texts that the engine has
grouped by what is left of them without their numbers and ids.

Texts are of one pattern when the marks between their tokens and their severity are the same, and at least half of their
tokens. Drain: He, Zhu, Zheng and Lyu, "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017.
Source of what a pattern is made of: logs.md §3.6, `pattern`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bayon import limits

HOLE = "\x01"
# What the engine takes out of a text: ids, and every token with a digit in it. RE2.
VARIABLE = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9A-Za-z_]*[0-9][0-9A-Za-z_.:-]*"
ALIKE = 0.5

_BETWEEN = re.compile(r"([\s\"'=,;{}\[\]()|<>]+)")
_SEVERITIES = (
    ("Error", re.compile(r"error|exception|fatal|critical|panic|\bfail\b|\bfailed\b|\bfailure\b", re.IGNORECASE)),
    ("Warn", re.compile(r"warn(?:ing)?", re.IGNORECASE)),
    ("Debug", re.compile(r"\b(?:debug|trace)\b", re.IGNORECASE)),
)
_LEVEL = re.compile(r"\b(ERROR|FATAL|CRITICAL|WARN|WARNING|INFO|DEBUG|TRACE)\b")
_LEVELS = {"FATAL": "Error", "CRITICAL": "Error", "ERROR": "Error", "WARNING": "Warn", "WARN": "Warn", "INFO": "Info"}
_TYPES = (
    ("UUID", re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")),
    ("IPAddress", re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?")),
    ("Date", re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?")),
    ("Time", re.compile(r"\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?")),
    ("Number", re.compile(r"[-+]?\d+(?:\.\d+)?")),
)


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts that are the same but for their variable parts: how many in the window, how many in the one compared with,
    some of them, and how many by part of the window."""

    masked: str
    count: int
    before: int
    samples: Sequence[str]
    parts: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a pattern; the `place` of a variable one among those, from one, and some of its values."""

    text: str
    place: int = 0
    values: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern and how often it was found."""

    text: str
    count: int
    before: int
    severity: str
    tokens: tuple[Token, ...]
    samples: tuple[str, ...]
    parts: tuple[int, ...]


@dataclass(slots=True)
class _Cluster:
    words: list[str]
    between: tuple[str, ...]
    severity: str
    members: list[Texts] = field(default_factory=list)


def mine(texts: Iterable[Texts]) -> list[Pattern]:
    """The patterns, the most frequent first."""
    clusters: dict[tuple[tuple[str, ...], str], list[_Cluster]] = {}
    for each in sorted(texts, key=lambda text: (-text.count - text.before, text.masked)):
        words, between = taken_apart(each.masked)
        severity = severity_of(each.masked)
        among = clusters.setdefault((between, severity), [])
        best = max(among, key=lambda cluster: _alike(cluster.words, words), default=None)
        if best is None or _alike(best.words, words) < ALIKE:
            best = _Cluster(list(words), between, severity)
            among.append(best)
        best.words = [one if one == other else HOLE for one, other in zip(best.words, words, strict=True)]
        best.members.append(each)
    found = [_pattern(cluster) for group in clusters.values() for cluster in group]
    return sorted(found, key=lambda pattern: (-pattern.count, -pattern.before, pattern.text))


def taken_apart(text: str) -> tuple[list[str], tuple[str, ...]]:
    """The tokens of a text, and what stands between them."""
    pieces = _BETWEEN.split(text)
    return pieces[0::2], tuple(pieces[1::2])


def severity_of(text: str) -> str:
    """Error, Warn, Info or Debug, by the words in the text: a level in capitals first, then what sounds like one."""
    if level := _LEVEL.search(text):
        return _LEVELS.get(level[1], "Debug")
    return next((name for name, words in _SEVERITIES if words.search(text)), "Info")


def _alike(words: Sequence[str], others: Sequence[str]) -> float:
    """The share of tokens that are the same; what varies on both sides is."""
    if not words:
        return 1.0
    return sum(one == other for one, other in zip(words, others, strict=True)) / len(words)


def _pattern(cluster: _Cluster) -> Pattern:
    count = sum(member.count for member in cluster.members)
    before = sum(member.before for member in cluster.members)
    samples = [sample for member in cluster.members for sample in member.samples]
    seen = [words for words, between in map(taken_apart, samples) if between == cluster.between]
    tokens: list[Token] = []
    shown: list[str] = []
    place = 0
    for at, said in enumerate(cluster.words):
        values = [words[at] for words in seen]
        # What could have varied and did not, stays.
        word = values[0] if HOLE in said and len(set(values)) == 1 and count + before > 1 else said
        if HOLE in word:
            place += 1
            name = f"<{_type_of(values, word)}-{place}>"
            shown.append(re.sub(f"{HOLE}+", name, word, count=1).replace(HOLE, ""))
            tokens.append(Token(shown[-1], place, _most_frequent(values)))
        else:
            shown.append(word)
            tokens.append(Token(word))
    text = "".join(part for pair in zip(shown, [*cluster.between, ""], strict=True) for part in pair)
    lists = [member.parts for member in cluster.members if member.parts]
    parts = tuple(map(sum, zip(*lists, strict=True))) if lists else ()
    kept = tuple(samples[: limits.INSIGHTS_PATTERN_TOKENS])
    return Pattern(text, count, before, cluster.severity, tuple(token for token in tokens if token.text), kept, parts)


def _type_of(values: Sequence[str], word: str) -> str:
    """What the variable part is, where all that was seen of it is of one kind."""
    head, _, tail = word.partition(HOLE)
    tail = tail.rpartition(HOLE)[2]
    inner = [value[len(head) : len(value) - len(tail) if tail else None] for value in values]
    return next((name for name, form in _TYPES if inner and all(map(form.fullmatch, inner))), "Token")


def _most_frequent(values: Sequence[str]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(ordered[: limits.INSIGHTS_PATTERN_TOKENS])


def unusual(parts: Sequence[int], part: int) -> float | None:
    """How far the count of a part is from the median of the others, in robust standard deviations; none where nothing
    can be said because there are too few of them.

    Source: Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993: 0.6745 of the distance to the median over
    the median of such distances; from 3.5 on a value is an outlier.
    """
    others = sorted(count for place, count in enumerate(parts) if place != part)
    if len(others) < 3:
        return None
    median = _median(others)
    spread = _median(sorted(abs(count - median) for count in others))
    # Counts of a steady source still scatter as the root of their size.
    return float(0.6745 * (parts[part] - median) / max(spread, 0.6745 * max(median, 1) ** 0.5))


def _median(ordered: Sequence[float]) -> float:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
