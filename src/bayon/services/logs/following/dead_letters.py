"""What no destination took: one JSON line each in a file of the data folder, the newest and the one before it kept."""

from __future__ import annotations

import base64
import json
import threading
from pathlib import Path

from bayon import limits
from bayon.settings import Settings
from bayon.state.log_deliveries import LogDelivery, Payload

_writing = threading.Lock()


def path(settings: Settings) -> Path:
    """The file."""
    return settings.data_dir / "dead-letters" / "subscriptions.ndjson"


def write(settings: Settings, payload: Payload | LogDelivery, why: str, now_ms: int) -> None:
    """The payload is the file's last line, with why it was given up; `payload` there is base64 of gzip of JSON."""
    line = {
        "timestamp": now_ms,
        "destinationArn": payload.destination_arn,
        "events": payload.events,
        "error": why,
        "payload": base64.b64encode(payload.payload).decode(),
    }
    file = path(settings)
    with _writing:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and file.stat().st_size > limits.DEAD_LETTER_BYTES:
            file.replace(file.with_suffix(".1.ndjson"))
        with file.open("a") as opened:
            opened.write(json.dumps(line) + "\n")
