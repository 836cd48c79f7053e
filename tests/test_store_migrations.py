"""A store that an older version wrote is brought to this one's schema with all that it held.

Each in a process of its own, since the engine belongs to one process and one folder.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

OLD = """
import sys
from bayon.store.engine import Engine
engine = Engine(f"chdb://{sys.argv[1]}")
client = engine.handle()
client.command("CREATE TABLE schema_version (version UInt32) ENGINE = MergeTree ORDER BY version")
for statement in open(sys.argv[2]).read().split(";"):
    if statement.strip():
        client.command(statement)
engine.close()
"""
NEW = """
import sys
from bayon.store import cursors, schema, traces
from bayon.store.store import Store
store = Store.open(f"chdb://{sys.argv[1]}")
found = traces.read(store, "000000000000", "us-east-1", ["1-6553f100-000000000000000000000001"])
print([(each.seq, each.document) for documents in found.values() for each in documents])
print(store.arrived_seq(), cursors.position(store, "trace_summaries"))
described = store.query("SELECT table, name, type FROM system.columns WHERE database = currentDatabase() ORDER BY ALL")
print([tuple(row.values()) for row in described.to_pylist()])
store.close()
"""


def run(script: str, *arguments: str) -> list[str]:
    answer = subprocess.run([sys.executable, "-c", script, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return answer.stdout.splitlines()


def test_a_first_store_becomes_this_ones(tmp_path: Path) -> None:
    """Its documents wait to be summed up, and its tables are those of a new store, column by column."""
    first = Path(__file__).parent / "cases" / "store" / "version_1.sql"
    run(OLD, str(tmp_path / "old"), str(first))
    for _ in range(2):  # opening twice changes nothing more
        documents, seqs, described = run(NEW, str(tmp_path / "old"))
        assert documents == "[(7, '{\"id\":1}'), (9, '{\"id\":2}')]"
        assert seqs == "9 0"
    assert described == run(NEW, str(tmp_path / "new"))[2]
