"""The JavaScript SDK v3 under Node: the tests of tests/js, run by Node's own runner against a bayon of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bayon.testing import Bayon

FOLDER = Path(__file__).parent / "js"
NODE = Path(sys.executable).parent / "node"  # as `make setup-test` puts it there


@pytest.mark.parametrize("file", sorted(path.name for path in FOLDER.glob("*.test.mjs")))
def test_file(bayon: Bayon, file: str, tmp_path: Path) -> None:
    """Every test in the file passes."""
    assert (FOLDER / "node_modules").is_dir(), "make setup-test has not run"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nowhere = {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    ended = subprocess.run(
        [NODE, "--test", "--test-reporter=spec", file],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=FOLDER,
        env=inherited | bayon.env | nowhere,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_lock_names_no_registry() -> None:
    """The packages come from wherever npm is set up to get them."""
    text = (FOLDER / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert '"integrity"' in text
