"""`lookup` and `cidrlookup`: columns of a lookup table for the rows whose fields are in it. Source: logs.md §3.6."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from bayon import limits
from bayon.errors import LanguageError
from bayon.languages.insights.expressions import name
from bayon.languages.insights.plan import Plan
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Span
from bayon.languages.insights.tree import Keyword, Name
from bayon.languages.insights.value import text
from bayon.languages.insights.world import LookupTable


@dataclass(frozen=True, slots=True)
class Key:
    """A column of the table, and the field that must equal it."""

    column: str
    field: Name


@dataclass(frozen=True, slots=True)
class Lookup:
    """The outputs stand for the table's columns in the row where every key is equal; with `new` only where they were
    missing."""

    table: str
    keys: tuple[Key, ...]
    outputs: tuple[str, ...]
    new: bool
    network: bool
    span: Span = field(compare=False)

    @staticmethod
    def parse(reader: Reader, span: Span) -> Lookup:
        network = reader.text[span[0] : span[1]].lower() == "cidrlookup"
        table = reader.name("the name of a lookup table").text
        keys = reader.listed(lambda: _key(reader, network=network))
        new = reader.need_word("output", "outputnew").word == "outputnew"
        outputs = tuple(each.text for each in reader.listed(lambda: reader.name("a column of the table")))
        return Lookup(table, keys, outputs, new, network, reader.span_from(span[0]))

    def render(self) -> str:
        pairs = (
            (key.field.parts, (key.column,)) if self.network else ((key.column,), key.field.parts) for key in self.keys
        )
        keys = ", ".join(f"{name(one)} as {name(other)}" for one, other in pairs)
        outputs = ", ".join(name((each,)) for each in self.outputs)
        return f"{'cidr' * self.network}lookup {name((self.table,))} {keys} OUTPUT{'NEW' * self.new} {outputs}"

    def compile(self, plan: Plan) -> None:
        table = plan.world.table(self.table) if plan.world.table is not None else None
        if table is None:
            raise LanguageError(f"expected the name of a lookup table, found {self.table}", self.span)
        for wanted in (*(key.column for key in self.keys), *self.outputs):
            if wanted not in table.columns:
                columns = ", ".join(table.columns)
                raise LanguageError(f"expected a column of {self.table}: {columns}; found {wanted}", self.span)
        place = plan.column(self._in_networks(plan, table) if self.network else self._in_keys(plan, table))
        for output in self.outputs:
            at = table.columns.index(output)
            held = plan.values.bind([row[at] for row in table.rows], "Array(String)")
            found = f"if({place} = 0, NULL, toNullable({held}[{place}]))"
            if self.new:
                found = f"coalesce({plan.resolve(Name((output,))).text}, {found})"
            defined = plan.define(output, text(found))
            if output in plan.outputs:
                plan.outputs[output] = defined

    def _in_keys(self, plan: Plan, table: LookupTable) -> str:
        """SQL: which row of the table, counted from one, 0 for none; of several the first."""
        columns = [table.columns.index(key.column) for key in self.keys]
        rows: dict[str, int] = {}
        for place, row in enumerate(table.rows, 1):
            rows.setdefault("\0".join(row[at] for at in columns), place)
        if not rows:
            return "toUInt64(0)"
        given = ", '\\0', ".join(f"ifNull({plan.resolve(key.field).text}, '\\0')" for key in self.keys)
        texts = plan.values.bind(list(rows), "Array(String)")
        places = plan.values.bind(list(rows.values()), "Array(UInt64)")
        return f"transform(concat({given}, ''), {texts}, {places}, toUInt64(0))"

    def _in_networks(self, plan: Plan, table: LookupTable) -> str:
        """SQL: likewise, the row of the narrowest network that holds the address."""
        (key,) = self.keys
        at = table.columns.index(key.column)
        found = []
        for place, row in enumerate(table.rows, 1):
            try:
                network = ipaddress.ip_network(row[at].strip(), strict=False)
            except ValueError:
                continue
            bounds = [_hexadecimal(network[0]), _hexadecimal(network[-1])]
            found.append((network.prefixlen + (96 if network.version == 4 else 0), place, bounds))
        found.sort(key=lambda each: (-each[0], each[1]))
        if not found:
            return "toUInt64(0)"
        if len(found) > limits.INSIGHTS_LIST * 10:
            raise LanguageError(f"expected at most {limits.INSIGHTS_LIST * 10} networks in {self.table}", self.span)
        low, high = (plan.values.bind([bounds[end] for _, _, bounds in found], "Array(String)") for end in (0, 1))
        address = f"ifNull(hex(IPv6StringToNumOrNull({plan.resolve(key.field).text})), '')"
        places = plan.values.bind([place for _, place, _ in found], "Array(UInt64)")
        first = f"arrayFirstIndex((low, high) -> {address} BETWEEN low AND high, {low}, {high})"
        return f"if({first} = 0, toUInt64(0), {places}[{first}])"


def _key(reader: Reader, *, network: bool) -> Key:
    """`column [as field]`, and for networks `field [as column]`."""
    first = reader.name("a field" if network else "a column of the table")
    second = reader.name("a name after 'as'") if reader.word("as") else first
    return Key(second.text, first) if network else Key(first.text, second)


def _hexadecimal(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """An address as the engine writes it as IPv6."""
    mapped = f"::ffff:{address}" if address.version == 4 else str(address)
    return ipaddress.IPv6Address(mapped).packed.hex().upper()


KEYWORD = Keyword(("lookup",), Lookup.parse)
CIDR = Keyword(("cidrlookup",), Lookup.parse)
