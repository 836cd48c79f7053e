"""The webhook of `bench.notifications`, run as a process: as little work as can be, so that bayon is what is measured.

It prints its port, opens the link of a confirmation, counts the ids of notifications, and tells the counts to a GET.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from urllib.request import urlopen

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

seen: Counter[str] = Counter()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection's requests are answered."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            if head.startswith("GET"):
                told = json.dumps(seen).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(told) + told)
                continue
            headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
            body = await reader.readexactly(int(headers["content-length"]))
            if headers["x-amz-sns-message-type"] == "notification":
                seen[headers["x-amz-sns-message-id"]] += 1
            else:
                threading.Thread(target=urlopen, args=[json.loads(body)["SubscribeURL"]]).start()
            writer.write(OK)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main() -> None:
    """The webhook serves until it is killed."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
