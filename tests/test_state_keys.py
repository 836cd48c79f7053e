"""`bayon keys` works on the database that a running bayon has open."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bayon.cli import group
from bayon.errors import BayonError
from bayon.state import keys
from bayon.state.database import State


def bayon(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["keys", *arguments])


def test_a_key_is_created_listed_and_revoked_under_a_running_bayon(state_url: str) -> None:
    """Each change is seen at the next request, on either database."""
    running = State.open(state_url)
    assert keys.lookup(running, "AKIA").any_exist is False
    created = bayon("create", "--account", "111122223333", "--state", state_url)
    assert created.exit_code == 0
    words = dict(line.removeprefix("export ").split("=", 1) for line in created.output.splitlines())
    key = keys.lookup(running, words["AWS_ACCESS_KEY_ID"]).key
    assert key is not None
    assert (key.account, key.secret) == ("111122223333", words["AWS_SECRET_ACCESS_KEY"])
    listed = bayon("list", "--state", state_url).output
    assert listed.startswith(f"{key.id}  111122223333  created 20")
    assert key.secret not in listed
    assert bayon("revoke", key.id, "--state", state_url).output == f"revoked {key.id}\n"
    assert keys.lookup(running, key.id).key is None
    assert "revoked 20" in bayon("list", "--state", state_url).output
    running.close()


def test_only_a_valid_key_can_be_revoked(tmp_path: Path) -> None:
    """The rest is named."""
    with pytest.raises(BayonError, match="expected the id of a valid access key, found 'AKIA'"):
        CliRunner().invoke(group, ["keys", "revoke", "AKIA", "--data-dir", str(tmp_path)], catch_exceptions=False)


def test_keys_can_be_made_before_the_first_start(tmp_path: Path) -> None:
    """The data folder comes into being."""
    assert bayon("create", "--data-dir", str(tmp_path / "data")).exit_code == 0
    assert (tmp_path / "data" / "state.sqlite3").exists()


def test_an_account_is_twelve_digits(tmp_path: Path) -> None:
    """Anything else is wrong usage."""
    assert bayon("create", "--account", "12", "--data-dir", str(tmp_path)).exit_code == 2
