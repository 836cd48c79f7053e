"""The local inbox: over HTTP for tests, on the command line for people, and to nobody else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from bayon.errors import BayonError
from bayon.testing import Bayon, running


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("BAYON_", "AWS_"))}
    line = [sys.executable, "-m", "bayon", *arguments]
    environment |= {"COLUMNS": "160"}
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False, env=inherited | environment)


def asked(bayon: Bayon, path: str, method: str = "GET", body: Any = None) -> tuple[int, Any]:
    """Out: the status and the JSON of the answer to an unsigned request."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(bayon.url + path, data, method=method)) as response:
            return response.status, json.loads(response.read())
    except HTTPError as err:
        with err:
            return err.code, json.loads(err.read())


def test_the_guides_commands_arrive(bayon: Bayon) -> None:
    """A person subscribes by mail and SMS with the AWS command line as it is printed, confirms, and reads what came."""
    sns = bayon.client("sns")
    topic = sns.create_topic(Name="bayon-coagent-production-alarms")["TopicArn"]
    aws = [str(Path(sys.executable).with_name("aws")), "sns"]
    subscribe = [*aws, "subscribe", "--topic-arn", topic]
    for line in (
        [*subscribe, "--protocol", "email", "--notification-endpoint", "your-email@example.com"],
        [*subscribe, "--protocol", "sms", "--notification-endpoint", "+1234567890"],
    ):
        subprocess.run(line, check=True, env=os.environ | bayon.env, capture_output=True, timeout=60)
    (letter,) = bayon.inbox()
    with urlopen(letter["confirm"]) as page:
        assert "Subscription confirmed" in page.read().decode()
    publish = [*aws, "publish", "--topic-arn", topic, "--message", "Test alarm notification", "--subject", "Test Alert"]
    subprocess.run(publish, check=True, env=os.environ | bayon.env, capture_output=True, timeout=60)
    mail, sms = bayon.inbox(after=letter["id"])
    if mail["kind"] == "sms":
        mail, sms = sms, mail
    assert (mail["to"], mail["subject"]) == ("your-email@example.com", "Test Alert")
    assert mail["text"].startswith("Test alarm notification\n")
    assert (sms["to"], sms["text"]) == ("+1234567890", "Test alarm notification")

    listed = command("inbox", "--url", bayon.url)
    assert listed.returncode == 0, listed.stderr
    assert re.search(rf"{mail['id']} +\S+ +email +your-email@example.com +Test Alert", listed.stdout)
    shown = command("inbox", str(mail["id"]), AWS_ENDPOINT_URL=bayon.url)
    assert "Test alarm notification" in shown.stdout
    assert mail["unsubscribe"] in shown.stdout
    printed = command("inbox", "--kind", "sms", "--json", "--url", bayon.url).stdout
    assert json.loads(printed) == sms


def test_the_inbox_is_asked_and_emptied(bayon: Bayon) -> None:
    """By recipient, kind and number; what is asked wrongly is said; a delete empties it."""
    sns = bayon.client("sns")
    for number in range(3):
        sns.publish(PhoneNumber=f"+49170000000{number}", Message=f"m{number}")
    first, second, third = bayon.inbox()
    assert bayon.inbox(after=first["id"]) == [second, third]
    assert bayon.inbox(limit=1) == [third]
    assert bayon.inbox(to="+491700000001") == [second]
    assert bayon.inbox(kind="email") == []
    assert asked(bayon, f"/_bayon/inbox/{second['id']}") == (200, second)
    assert asked(bayon, "/_bayon/inbox/999999")[0] == 404
    with pytest.raises(BayonError, match="expected to, kind, after and limit; found colour"):
        bayon.inbox(colour="red")
    with pytest.raises(BayonError, match="expected a whole number as after, found x"):
        bayon.inbox(after="x")
    assert asked(bayon, "/_bayon/inbox", "DELETE") == (200, {"letters": []})
    assert bayon.inbox() == []
    assert command("inbox", "--url", bayon.url).stdout == "The inbox is empty.\n"


def test_a_phone_that_answers_stop_gets_no_more(bayon: Bayon) -> None:
    """It has opted out, as the operations say, until it answers START or is opted in."""
    sns = bayon.client("sns")
    sns.set_sms_attributes(attributes={"DefaultSenderID": "Ops"})
    number = "+491701234567"
    sns.publish(PhoneNumber=number, Message="one")
    assert asked(bayon, "/_bayon/sms", "POST", {"from": number, "text": " stop\n"})[0] == 200
    assert sns.check_if_phone_number_is_opted_out(phoneNumber=number)["isOptedOut"]
    assert sns.list_phone_numbers_opted_out()["phoneNumbers"] == [number]
    sns.publish(PhoneNumber=number, Message="two")
    (letter,) = bayon.inbox(kind="undelivered")
    assert letter["reason"] == f"{number} has opted out"
    sns.opt_in_phone_number(phoneNumber=number)
    sns.publish(PhoneNumber=number, Message="three")
    assert [(each["text"], each["from"]) for each in bayon.inbox(kind="sms")] == [("one", "Ops"), ("three", "Ops")]
    assert asked(bayon, "/_bayon/sms", "POST", {"text": "STOP"})[0] == 400


def test_it_is_kept_from_strangers_and_over_a_restart(tmp_path: Path) -> None:
    """Once access keys exist, only who has one reads it; links in messages still work for everybody."""
    with running(data_dir=tmp_path) as bayon:
        sns = bayon.client("sns")
        topic = sns.create_topic(Name="ops")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="me@here.test")
        assert len(bayon.inbox()) == 1
    with running(data_dir=tmp_path, port=0) as bayon:
        (letter,) = bayon.inbox()
        made = command("keys", "create", "--data-dir", str(tmp_path)).stdout
        keys = dict(line.removeprefix("export ").split("=", 1) for line in made.splitlines())
        with pytest.raises(BayonError, match="Request is missing Authentication Token"):
            bayon.inbox()
        assert asked(bayon, "/_bayon/inbox", "DELETE")[0] == 403
        assert asked(bayon, "/_bayon/sms", "POST", {"from": "+1234567", "text": "STOP"})[0] == 403
        refused = command("inbox", "--url", bayon.url)
        assert refused.returncode == 1
        assert "missing Authentication Token" in refused.stderr
        shown = command("inbox", str(letter["id"]), "--url", bayon.url, **keys)
        assert letter["confirm"] in shown.stdout, shown.stderr
        confirm = letter["confirm"].replace(letter["confirm"].partition("/confirmation")[0], bayon.url)
        with urlopen(confirm) as page:
            assert "Subscription confirmed" in page.read().decode()
        query = confirm.partition("?")[2]
        with urlopen(f"{bayon.url}/?Action=ConfirmSubscription&Version=2010-03-31&{query}") as answer:
            assert "ConfirmSubscriptionResponse" in answer.read().decode()
        with pytest.raises(HTTPError, match="403"):
            urlopen(f"{bayon.url}/?Action=ListTopics&Version=2010-03-31")


def test_nobody_answers() -> None:
    """The command says so in one sentence."""
    refused = command("inbox", "--url", "http://127.0.0.1:1")
    assert refused.returncode == 1
    assert refused.stderr.startswith("bayon: no bayon answers at http://127.0.0.1:1: ")
    assert refused.stderr.count("\n") == 1
