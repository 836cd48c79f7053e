"""What an operation is and what it is given.

An operation holds meaning only: types, validation and wire errors come from the service's model. It is a plain
synchronous function of a context and a decoded request, run in a worker thread, and returns the decoded output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, overload

from bayon.settings import Settings
from bayon.state.database import State
from bayon.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One call: who asks, when, and what may be read and written.

    `headers` are what an operation adds to the answer's HTTP headers where no member of its output holds it. `wishes`
    are what a client of bayon's own asks for beyond AWS, by name.
    """

    account: str
    region: str
    access_key: str
    request_id: str
    now_ms: int
    settings: Settings
    store: Store
    state: State
    headers: dict[str, str] = field(default_factory=dict)
    wishes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """A served AWS operation: `service` and `name` are botocore's, `name` in snake case; `lifted` says that a quota of
    this operation is enforced only with strict parity, `lacks` what of the operation does not work yet."""

    service: str
    name: str
    call: Callable[[Context, Any], Any]
    lifted: bool
    lacks: str = ""

    def __call__(self, ctx: Context, request: Any) -> Any:
        return self.call(ctx, request)


@overload
def operation(call: Callable[[Context, Any], Any]) -> Operation: ...
@overload
def operation(*, lifted: bool = ..., lacks: str = ...) -> Callable[[Callable[[Context, Any], Any]], Operation]: ...
def operation(
    call: Callable[[Context, Any], Any] | None = None, *, lifted: bool = False, lacks: str = ""
) -> Operation | Callable[[Callable[[Context, Any], Any]], Operation]:
    """Declare the function to be the AWS operation of its name, of the service whose folder it stands in."""

    def declare(call: Callable[[Context, Any], Any]) -> Operation:
        service = call.__module__.split(".")[-2].replace("_", "-")
        return Operation(service, call.__name__, call, lifted, lacks)

    return declare(call) if call is not None else declare
