"""The command line, run as people run it."""

from __future__ import annotations

import errno
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bayon import datadir
from bayon.errors import BayonError
from bayon.testing import Bayon, running

NOW_MS = 1_772_445_600_000


def bayon(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command has run in an environment that says nothing else of bayon."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("BAYON_", "AWS_"))}
    command = [sys.executable, "-m", "bayon", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=inherited | environment)


def refused(*arguments: str | Path) -> str:
    """Out: the one sentence with which the command did not do it."""
    ended = bayon(*arguments)
    assert ended.returncode == 1, ended
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    return ended.stderr.removeprefix("bayon: ").rstrip("\n")


@pytest.mark.parametrize("arguments", [["--help"], ["env"], ["version"], ["up", "--help"]])
def test_small_commands_stay_small(arguments: list[str]) -> None:
    """Neither help nor `bayon env` load an engine."""
    heavy = ("chdb", "clickhouse_connect", "pyarrow", "sqlalchemy", "uvicorn", "botocore")
    script = f"""
import atexit, sys
atexit.register(lambda: sys.stderr.write(repr([name for name in {heavy} if name in sys.modules])))
from bayon.cli import main
sys.argv[1:] = {arguments}
main()
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stderr == "[]"


def test_help_names_every_command() -> None:
    """Under its heading, with a sentence."""
    text = bayon("--help").stdout
    files = Path(datadir.__file__).parent.joinpath("cli").glob("*.py")
    commands = {path.stem for path in files if "\nSECTION = " in path.read_text()}
    assert commands >= {"up", "env", "doctor", "keys", "explain", "inbox", "check_cases"}
    for name in commands:
        assert f"\n  {name.replace('_', '-')} " in text
    assert [line for line in text.splitlines() if line in ("Serve:", "Use:", "Look after:")]


def test_an_unknown_command() -> None:
    """It is wrong usage, not an error of bayon."""
    ended = bayon("down")
    assert ended.returncode == 2
    assert "No such command 'down'" in ended.stderr


def test_env_is_for_a_shell(tmp_path: Path) -> None:
    """What it prints, a shell takes; options and the environment decide what that is."""
    printed = bayon(
        "env", "--port", "5000", "--data-dir", tmp_path, BAYON_REGION="eu west", BAYON_ACCOUNT="1" * 12
    ).stdout
    script = f"{printed}\nenv"
    shell = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin"}
    )
    assert {line for line in shell.stdout.splitlines() if line.startswith(("AWS", "OTEL"))} == {
        "AWS_ENDPOINT_URL=http://127.0.0.1:5000",
        "AWS_ACCESS_KEY_ID=111111111111",
        "AWS_SECRET_ACCESS_KEY=bayon",
        "AWS_REGION=eu west",
        "AWS_DEFAULT_REGION=eu west",
        "AWS_DISABLE_HOST_PREFIX_INJECTION=true",
        "AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2000",
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318",
    }


def test_env_prints_a_key_once_there_are_keys(tmp_path: Path) -> None:
    """The newest valid one of the account; an account without one is told so."""
    data = ("--data-dir", tmp_path)
    assert "AWS_ACCESS_KEY_ID=000000000000\n" in bayon("env", *data).stdout
    made = bayon("keys", "create", *data).stdout
    assert made in bayon("env", *data).stdout
    assert "account 111111111111 has no valid access key" in refused("env", "--account", "1" * 12, *data)


def test_with_a_key_strangers_may_come(tmp_path: Path) -> None:
    """Then bayon listens elsewhere too, prints no secret, and answers only who signs with the key."""
    made = bayon("keys", "create", "--account", "1" * 12, "--data-dir", tmp_path).stdout
    key_id, secret = (shlex.split(line)[1].split("=", 1)[1] for line in made.splitlines())
    with running(data_dir=tmp_path, host="0.0.0.0") as served:
        assert "AWS_ACCESS_KEY_ID" not in served.env
        known = served.client("sts", aws_access_key_id=key_id, aws_secret_access_key=secret)
        assert known.get_caller_identity()["Account"] == "1" * 12
        for stranger in ({"aws_access_key_id": "0" * 12}, {"aws_access_key_id": key_id}):
            with pytest.raises(ClientError, match=r"security token|signature"):
                served.client("sts", aws_secret_access_key="bayon", **stranger).get_caller_identity()


@pytest.mark.parametrize("account", ["1", "a" * 12, "1" * 13, ""])
def test_an_account_has_twelve_digits(account: str) -> None:
    """Anything else is wrong usage."""
    ended = bayon("env", "--account", account)
    assert ended.returncode == 2
    assert "expected twelve digits" in ended.stderr


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("data")
    with running(data_dir=folder) as running_bayon:
        yield running_bayon, folder


def test_a_folder_has_one_bayon(served: tuple[Bayon, Path]) -> None:
    """The second is told who holds it, and the first goes on."""
    first, folder = served
    says = refused("up", "--port", "0", "--data-dir", folder)
    assert says.startswith(f"the data folder {folder} is in use by another bayon (process {first.pid})")
    assert first.clock()["now_ms"] > 0


def test_a_port_has_one_bayon(served: tuple[Bayon, Path], tmp_path: Path) -> None:
    """A port that is taken is named."""
    port = served[0].url.rpartition(":")[2]
    assert refused("up", "--port", port, "--data-dir", tmp_path).startswith(f"port {port} of 127.0.0.1 is taken")


def test_strangers_need_a_key(tmp_path: Path) -> None:
    """Without access keys only this machine is served, and the sentence says how to make one."""
    says = refused("up", "--host", "0.0.0.0", "--port", "0", "--data-dir", tmp_path)
    assert "no access key exists" in says
    assert f"bayon keys create --data-dir {tmp_path}" in says


def test_newer_data(tmp_path: Path) -> None:
    """Data of a newer bayon is refused and left as it is."""
    (tmp_path / "version").write_text(f"{datadir.LAYOUT + 1}\n")
    says = refused("up", "--port", "0", "--data-dir", tmp_path)
    assert says.startswith(f"the data folder {tmp_path} was written by a newer bayon")
    assert [path.name for path in tmp_path.iterdir()] == ["version"]


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    """What stands in its place is named."""
    (tmp_path / "file").write_text("mine")
    says = refused("up", "--port", "0", "--data-dir", tmp_path / "file" / "data")
    assert says == f"cannot write to the data folder {tmp_path / 'file' / 'data'}: not a directory"


def test_no_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is one sentence, and what was there stays."""
    (tmp_path / "kept").write_text("kept")

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BayonError, match="no space is left for the data folder"), datadir.held(tmp_path):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {"kept", "lock"}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_loses_nothing(tmp_path: Path, how: signal.Signals) -> None:
    """What was acknowledged before a stop under load is there after it, once, and the exit code is 0."""
    acknowledged: list[str] = []
    command = [sys.executable, "-m", "bayon", "up", "--port", "0", "--data-dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    env = dict(shlex.split(line)[1].split("=", 1) for line in [process.stdout.readline() for _ in range(6)][1:])
    first = Bayon(env["AWS_ENDPOINT_URL"], env, process.pid)
    logs = first.client("logs", config=Config(retries={"total_max_attempts": 1}))
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    enough = threading.Event()

    def put() -> None:
        for number in range(100_000):
            message = f"{threading.get_ident()}-{number}"
            event = {"timestamp": first_ms, "message": message}
            try:
                logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[event])
            except (BotoCoreError, ClientError):
                return
            acknowledged.append(message)
            if len(acknowledged) > 100:
                enough.set()

    first_ms = first.clock()["now_ms"]
    writers = [threading.Thread(target=put) for _ in range(4)]
    for writer in writers:
        writer.start()
    assert enough.wait(30)
    process.send_signal(how)
    assert process.wait(30) == 0
    process.stdout.close()
    for writer in writers:
        writer.join()
    with running(data_dir=tmp_path) as second:
        pages = second.client("logs").get_paginator("filter_log_events").paginate(logGroupName="g")
        found = [event["message"] for page in pages for event in page["events"]]
    assert len(found) == len(set(found))
    assert set(acknowledged) <= set(found)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_ephemeral_data_is_gone_after_the_stop(tmp_path: Path, how: signal.Signals) -> None:
    """Its folder lies with the temporary files while it runs."""
    command = [sys.executable, "-m", "bayon", "up", "--ephemeral", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(tmp_path)})
    assert process.stdout is not None
    assert process.stdout.readline().startswith("bayon is ready on http://127.0.0.1:")
    assert len(list(tmp_path.glob("bayon-*/version"))) == 1
    process.send_signal(how)
    assert process.wait(30) == 0
    process.stdout.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["data-dir", "store", "state"])
