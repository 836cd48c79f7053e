"""The configuration database keeps what it was given, all or nothing, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from bayon import limits
from bayon.errors import StoreError
from bayon.state import dashboards, log_groups, log_streams, migrate
from bayon.state.database import State
from bayon.state.engines import engine_of
from bayon.state.tables import metadata
from state_databases import empty

ACCOUNT, REGION = "111122223333", "eu-west-1"


def test_what_was_written_is_there_after_a_restart(state_url: str) -> None:
    """And opening again changes nothing."""
    for expected in (True, False):
        state = State.open(state_url)
        assert dashboards.put(state, ACCOUNT, "ops", "{}", modified_ms=1) is expected
        state.close()


def test_a_failing_block_leaves_nothing(state: State) -> None:
    """Not even what its named writes had finished."""
    with suppress(KeyError), state.write():
        dashboards.put(state, ACCOUNT, "ops", "{}", modified_ms=1)
        assert dashboards.find(state, ACCOUNT, "ops") is not None
        raise KeyError
    assert dashboards.find(state, ACCOUNT, "ops") is None


def test_a_failing_inner_block_leaves_the_outer_one(state: State) -> None:
    """A write inside a write can fail alone."""
    with state.write():
        dashboards.put(state, ACCOUNT, "kept", "{}", modified_ms=1)
        with suppress(KeyError), state.write():
            dashboards.put(state, ACCOUNT, "lost", "{}", modified_ms=1)
            raise KeyError
    assert [entry.name for entry in dashboards.page(state, ACCOUNT, limit=9)] == ["kept"]


def test_a_read_is_one_view(state: State) -> None:
    """What another thread writes meanwhile is not seen by it."""
    with state.read() as connection:
        count = text("SELECT count(*) FROM dashboards")
        before = connection.execute(count).scalar()
        _in_thread(lambda: dashboards.put(state, ACCOUNT, "ops", "{}", modified_ms=1))
        assert (before, connection.execute(count).scalar()) == (0, 0)
    assert dashboards.find(state, ACCOUNT, "ops") is not None


def test_eight_writers_lose_and_double_nothing(state: State) -> None:
    """Streams created at once, half of the names by two threads each."""
    group = log_groups.create(state, ACCOUNT, REGION, "/app", created_ms=1)
    assert group is not None
    made: list[str] = []

    def write(number: int) -> None:
        for index in range(25):
            name = f"shared-{number % 4}-{index}" if index % 2 else f"own-{number}-{index}"
            if log_streams.create(state, group.id, name, created_ms=1):
                made.append(name)

    _all_at_once([partial(write, number) for number in range(8)])
    stored = [stream.name for stream in log_streams.page(state, group.id, limit=None)]
    assert stored == sorted(made)
    assert len(stored) == 8 * 13 + 4 * 12


def test_processes_that_start_at_once_make_the_tables_once(state_url: str) -> None:
    """Each finds them complete."""
    states: list[State] = []
    _all_at_once([lambda: states.append(State.open(state_url)) for _ in range(4)])
    assert len(states) == 4
    for state in states:
        assert dashboards.page(state, ACCOUNT, limit=1) == []
        state.close()


def test_a_reset_empties_every_table_and_gives_no_number_twice(state: State) -> None:
    """The store may still hold events of groups that are gone."""
    first = log_groups.create(state, ACCOUNT, REGION, "/app", created_ms=1)
    assert first is not None
    log_streams.create(state, first.id, "web", created_ms=1)
    state.reset()
    with state.read() as connection:
        assert all(connection.execute(table.select()).all() == [] for table in metadata.sorted_tables)
    second = log_groups.create(state, ACCOUNT, REGION, "/app", created_ms=1)
    assert second is not None
    assert second.id > first.id


def test_migrations_make_the_tables_of_this_code(state_url: str) -> None:
    """To the letter: a new database is made from the tables, an old one by the migrations."""
    State.open(state_url).close()
    made = _schema(state_url)
    _drop_everything(state_url)
    with _bare(state_url) as state, state.write() as connection:
        for version in migrate.VERSIONS:
            migrate.upgrade(connection, version)
    assert _schema(state_url) == made
    State.open(state_url).close()


def test_an_older_database_is_brought_up_to_date(
    state_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In one transaction that keeps what is there, or leaves all as it was."""
    with _opened(state_url) as state:
        dashboards.put(state, ACCOUNT, "ops", "{}", modified_ms=1)
    body = 'from alembic import op\nrevision = "{}"\ndown_revision = "{}"\ndef upgrade():\n    op.execute("{}")\n'
    migrations = tmp_path / "migrations"
    migrations.mkdir()
    for path in migrate.MIGRATIONS.glob("v*.py"):
        (migrations / path.name).write_text(path.read_text())
    last = migrate.VERSIONS[-1]
    (migrations / "v9001_more.py").write_text(body.format("9001", last, "CREATE TABLE more (id INTEGER)"))
    (migrations / "v9002_wrong.py").write_text(body.format("9002", "9001", "nonsense"))
    monkeypatch.setattr(migrate, "MIGRATIONS", migrations)
    monkeypatch.setattr(migrate, "VERSIONS", [*migrate.VERSIONS, "9001", "9002"])
    with pytest.raises(Exception, match="nonsense"):
        State.open(state_url)
    assert "more" not in str(_schema(state_url))
    monkeypatch.setattr(migrate, "VERSIONS", migrate.VERSIONS[:-1])
    with _opened(state_url) as state:
        assert dashboards.find(state, ACCOUNT, "ops") is not None
    assert "more" in str(_schema(state_url))


