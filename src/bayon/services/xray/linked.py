"""Finds the nodes that messages came from: what the links of segments name, in whichever trace that is."""

from __future__ import annotations

from collections.abc import Sequence

from bayon.services.operation import Context
from bayon.services.xray.call_tree import CallTree
from bayon.services.xray.fields import microseconds
from bayon.services.xray.graph import Linked
from bayon.services.xray.inferred import is_call
from bayon.services.xray.merge import merge
from bayon.services.xray.nodes import callee_node, segment_node
from bayon.store import traces
from bayon.store.service_graph import Link
from bayon.store.trace_rows import TraceRow


def linked(ctx: Context, links: Sequence[Link]) -> list[Linked]:
    """The links of which both ends are known. Reads: documents."""
    ids = list(dict.fromkeys(link.trace_id for link in links))
    held = traces.read(ctx.store, ctx.account, ctx.region, ids) if ids else {}
    trees = {id_: CallTree(merge(id_, documents)) for id_, documents in held.items()}
    return [found for link in links if link.trace_id in trees and (found := _linked(trees[link.trace_id], link))]


def links_of(rows: Sequence[TraceRow]) -> list[Link]:
    """The links that the traces name."""
    return [
        Link(*values) for row in rows for values in zip(row.l_trace, row.l_id, row.l_node, row.l_start_us, strict=True)
    ]


def _linked(tree: CallTree, link: Link) -> Linked | None:
    sender = tree.by_id.get(link.id)
    owner = tree.owners.get(link.id)
    if sender is None or owner is None:
        return None
    node = callee_node(sender) if is_call(sender) and not tree.called.get(sender.id) else segment_node(owner)
    sent_us = microseconds(sender.end_s if sender.end_s is not None else sender.start_s or 0.0)
    return Linked(node, link.node, max(0, (link.start_us - sent_us + 500) // 1000))