def test_ephemeral_has_a_folder_of_its_own(option: str, tmp_path: Path) -> None:
    """It cannot be told to keep its data, or to empty somebody else's."""
    ended = bayon("up", "--ephemeral", f"--{option}", tmp_path)
    assert ended.returncode == 2
    assert f"leave out --{option}" in ended.stderr


def test_doctor_finds_nothing(tmp_path: Path) -> None:
    """On a machine where bayon can start it says so, and leaves no trace."""
    ended = bayon("doctor", "--port", free_port(), "--data-dir", tmp_path / "data")
    assert ended.returncode == 0, ended.stdout
    assert "wrong" not in ended.stdout
    assert list(tmp_path.iterdir()) == []


def test_doctor_knows_the_bayon_that_serves(served: tuple[Bayon, Path]) -> None:
    """A bayon that serves this folder on this port is as it should be."""
    ended = bayon("doctor", "--port", served[0].url.rpartition(":")[2], "--data-dir", served[1])
    assert ended.returncode == 0, ended.stdout
    assert f"(process {served[0].pid})" in ended.stdout


def test_doctor_names_what_is_wrong(served: tuple[Bayon, Path], tmp_path: Path) -> None:
    """Each finding comes with what to do."""
    first, folder = served
    (tmp_path / "version").write_text("99")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = bayon("doctor", "--port", port, "--data-dir", tmp_path)
        locked = bayon("doctor", "--port", port, "--data-dir", folder)
    assert ended.returncode == locked.returncode == 1
    assert f"wrong  the data folder {tmp_path} was written by a newer bayon (layout 99" in ended.stdout
    assert f"wrong  port {port} of 127.0.0.1 cannot be had: address already in use" in ended.stdout
    assert (
        f"wrong  another bayon (process {first.pid}) holds the data folder\n       stop it with kill" in locked.stdout
    )


