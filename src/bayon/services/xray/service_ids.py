"""ServiceId, the name that X-Ray's answers give a node of the service graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon.store import trace_rows as columns
from bayon.store.trace_rows import TraceRow, node_key, node_parts

if TYPE_CHECKING:
    from bayon.shapes.xray import ServiceId


def service_id(node: str, *, account: bool = True) -> ServiceId:
    """The node by name, and by type and account where it has them."""
    name, type_, account_id, _ = node_parts(node)
    found: ServiceId = {"Name": name, "Names": [name]}
    if account and account_id:
        found["AccountId"] = account_id
    if type_:
        found["Type"] = type_
    return found


def client_node(node: str) -> str:
    """The node of those who call the service of a root segment."""
    return node_key(node_parts(node)[0], columns.CLIENT_TYPE)


def nodes_of(row: TraceRow) -> list[str]:
    """The nodes that a trace touches: its clients, its services, then what they called."""
    pairs = list(zip(row.s_node, row.s_flags, strict=True))
    clients = [client_node(node) for node, flags in pairs if flags & columns.CLIENT]
    called = [node for node, flags in zip(row.c_to, row.c_flags, strict=True) if flags & columns.INFERRED]
    return list(dict.fromkeys([*clients, *row.s_node, *called]))