def test_a_database_of_a_newer_version_is_left_alone(state_url: str) -> None:
    """One clear sentence, and nothing is changed."""
    with _opened(state_url) as state, state.write() as connection:
        connection.execute(text("UPDATE bayon_version SET version_num = '9999'"))
    before = _schema(state_url)
    with pytest.raises(StoreError) as caught:
        State.open(state_url)
    assert not caught.value.retryable
    known = migrate.VERSIONS[-1]
    assert caught.value.message == (
        f"the configuration database was written by a newer version of bayon (9999, this one knows {known}); "
        "start that version, or use another data folder"
    )
    assert _schema(state_url) == before


def test_a_database_of_somebody_else_is_left_alone(state_url: str) -> None:
    """Where it has tables of the same names."""
    with _bare(state_url) as state, state.write() as connection:
        connection.execute(text("CREATE TABLE topics (id INTEGER)"))
    with pytest.raises(StoreError, match=r"already has tables that are not bayon's \(topics\)"):
        State.open(state_url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "expected a database URL"),
        ("mysql://host/db", "SQLite or PostgreSQL, found 'mysql'"),
        ("sqlite://", "needs a file"),
        ("sqlite:////proc/none/state.sqlite3", "cannot be opened"),
        ("postgresql://nobody@127.0.0.1:1/none", "does not answer"),
    ],
)
def test_an_address_that_will_not_do_gets_one_sentence(url: str, says: str) -> None:
    """Without a trace of the driver."""
    with pytest.raises(StoreError, match=says) as caught:
        State.open(url)
    assert "\n" not in caught.value.message


def test_a_full_disk_loses_nothing_and_may_be_tried_again(tmp_path: Path) -> None:
    """SQLite reports a limit on its pages as it reports a full disk."""
    with _opened(f"sqlite:///{tmp_path / 'state.sqlite3'}") as state:
        dashboards.put(state, ACCOUNT, "kept", "{}", modified_ms=1)
        with state.write() as connection:
            connection.execute(text("PRAGMA max_page_count=1"))  # becomes what the database has now
        with pytest.raises(StoreError, match="disk of the configuration database is full") as caught:
            dashboards.put(state, ACCOUNT, "lost", "x" * 100_000, modified_ms=1)
        assert caught.value.retryable
        assert [entry.name for entry in dashboards.page(state, ACCOUNT, limit=9)] == ["kept"]


