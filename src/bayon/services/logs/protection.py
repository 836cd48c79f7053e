"""Which events are masked: those that arrived while a data protection policy of their group or account stood.

A policy's past is kept with it, as spans of arrival, so that what arrived under one stays masked when it is changed or
deleted. Others call `protection_of` once a request and `masked` for each text that they show.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bayon import limits
from bayon.state import log_group_policies, log_resources
from bayon.state.database import State
from bayon.state.log_groups import LogGroup

if TYPE_CHECKING:
    from bayon.languages.data_protection.identifiers import Identifier

KIND = "data_protection"
ACCOUNT_SPANS = "data_protection_spans"
_ONE_NAME = "account"


@dataclass(frozen=True, slots=True)
class Span:
    """Events that arrived in [since_ms, until_ms) are masked as the document says; `until_ms` none: it still stands."""

    since_ms: int
    until_ms: int | None
    document: str


@dataclass(frozen=True, slots=True)
class Protection:
    """The spans of a group and its account together."""

    spans: Sequence[Span]

    def masked(self, text: str, ingested_at_ms: int) -> str:
        """The text of an event that arrived then, or a part of it, as it may be shown."""
        from bayon.languages.data_protection.mask import masked

        for span in self.spans:
            if span.since_ms <= ingested_at_ms and (span.until_ms is None or ingested_at_ms < span.until_ms):
                text = masked(_identifiers(span.document), text)
        return text


def protection_of(state: State, group: LogGroup) -> Protection | None:
    """What of the group's events is masked; none where nothing ever was. Reads: log_group_policies, log_resources."""
    own = log_group_policies.find(state, group.id, KIND)
    account = log_resources.find(state, group.account, group.region, ACCOUNT_SPANS, _ONE_NAME)
    spans = (*_spans(own.body if own else []), *_spans(account.body if account else []))
    return Protection(spans) if spans else None


def masker_of(state: State, groups: Sequence[LogGroup]) -> Callable[[str], str] | None:
    """What masks a value that was made of events of those groups; none where nothing of them ever was masked.

    Such a value does not tell when its events arrived, so whatever a policy of then or now finds is masked.
    Reads: log_group_policies, log_resources.
    """
    documents = {span.document for group in groups if (held := protection_of(state, group)) for span in held.spans}
    if not documents:
        return None

    def mask(text: str) -> str:
        from bayon.languages.data_protection.mask import masked

        for document in documents:
            text = masked(_identifiers(document), text)
        return text

    return mask


def document_of(body: Any) -> str | None:
    """The document that stands now; none where the policy was deleted."""
    return next((span.document for span in _spans(body) if span.until_ms is None), None)


def put_of_group(state: State, group_id: int, document: str | None, now_ms: int) -> int:
    """The group's policy is the document, or none, from now on. Out: when that was. Writes: log_group_policies."""
    with state.write():
        own = log_group_policies.find(state, group_id, KIND)
        body = _followed(own.body if own else [], document, now_ms)
        return log_group_policies.put(state, group_id, KIND, body, now_ms).modified_ms


def put_of_account(state: State, account: str, region: str, document: str | None, now_ms: int) -> None:
    """The account's policy is the document, or none, from now on. Writes: log_resources."""
    with state.write():
        old = log_resources.find(state, account, region, ACCOUNT_SPANS, _ONE_NAME)
        body = _followed(old.body if old else [], document, now_ms)
        log_resources.put(state, account, region, ACCOUNT_SPANS, _ONE_NAME, body, now_ms)


def states_of(state: State, account: str, region: str, group_ids: Sequence[int]) -> dict[int, Any]:
    """What lists of groups say of the protection of each. Reads: log_group_policies, log_resources."""
    own = log_group_policies.of_groups(state, group_ids, KIND)
    held = log_resources.find(state, account, region, ACCOUNT_SPANS, _ONE_NAME)
    inherited = {"inheritedProperties": ["ACCOUNT_DATA_PROTECTION"]} if held and document_of(held.body) else {}
    return {
        group_id: inherited | ({"dataProtectionStatus": _status(own[group_id].body)} if group_id in own else {})
        for group_id in group_ids
    }


def _status(body: Any) -> str:
    return "DELETED" if document_of(body) is None else "ACTIVATED"


def _followed(body: Any, document: str | None, now_ms: int) -> list[list[Any]]:
    """The spans, with the one that stands ended now and followed by the document's."""
    ended = [
        [span.since_ms, now_ms if span.until_ms is None else span.until_ms, span.document] for span in _spans(body)
    ]
    kept = ended[-limits.DATA_PROTECTION_SPANS :]
    return kept if document is None else [*kept, [now_ms, None, document]]


def _spans(body: Any) -> list[Span]:
    return [Span(*each) for each in body]


@functools.lru_cache(maxsize=limits.PATTERNS_CACHED)
def _identifiers(document: str) -> Sequence[Identifier]:
    from bayon.languages.data_protection import policy

    return policy.read(document).identifiers
