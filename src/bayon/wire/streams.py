"""Answers that go on: pieces are sent as they come, until there are no more, the client has gone or bayon stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from typing import Any

Receive = Callable[[], Any]
Send = Callable[[dict[str, Any]], Any]


async def send_all(
    stream: Generator[bytes, None, None],
    threads: Executor,
    stopping: Callable[[], bool],
    receive: Receive,
    send: Send,
) -> None:
    """The response's body has been sent, each piece as soon as the stream has it, and the stream is closed.

    A piece may take its time: it is waited for in a thread.
    """
    loop = asyncio.get_running_loop()
    gone = asyncio.ensure_future(_gone(receive))
    try:
        while True:
            coming = loop.run_in_executor(threads, next, stream, None)
            await asyncio.wait((coming, gone), return_when=asyncio.FIRST_COMPLETED)
            piece = await coming  # also where the client has gone: a generator that runs cannot be closed
            if piece is None or gone.done() or stopping():
                break
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if not gone.done():
            await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        await loop.run_in_executor(threads, stream.close)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
