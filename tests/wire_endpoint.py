"""An endpoint that serves everything and remembers what it decoded."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from bayon.wire.endpoint import Call, Endpoint
from bayon.wire.message import Reply
from bayon.wire.sigv4 import Sent


class Everything(Container[str]):
    def __contains__(self, _name: object) -> bool:
        return True


class Echo:
    """`calls` are what the endpoint decoded; each is answered with `output`, or with the exception it is."""

    def __init__(self, output: Any = None, *, served: Container[str] | None = None, parity: str = "lifted") -> None:
        self.calls: list[tuple[Call, dict[str, Any]]] = []
        self.output = output
        self.endpoint = Endpoint(
            answer=self._answer, served=Everything() if served is None else served, parity=parity, threads=1
        )

    def _answer(self, call: Call, request: dict[str, Any]) -> Any:
        self.calls.append((call, request))
        if isinstance(self.output, BaseException):
            raise self.output
        return self.output

    def send(
        self,
        method: str = "POST",
        path: str = "/",
        query: str = "",
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        return self.endpoint.perform(Sent(method, path, query, list((headers or {}).items()), body), "request-1")