def test_a_lock_held_too_long_may_be_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the pool is none the worse for it."""
    monkeypatch.setattr(limits, "STATE_BUSY_S", 0.05)
    path = tmp_path / "state.sqlite3"
    with _opened(f"sqlite:///{path}") as state:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for _ in range(limits.STATE_CONNECTIONS + 1):
            with pytest.raises(StoreError, match="locked by another process") as caught:
                dashboards.put(state, ACCOUNT, "ops", "{}", modified_ms=1)
            assert caught.value.retryable
            monkeypatch.setattr(limits, "STATE_BUSY_S", 0)
        assert dashboards.page(state, ACCOUNT, limit=1) == []  # readers do not wait
        other.execute("ROLLBACK")
        other.close()
        assert dashboards.put(state, ACCOUNT, "ops", "{}", modified_ms=1)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """Named as such."""
    path = tmp_path / "state.sqlite3"
    path.write_bytes(b"certainly not a database" * 100)
    with pytest.raises(StoreError, match="damaged or is not a database"):
        State.open(f"sqlite:///{path}")
    assert path.read_bytes() == b"certainly not a database" * 100


def test_a_lost_connection_may_be_tried_again(postgresql_url: str) -> None:
    """The write in flight is refused as retryable, and the next one gets a new connection."""
    empty(postgresql_url)
    with _opened(postgresql_url) as state:
        with pytest.raises(StoreError, match="does not answer") as caught:
            _write_on_a_dying_connection(state, postgresql_url)
        assert caught.value.retryable
        assert dashboards.find(state, ACCOUNT, "lost") is None
        assert dashboards.put(state, ACCOUNT, "kept", "{}", modified_ms=1)


def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    """It holds secrets; so do the files beside it."""
    with _opened(f"sqlite:///{tmp_path / 'data' / 'state.sqlite3'}") as state:
        dashboards.put(state, ACCOUNT, "ops", "{}", modified_ms=1)
        files = list((tmp_path / "data").iterdir())
        assert {path.name for path in files} == {"state.sqlite3", "state.sqlite3-wal", "state.sqlite3-shm"}
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_writes_are_synchronous_and_readers_do_not_wait(tmp_path: Path) -> None:
    """What durability rests on, unless the data is not meant to last."""
    for durable, synchronous in ((True, 2), (False, 0)):
        state = State.open(f"sqlite:///{tmp_path / 'state.sqlite3'}", durable=durable)
        with state.write() as connection:
            found = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
        assert found == ["wal", synchronous]
        state.close()


@contextmanager
def _opened(url: str) -> Iterator[State]:
    state = State.open(url)
    try:
        yield state
    finally:
        state.close()


@contextmanager
def _bare(url: str) -> Iterator[State]:
    """The database as it is, without looking at its version."""
    state = State(engine_of(url, durable=False))
    try:
        yield state
    finally:
        state.close()


def _schema(url: str) -> dict[str, Any]:
    """Every table with all that the database knows of it."""
    with _bare(url) as state, state.read() as connection:
        if connection.dialect.name == "sqlite":
            listed = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
            # A column that was added stands on the line of the one before it.
            return {row.name: " ".join(row.sql.split()) for row in connection.execute(text(listed))}
        found = inspect(connection)
        columns = (
            "SELECT * FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, column_name"
        )
        drop = {"dtd_identifier", "ordinal_position"}
        described = [
            {name: value for name, value in row._mapping.items() if name not in drop}
            for row in connection.execute(text(columns))
        ]
        tables = sorted(found.get_table_names())
        indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexdef"
        keys = {table: (found.get_foreign_keys(table), found.get_pk_constraint(table)) for table in tables}
        return {"columns": described, "indexes": connection.execute(text(indexes)).scalars().all(), "keys": keys}


def _drop_everything(url: str) -> None:
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        path.unlink()
    else:
        empty(url)


def _write_on_a_dying_connection(state: State, url: str) -> None:
    with state.write() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        _in_thread(lambda: _terminate(url, pid))
        dashboards.put(state, ACCOUNT, "lost", "{}", modified_ms=1)


def _terminate(url: str, pid: int) -> None:
    with _bare(url) as state, state.write() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend({pid}, 5000)"))


def _in_thread(call: Callable[[], object]) -> None:
    _all_at_once([call])


def _all_at_once(calls: list[Callable[[], object]]) -> None:
    """Every call has run in a thread of its own, and none failed."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        start.wait()
        call()

    with ThreadPoolExecutor(len(calls)) as threads:
        for done in [threads.submit(run, call) for call in calls]:
            done.result()
