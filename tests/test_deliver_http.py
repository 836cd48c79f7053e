"""One request out: bounded, to admitted addresses only, and honest about what came of it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from bayon.deliver.http import UndeliveredError, post
from bayon.deliver.networks import EVERYWHERE, Networks, parse
from bayon.errors import BayonError
from endpoints import Received, Webhook, webhook

HERE = parse("127.0.0.0/8,::1")
NOWHERE = Networks()


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as made:
        yield made


def test_what_is_posted_arrives(hook: Webhook) -> None:
    """Body and headers arrive, user and password as basic authentication, and the answer comes back."""
    hook.answering = lambda _: (201, {"X-Answer": "yes"}, b"made")
    url = hook.url.replace("//", "//me:p%40ss@") + "/a?b=c#d"
    answer = post(url, b"body", {"Content-Type": "text/plain", "X-Mine": "1"}, networks=HERE)
    assert (answer.status, answer.headers["X-Answer"], answer.body, answer.accepted) == (201, "yes", b"made", True)
    (request,) = hook.received
    assert (request.path, request.body, request.headers["x-mine"]) == ("/a?b=c", b"body", "1")
    assert request.headers["authorization"] == "Basic bWU6cEBzcw=="


def test_no_redirect_is_followed(hook: Webhook) -> None:
    """The answer that names another place is the answer."""
    hook.answering = lambda _: (307, {"Location": hook.url + "/other"}, b"")
    assert post(hook.url + "/one", b"", {}, networks=HERE).status == 307
    assert [request.path for request in hook.received] == ["/one"]


def test_a_long_answer_is_read_in_part(hook: Webhook) -> None:
    """Of an answer beyond the bound only so much is read, and the next request is none the worse."""
    hook.answering = lambda _: (200, {}, b"x" * 5_000_000)
    assert len(post(hook.url, b"", {}, networks=HERE, answer_bytes=1000).body) == 1000
    hook.answering = lambda _: (200, {}, b"short")
    assert post(hook.url, b"", {}, networks=HERE).body == b"short"


def test_a_slow_answer_is_not_waited_for(hook: Webhook) -> None:
    """The time limit holds, and another attempt may help."""

    def slow(_: Received) -> tuple[int, dict[str, str], bytes]:
        time.sleep(1)
        return 200, {}, b""

    hook.answering = slow
    with pytest.raises(UndeliveredError) as refused:
        post(hook.url, b"", {}, networks=HERE, timeout_s=0.2)
    assert not refused.value.permanent


def test_nobody_there() -> None:
    """A port where nobody listens and a name that nobody has are told, and may be better later."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        for url in (f"http://127.0.0.1:{unused.getsockname()[1]}", "http://nobody.invalid/"):
            with pytest.raises(UndeliveredError) as refused:
                post(url, b"", {}, networks=EVERYWHERE)
            assert not refused.value.permanent


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "x", "http://", "http://127.0.0.1:99999/"])
def test_what_is_no_address(url: str) -> None:
    """It is refused for good, or at least in words."""
    with pytest.raises(UndeliveredError):
        post(url, b"", {}, networks=EVERYWHERE)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "127.1", "2130706433"]
)
def test_private_addresses_are_refused(hook: Webhook, host: str) -> None:
    """However the address is written, nothing is sent to it, and the error names the setting."""
    port = hook.url.rpartition(":")[2]
    with pytest.raises(UndeliveredError, match="allow-networks") as refused:
        post(f"http://{host}:{port}/", b"", {}, networks=NOWHERE)
    assert refused.value.permanent
    assert hook.received == []


def test_a_name_that_changes_its_address_gets_nowhere(hook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that is connected to is the one that was checked: there is one look-up, not two."""
    answers = iter(["93.184.215.14", "127.0.0.1"])  # as a server that rebinds answers
    asked = []

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    connected: list[tuple[str, int]] = []

    def connect(_: socket.socket, address: tuple[str, int]) -> None:
        connected.append(address)
        raise OSError("not in a test")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", connect)
    port = int(hook.url.rpartition(":")[2])
    with pytest.raises(UndeliveredError, match="not in a test"):
        post(f"http://rebinds.test:{port}/", b"", {}, networks=NOWHERE)
    with pytest.raises(UndeliveredError, match="allow-networks"):
        post(f"http://rebinds.test:{port}/", b"", {}, networks=NOWHERE)
    assert connected == [("93.184.215.14", port)]
    assert asked == ["rebinds.test", "rebinds.test"]


@pytest.mark.parametrize(
    ("address", "admitted"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d70e", True),
        ("2002:7f00:1::", False),
    ],
)
def test_public_addresses_are_admitted(address: str, admitted: bool) -> None:
    """Loopback, private, shared, link-local and multicast ranges are not, in any disguise."""
    assert NOWHERE.admit(address) is admitted
    assert EVERYWHERE.admit(address)


def test_networks_are_read_from_a_setting() -> None:
    """Networks and single addresses, and an error that shows what is wrong."""
    allowed = parse("10.0.0.0/8, 127.0.0.1")
    assert allowed.admit("10.9.9.9")
    assert allowed.admit("127.0.0.1")
    assert not allowed.admit("127.0.0.2")
    assert not allowed.refuse_name("localhost")
    assert NOWHERE.refuse_name("LOCALHOST.")
    assert NOWHERE.refuse_name("[::1]")
    assert not NOWHERE.refuse_name("example.org")
    with pytest.raises(BayonError, match=r"expected networks such as 10\.0\.0\.0/8"):
        parse("10.0.0.0/8,office")