def test_doctor_knows_another_bayon(served: tuple[Bayon, Path], tmp_path: Path) -> None:
    """A port that another bayon has is told from one that a stranger has."""
    port = served[0].url.rpartition(":")[2]
    ended = bayon("doctor", "--port", port, "--data-dir", tmp_path)
    assert ended.returncode == 1
    assert f"wrong  port {port} is taken by another bayon (process {served[0].pid})" in ended.stdout


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_explain_shows_every_stage() -> None:
    """Tokens, tree, steps and SQL; a wrong query has its place underlined."""
    shown = bayon("explain", "filter @message like /a|b/ | stats count(*) as n by bin(5m)")
    assert [line for line in shown.stdout.splitlines() if line and line[0] != " "] == [
        *("tokens", "tree", "steps", "SQL", "values"),
    ]
    assert "match(message, {p0:String})" in shown.stdout
    wrong = bayon("explain", "fields a\n| feilds b")
    assert wrong.returncode == 1
    assert wrong.stderr.splitlines()[1:] == ["  | feilds b", "    ^^^^^^"]


def test_logs_query(tmp_path: Path) -> None:
    """Rows come as a table, as JSON and as CSV; errors say what is wrong and where."""
    with running() as served:
        logs = served.client("logs")
        logs.create_log_group(logGroupName="g")
        logs.create_log_stream(logGroupName="g", logStreamName="s")
        now_ms = served.clock()["now_ms"]
        events = [{"timestamp": now_ms, "message": f'{{"n": {n}, "who": "a, b"}}'} for n in range(3)]
        logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)
        port = ("--port", served.url.rpartition(":")[2], "--data-dir", str(tmp_path))
        query = "filter n > 0 | fields n, who | sort n asc"
        table = bayon("logs", "query", *port, "g", query).stdout.splitlines()
        assert [line.split() for line in table] == [["n", "who"], ["1", "a,", "b"], ["2", "a,", "b"]]
        json_lines = bayon("logs", "query", *port, "--output", "json", "g", query).stdout.splitlines()
        assert json_lines == ['{"n": "1", "who": "a, b"}', '{"n": "2", "who": "a, b"}']
        csv_lines = bayon("logs", "query", *port, "--output", "csv", f"SOURCE 'g' | {query}").stdout.splitlines()
        assert csv_lines == ["n,who", '1,"a, b"', '2,"a, b"']
        wrong = bayon("logs", "query", *port, "g", "fields n | dedup")
        assert wrong.returncode == 1
        assert wrong.stderr.splitlines()[-1].strip() == "^"
        missing = bayon("logs", "query", *port, "nope", "fields n")
        assert "Log group 'nope' does not exist" in missing.stderr
