"""What the person who starts bayon can choose. One field is one setting; the command line and the reference read them here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Parity = Literal["lifted", "strict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One running bayon. URLs are empty for the embedded engines inside `data_dir`."""

    host: str = "127.0.0.1"
    port: int = 4566
    data_dir: Path = Path("data")
    store: str = ""
    state: str = ""
    account: str = "000000000000"
    region: str = "us-east-1"
    parity: Parity = "lifted"
    ephemeral: bool = False

    @property
    def store_url(self) -> str:
        """Where telemetry lives: `chdb:///path` or `clickhouse://host`."""
        return self.store or f"chdb://{self.data_dir.resolve() / 'store'}"

    @property
    def state_url(self) -> str:
        """Where configuration lives: a SQLAlchemy URL of SQLite or PostgreSQL."""
        return self.state or f"sqlite:///{self.data_dir.resolve() / 'state.sqlite3'}"

    @property
    def endpoint(self) -> str:
        """The address that clients on this machine use."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
