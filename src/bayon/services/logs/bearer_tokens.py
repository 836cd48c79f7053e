"""Whether a log group takes events from those who show a bearer token instead of signing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bayon.services.logs.identifiers import existing_group, group_name
from bayon.services.operation import Context, operation
from bayon.state import log_group_policies
from bayon.state.database import State

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

KIND = "bearer_token"


@operation
def put_bearer_token_authentication(ctx: Context, request: shapes.PutBearerTokenAuthenticationRequest) -> None:
    """The group takes bearer tokens, or does not.

    Raises: ResourceNotFoundException.   Writes: log_group_policies.   Source: logs.md §2.3.
    """
    enabled = request["bearerTokenAuthenticationEnabled"]
    with ctx.state.write():
        group = existing_group(ctx, group_name(ctx, request["logGroupIdentifier"]))
        log_group_policies.put(ctx.state, group.id, KIND, {"enabled": enabled}, ctx.now_ms)


def takes_tokens(state: State, group_id: int) -> bool:
    """Whether the group takes them. Reads: log_group_policies."""
    held = log_group_policies.find(state, group_id, KIND)
    return held is not None and bool(held.body["enabled"])


def states_of(state: State, group_ids: Sequence[int]) -> dict[int, Any]:
    """What lists of groups say of it for each, nothing where it was never said. Reads: log_group_policies."""
    held = log_group_policies.of_groups(state, group_ids, KIND)
    return {
        group_id: {"bearerTokenAuthenticationEnabled": held[group_id].body["enabled"]} if group_id in held else {}
        for group_id in group_ids
    }
