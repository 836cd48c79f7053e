"""The named reads and writes of configuration, each on SQLite and on PostgreSQL."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from bayon.state import (
    alarm_events,
    alarm_history,
    alarm_mute_rules,
    alarms,
    anomaly_detectors,
    dashboards,
    deleted_logs,
    export_tasks,
    keys,
    log_group_policies,
    log_groups,
    log_resources,
    log_streams,
    messages,
    subscriptions,
    tags,
    topics,
)
from bayon.state.database import State
from bayon.state.export_tasks import ExportTask
from bayon.state.log_groups import LogGroup

ACCOUNT, OTHER, REGION = "111122223333", "444455556666", "eu-west-1"


def group(state: State, name: str = "/app", **options: object) -> LogGroup:
    made = log_groups.create(state, ACCOUNT, REGION, name, created_ms=1, **options)  # type: ignore[arg-type]
    assert made is not None
    return made


def test_a_log_group_is_found_by_its_name_in_its_place(state: State) -> None:
    """Once per account, region and name."""
    made = group(state, kms_key_id="arn:aws:kms:x", deletion_protection=True)
    assert made.arn == "arn:aws:logs:eu-west-1:111122223333:log-group:/app"
    assert log_groups.find(state, ACCOUNT, REGION, "/app") == made
    assert log_groups.create(state, ACCOUNT, REGION, "/app", created_ms=2) is None
    assert log_groups.find(state, OTHER, REGION, "/app") is None
    assert log_groups.find(state, ACCOUNT, "us-east-1", "/app") is None
    assert log_groups.create(state, OTHER, REGION, "/app", created_ms=2) is not None
    assert log_groups.count(state, ACCOUNT, REGION) == 1


def test_log_groups_are_listed_in_ascii_order_and_by_page(state: State) -> None:
    """Upper case before lower, and names that look like patterns are only names."""
    for name in ("b", "a/1", "A", "a_1", "a/2", "a%", "Data", "xData", "data", "a/1/x"):
        group(state, name)

    def names(**options: object) -> list[str]:
        found = log_groups.page(state, ACCOUNT, REGION, **{"limit": 50, **options})  # type: ignore[arg-type]
        return [found_group.name for found_group in found]

    assert names() == ["A", "Data", "a%", "a/1", "a/1/x", "a/2", "a_1", "b", "data", "xData"]
    assert names(prefix="a/") == ["a/1", "a/1/x", "a/2"]
    assert names(prefix="a_") == ["a_1"]
    assert names(prefix="a%") == ["a%"]
    assert names(contains="Data") == ["Data", "xData"]
    assert names(contains="%") == ["a%"]
    assert names(prefix="a/1", contains="x") == ["a/1/x"]
    assert names(names=["b", "none", "A"]) == ["A", "b"]
    assert names(names=[]) == []
    assert names(prefix="a/", limit=2) == ["a/1", "a/1/x"]
    assert names(prefix="a/", after="a/1/x", limit=2) == ["a/2"]


def test_log_groups_are_listed_by_class(state: State) -> None:
    """Any of those given."""
    for name, kind in (("a", "STANDARD"), ("b", "INFREQUENT_ACCESS"), ("c", "DELIVERY")):
        group(state, name, log_group_class=kind)
    found = log_groups.page(state, ACCOUNT, REGION, classes=["INFREQUENT_ACCESS", "DELIVERY"], limit=9)
    assert [found_group.name for found_group in found] == ["b", "c"]


def test_a_log_group_can_be_changed(state: State) -> None:
    """What is not there cannot."""
    group(state)
    assert log_groups.with_retention(state) == []
    assert log_groups.set_retention(state, ACCOUNT, REGION, "/app", 7)
    assert log_groups.set_deletion_protection(state, ACCOUNT, REGION, "/app", protected=True)
    assert log_groups.set_kms_key(state, ACCOUNT, REGION, "/app", "key")
    (found,) = log_groups.with_retention(state)
    assert (found.retention_days, found.deletion_protection, found.kms_key_id) == (7, True, "key")
    assert log_groups.set_retention(state, ACCOUNT, REGION, "/app", None)
    assert log_groups.with_retention(state) == []
    assert not log_groups.set_retention(state, ACCOUNT, REGION, "/none", 7)


def test_a_deleted_log_group_takes_all_with_it(state: State) -> None:
    """Its events are due to be purged, and its number is not given again."""
    made = group(state)
    stream = log_streams.create(state, made.id, "web", created_ms=1)
    tags.put(state, made.arn, {"team": "a"})
    assert stream is not None
    assert log_groups.delete(state, ACCOUNT, REGION, "/app")
    assert not log_groups.delete(state, ACCOUNT, REGION, "/app")
    assert log_groups.find(state, ACCOUNT, REGION, "/app") is None
    assert log_streams.by_ids(state, [stream.id]) == {}
    assert tags.of(state, made.arn) == {}
    assert tags.search(state, ACCOUNT, REGION, limit=9) == []
    (deletion,) = deleted_logs.pending(state, 9)
    assert (deletion.group_id, deletion.stream_id) == (made.id, None)
    deleted_logs.purged(state, deletion.id)
    assert deleted_logs.pending(state, 9) == []
    again = group(state)
    assert again.id > made.id
    assert log_streams.create(state, made.id, "web", created_ms=1) is None


def test_a_group_and_its_stream_are_found_at_once(state: State) -> None:
    """Each is missing by itself."""
    made = group(state)
    stream = log_streams.create(state, made.id, "web", created_ms=5)
    assert log_streams.find_stream(state, ACCOUNT, REGION, "/app", "web") == (made, stream)
    assert log_streams.find_stream(state, ACCOUNT, REGION, "/app", "none") == (made, None)
    assert log_streams.find_stream(state, ACCOUNT, REGION, "/none", "web") == (None, None)
    assert log_streams.create(state, made.id, "web", created_ms=6) is None


def test_log_streams_are_listed_and_looked_up(state: State) -> None:
    """In the order of their names, either way round."""
    made, other = group(state), group(state, "/other")
    streams = {
        name: log_streams.create(state, made.id, name, created_ms=1)
        for name in ("b", "a/1", "a/2", "é", "Z", "\U0010ffff")
    }
    log_streams.create(state, other.id, "a/3", created_ms=1)

    def names(**options: object) -> list[str]:
        found = log_streams.page(state, made.id, **{"limit": 50, **options})  # type: ignore[arg-type]
        return [stream.name for stream in found]

    assert names() == ["Z", "a/1", "a/2", "b", "é", "\U0010ffff"]
    assert names(prefix="a/") == ["a/1", "a/2"]
    assert names(prefix="\U0010ffff") == ["\U0010ffff"]
    assert names(after="a/1", limit=2) == ["a/2", "b"]
    assert names(descending=True, after="b", limit=2) == ["a/2", "a/1"]
    assert set(log_streams.by_names(state, made.id, ["b", "a/3"])) == {"b"}
    first = streams["b"]
    assert first is not None
    assert log_streams.by_ids(state, [first.id, *range(10_000, 22_000)]) == {first.id: first}


def test_a_deleted_log_stream_is_due_to_be_purged(state: State) -> None:
    """Its number is not given again."""
    made = group(state)
    stream = log_streams.create(state, made.id, "web", created_ms=1)
    assert stream is not None
    assert log_streams.delete(state, stream.id)
    assert not log_streams.delete(state, stream.id)
    (deletion,) = deleted_logs.pending(state, 9)
    assert (deletion.group_id, deletion.stream_id) == (made.id, stream.id)
    again = log_streams.create(state, made.id, "web", created_ms=1)
    assert again is not None
    assert again.id > stream.id


def test_dashboards_are_kept_byte_for_byte(state: State) -> None:
    """By name in an account, whatever the region."""
    assert dashboards.put(state, ACCOUNT, "ops", '{"widgets": ["é"]}', modified_ms=1)
    assert not dashboards.put(state, ACCOUNT, "ops", '{"widgets": []}\n', modified_ms=2)
    found = dashboards.find(state, ACCOUNT, "ops")
    assert found is not None
    assert (found.body, found.size_bytes, found.modified_ms) == ('{"widgets": []}\n', 16, 2)
    assert found.arn == "arn:aws:cloudwatch::111122223333:dashboard/ops"
    dashboards.put(state, ACCOUNT, "é", '"é"', modified_ms=1)
    assert [entry.size_bytes for entry in dashboards.page(state, ACCOUNT, limit=9)] == [16, 4]
    assert dashboards.find(state, OTHER, "ops") is None


def test_dashboards_are_listed_and_deleted(state: State) -> None:
    """Those that exist go, those that do not are named; a caller who wants all or none undoes it."""
    for name in ("b", "a1", "a2", "A"):
        dashboards.put(state, ACCOUNT, name, "{}", modified_ms=1)
        tags.put(state, dashboards.arn_of(ACCOUNT, name), {"team": name})
    listed = [entry.name for entry in dashboards.page(state, ACCOUNT, prefix="a", after="a1", limit=9)]
    assert listed == ["a2"]
    with suppress(KeyError), state.write():
        assert dashboards.delete(state, ACCOUNT, ["none", "a1", "never"]) == ["none", "never"]
        raise KeyError
    assert dashboards.find(state, ACCOUNT, "a1") is not None
    assert dashboards.delete(state, ACCOUNT, ["none", "a1"]) == ["none"]
    assert [entry.name for entry in dashboards.page(state, ACCOUNT, limit=9)] == ["A", "a2", "b"]
    assert tags.values(state, ACCOUNT, "us-east-1", "team", limit=9) == ["A", "a2", "b"]


def test_topics_keep_their_attributes(state: State) -> None:
    """Those that are set, until they are removed."""
    made = topics.create(state, ACCOUNT, REGION, "alerts", attributes={"DisplayName": "x"}, created_ms=1)
    assert made is not None
    assert topics.create(state, ACCOUNT, REGION, "alerts", attributes={}, created_ms=2) is None
    assert topics.find(state, made.arn) == made
    assert topics.set_attributes(state, made.arn, {"Policy": "{}", "DisplayName": None})
    found = topics.find(state, made.arn)
    assert found is not None
    assert found.attributes == {"Policy": "{}"}
    assert not topics.set_attributes(state, made.arn + "x", {"Policy": "{}"})


def test_topics_are_listed_by_page_and_deleted_with_what_hangs_on_them(state: State) -> None:
    """Of one account in one region."""
    for name in ("c", "a", "b"):
        topics.create(state, ACCOUNT, REGION, name, attributes={}, created_ms=1)
    topics.create(state, ACCOUNT, "us-east-1", "d", attributes={}, created_ms=1)
    first, second = topics.page(state, ACCOUNT, REGION, limit=2)
    assert [first.name, second.name] == ["a", "b"]
    assert [topic.name for topic in topics.page(state, ACCOUNT, REGION, after=second.arn, limit=2)] == ["c"]
    made = subscriptions.create(state, first.arn, "sqs", "arn:q", attributes={}, confirmed=True, created_ms=1)
    assert made is not None
    tags.put(state, first.arn, {"team": "a"})
    assert topics.delete(state, first.arn)
    assert not topics.delete(state, first.arn)
    assert subscriptions.find(state, made.arn) is None
    assert tags.of(state, first.arn) == {}
    assert subscriptions.create(state, first.arn, "sqs", "q", attributes={}, confirmed=True, created_ms=1) is None


def test_subscriptions_are_one_per_endpoint(state: State) -> None:
    """And are confirmed by their token."""
    topic = topics.create(state, ACCOUNT, REGION, "alerts", attributes={}, created_ms=1)
    assert topic is not None
    made = [
        subscriptions.create(state, topic.arn, "http", f"http://{name}", attributes={}, confirmed=False, created_ms=1)
        for name in ("a", "b", "a")
    ]
    first, second, again = made
    assert first is not None
    assert second is not None
    assert again is None
    assert subscriptions.find_endpoint(state, topic.arn, "http", "http://a") == first
    assert subscriptions.counts(state, topic.arn) == (0, 2)
    assert subscriptions.confirm(state, topic.arn, "wrong") is None
    confirmed = subscriptions.confirm(state, topic.arn, first.token)
    assert confirmed is not None
    assert (confirmed.arn, confirmed.confirmed) == (first.arn, True)
    assert subscriptions.counts(state, topic.arn) == (1, 1)
    assert subscriptions.set_attributes(state, first.arn, {"RawMessageDelivery": "true"})
    (one,) = subscriptions.page_of_topic(state, topic.arn, limit=1)
    listed = [one, *subscriptions.page_of_topic(state, topic.arn, after=one.arn, limit=9)]
    assert listed == subscriptions.page(state, ACCOUNT, REGION, limit=9)
    assert {found.arn for found in listed} == {first.arn, second.arn}
    assert subscriptions.page(state, ACCOUNT, "us-east-1", limit=9) == []
    assert subscriptions.delete(state, first.arn)
    assert not subscriptions.delete(state, first.arn)


def test_messages_are_kept_in_order(state: State) -> None:
    """With all that was asked for."""
    request = {"Message": "a\x00é", "MessageAttributes": {"b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}}
    for number, topic in enumerate(("arn:1", "arn:2", None)):
        published = messages.Published(f"id-{9 - number}", ACCOUNT, REGION, topic, request, 10 + number // 2)
        messages.keep(state, [published])
    found = messages.page(state, ACCOUNT, REGION, limit=9)
    assert [message.id for message in found] == ["id-9", "id-8", "id-7"]
    assert found[0].request["Message"] == "a\x00é"
    assert found[0].request["MessageAttributes"]["b"]["BinaryValue"] == "AP8="
    assert messages.page(state, ACCOUNT, REGION, after=found[0], limit=1) == [found[1]]
    assert [message.id for message in messages.page(state, ACCOUNT, REGION, topic_arn="arn:2", limit=9)] == ["id-8"]


LOGS = "arn:aws:logs:eu-west-1:111122223333:log-group:/app"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:alerts"
DASHBOARD = "arn:aws:cloudwatch::111122223333:dashboard/ops"
TABLE = "arn:aws:logs:eu-west-1:111122223333:lookup-table:t"


def test_tags_are_put_removed_and_read(state: State) -> None:
    """A new value replaces the old one; removing what is not there is no failure."""
    tags.put(state, LOGS, {"b": "1", "a": ""})
    tags.put(state, LOGS, {"b": "2", "c": "é"})
    assert list(tags.of(state, LOGS).items()) == [("a", ""), ("b", "2"), ("c", "é")]
    tags.remove(state, LOGS, ["a", "none"])
    tags.remove(state, TOPIC, ["a"])
    assert tags.of_each(state, [LOGS, TOPIC]) == {LOGS: {"b": "2", "c": "é"}, TOPIC: {}}


def search(state: State, region: str = REGION, **options: object) -> list[str]:
    found = tags.search(state, ACCOUNT, region, **{"limit": 50, **options})  # type: ignore[arg-type]
    return [resource.arn for resource in found]


def test_resources_are_found_by_their_tags(state: State) -> None:
    """Filters are all to be met, values of one are alternatives, none means any.

    Source: GetResources, TagFilters.
    """
    tags.put(state, LOGS, {"key1": "value1", "key2": "value3", "key3": ""})
    tags.put(state, TOPIC, {"key1": "value1", "key2": "other"})
    tags.put(state, TABLE, {"key2": "value2"})
    three: tuple[str, list[str]] = ("key3", [])
    one, two = ("key1", ["value1"]), ("key2", ["value2", "value3", "value4"])
    assert search(state, filters=[one]) == [LOGS, TOPIC]
    assert search(state, filters=[two]) == [LOGS, TABLE]
    assert search(state, filters=[three]) == [LOGS]
    assert search(state, filters=[one, two, three]) == [LOGS]
    assert search(state, filters=[("Key1", ["value1"])]) == []


def test_resources_are_found_by_type_arn_and_page(state: State) -> None:
    """A type is a service, or a service and what its ARN says."""
    for arn in (LOGS, TOPIC, TABLE):
        tags.put(state, arn, {"team": "a"})
    assert search(state, types=["logs"]) == [LOGS, TABLE]
    assert search(state, types=["logs:log-group", "sns"]) == [LOGS, TOPIC]
    assert search(state, types=["sns:topic"]) == [TOPIC]
    assert search(state, types=["log"]) == []
    assert search(state, arns=[TOPIC, DASHBOARD]) == [TOPIC]
    assert search(state, limit=2) == [LOGS, TABLE]
    assert search(state, after=TABLE) == [TOPIC]
    assert search(state, region="us-east-1") == []


def test_what_was_tagged_once_stays_listed_until_it_is_deleted(state: State) -> None:
    """With an empty set of tags. Source: GetResources, TagFilters."""
    tags.put(state, LOGS, {"team": "a"})
    tags.remove(state, LOGS, ["team"])
    assert tags.search(state, ACCOUNT, REGION, limit=9) == [tags.TaggedResource(LOGS, {})]
    assert search(state, filters=[("team", [])]) == []
    tags.forget(state, LOGS)
    assert search(state) == []


def test_global_resources_are_found_in_one_region(state: State) -> None:
    """As on AWS, where us-east-1 answers for what has no region."""
    tags.put(state, DASHBOARD, {"team": "a"})
    assert search(state) == []
    assert search(state, region="us-east-1", types=["cloudwatch:dashboard"]) == [DASHBOARD]


def test_keys_and_values_in_use_are_listed_once(state: State) -> None:
    """In order, by page."""
    tags.put(state, LOGS, {"b": "2", "a": "1"})
    tags.put(state, TOPIC, {"b": "1", "B": "3"})
    assert tags.keys(state, ACCOUNT, REGION, limit=9) == ["B", "a", "b"]
    assert tags.keys(state, ACCOUNT, REGION, after="B", limit=1) == ["a"]
    assert tags.values(state, ACCOUNT, REGION, "b", limit=9) == ["1", "2"]
    assert tags.values(state, ACCOUNT, REGION, "b", after="1", limit=9) == ["2"]
    assert tags.keys(state, OTHER, REGION, limit=9) == []


def test_access_keys_open_and_lock(state: State) -> None:
    """Revoking the last one does not open the door again."""
    assert keys.lookup(state, "AKIA") == keys.Lookup(any_exist=False, key=None)
    assert not keys.any_exist(state)
    made = [keys.create(state, ACCOUNT, created_ms=1) for _ in range(3)]
    assert all(len(key.id) == 20 and len(key.secret) == 40 for key in made)
    assert made[0].secret not in repr(made[0])
    assert keys.page(state, limit=9) == sorted(made, key=lambda key: key.id)
    for key in made:
        assert keys.lookup(state, key.id) == keys.Lookup(any_exist=True, key=key)
        assert keys.revoke(state, key.id, revoked_ms=2)
        assert not keys.revoke(state, key.id, revoked_ms=3)
        assert keys.lookup(state, key.id) == keys.Lookup(any_exist=True, key=None)
    assert keys.lookup(state, "AKIA") == keys.Lookup(any_exist=True, key=None)
    assert keys.any_exist(state)


def test_a_log_group_has_one_policy_of_a_kind(state: State) -> None:
    """A later one replaces it, and it goes with its group."""
    made, other = group(state), group(state, "/other")
    first = log_group_policies.put(state, made.id, "transformer", [{"parseJSON": {}}], 5)
    second = log_group_policies.put(state, made.id, "transformer", {"ü": [1.5, None]}, 9)
    assert (first.created_ms, first.modified_ms) == (5, 5)
    assert (second.body, second.created_ms, second.modified_ms) == ({"ü": [1.5, None]}, 5, 9)
    assert log_group_policies.find(state, made.id, "transformer") == second
    assert log_group_policies.find(state, made.id, "data_protection") is None
    assert log_group_policies.of_groups(state, [made.id, other.id], "transformer") == {made.id: second}
    assert log_group_policies.delete(state, made.id, "transformer")
    assert not log_group_policies.delete(state, made.id, "transformer")
    log_group_policies.put(state, made.id, "transformer", [], 5)
    log_groups.delete(state, ACCOUNT, REGION, "/app")
    assert log_group_policies.of_groups(state, [made.id, other.id], "transformer") == {}


def test_log_resources_are_kept_by_kind_and_name(state: State) -> None:
    """In one place each, listed by name."""
    for name in ("b", "a", "ab"):
        assert log_resources.create(state, ACCOUNT, REGION, "destination", name, {"n": name}, 1) is not None
    log_resources.create(state, OTHER, REGION, "destination", "a", {}, 1)
    log_resources.create(state, ACCOUNT, REGION, "delivery", "a", {}, 1)
    assert log_resources.create(state, ACCOUNT, REGION, "destination", "a", {}, 2) is None
    changed = log_resources.put(state, ACCOUNT, REGION, "destination", "a", {"n": 2}, 3)
    assert (changed.body, changed.created_ms, changed.modified_ms) == ({"n": 2}, 1, 3)
    assert log_resources.find(state, ACCOUNT, REGION, "destination", "a") == changed

    def names(**options: object) -> list[str]:
        found = log_resources.page(state, ACCOUNT, REGION, "destination", **options)  # type: ignore[arg-type]
        return [each.name for each in found]

    assert names() == ["a", "ab", "b"]
    assert names(prefix="a", limit=1) == ["a"]
    assert names(after="a") == ["ab", "b"]
    assert log_resources.count(state, ACCOUNT, REGION, "destination") == 3
    assert [each.account for each in log_resources.of_kind(state, "destination")] == [ACCOUNT, ACCOUNT, ACCOUNT, OTHER]
    assert log_resources.delete(state, ACCOUNT, REGION, "destination", "a")
    assert not log_resources.delete(state, ACCOUNT, REGION, "destination", "a")
    assert log_resources.find(state, OTHER, REGION, "destination", "a") is not None


def export_task(number: int, **fields: object) -> ExportTask:
    given: dict[str, object] = {
        "id": f"task-{number}", "account": ACCOUNT, "region": REGION, "name": None, "group_id": 1, "group_name": "/app",
        "stream_prefix": "", "from_ms": 0, "to_ms": 9, "destination": "bucket", "destination_prefix": "p",
        "status": "PENDING", "message": "", "created_ms": number, "completed_ms": None, "progress": {},
    }  # fmt: skip
    return ExportTask(**(given | fields))  # type: ignore[arg-type]


def test_one_export_task_of_an_account_is_active(state: State) -> None:
    """The next may begin when it has ended, whichever way."""
    assert export_tasks.create(state, export_task(1))
    assert not export_tasks.create(state, export_task(2))
    assert export_tasks.create(state, export_task(3, account=OTHER))
    assert export_tasks.start(state, "task-1", "started")
    export_tasks.advance(state, "task-1", {"gap": [1, 2]})
    (running, _other) = export_tasks.active(state)
    assert (running.status, running.message, running.progress) == ("RUNNING", "started", {"gap": [1, 2]})
    assert export_tasks.complete(state, "task-1", "done", 8)
    assert not export_tasks.cancel(state, "task-1")
    assert export_tasks.create(state, export_task(4))
    assert export_tasks.cancel(state, "task-4")
    assert not export_tasks.start(state, "task-4", "started")
    assert not export_tasks.complete(state, "task-4", "done", 9)
    export_tasks.end(state, "task-4", "CANCELLED", "cancelled", 9)
    found = export_tasks.page(state, ACCOUNT, REGION, limit=9)
    assert [(task.id, task.status, task.completed_ms) for task in found] == [
        ("task-4", "CANCELLED", 9),
        ("task-1", "COMPLETED", 8),
    ]
    assert [task.id for task in export_tasks.page(state, ACCOUNT, REGION, before=(4, "task-4"), limit=9)] == ["task-1"]
    assert [task.id for task in export_tasks.page(state, ACCOUNT, REGION, status="CANCELLED", limit=9)] == ["task-4"]
    assert export_tasks.page(state, ACCOUNT, REGION, task_id="task-3", limit=9) == []


def put_alarm(state: State, name: str, kind: str = alarms.METRIC) -> alarms.Alarm:
    alarms.put(
        state,
        ACCOUNT,
        REGION,
        name,
        kind=kind,
        config={"Period": 60},
        actions={"ALARM": ["arn"]},
        actions_enabled=True,
        metric=("App", "Errors") if kind == alarms.METRIC else None,
        reason="new",
        now_ms=5,
    )
    found = alarms.find(state, ACCOUNT, REGION, name)
    assert found is not None
    return found


def test_alarms_are_put_listed_and_deleted(state: State) -> None:
    """A second put keeps the state and raises the revision; names are in the order of code points."""
    first = put_alarm(state, "b")
    assert (first.revision, first.state, first.config, first.actions) == (
        *(1, "INSUFFICIENT_DATA"),
        *({"Period": 60}, {"ALARM": ["arn"]}),
    )
    assert alarms.change_state(state, first, "OK", reason="x", reason_data="{}", now_ms=6, transitioned=True)
    assert (put_alarm(state, "b").revision, put_alarm(state, "B").revision) == (2, 1)
    assert not alarms.change_state(state, first, "ALARM", reason="x", reason_data=None, now_ms=6, transitioned=True)
    listed = alarms.page(state, ACCOUNT, REGION, kinds=[alarms.METRIC], limit=9)
    assert [alarm.name for alarm in listed] == ["B", "b"]
    assert [alarm.name for alarm in alarms.page(state, ACCOUNT, REGION, kinds=[alarms.METRIC], after="B", limit=9)] == [
        "b"
    ]
    assert [a.name for a in alarms.page(state, ACCOUNT, REGION, kinds=[alarms.METRIC], in_state="OK", limit=9)] == ["b"]
    assert [alarm.name for alarm in alarms.on_metric(state, ACCOUNT, REGION, "App", "Errors")] == ["B", "b"]
    alarms.delete(state, listed[:1])
    assert [glance.state for glance in alarms.glance(state)] == ["OK"]


def test_composite_alarms_and_contributors_go_with_their_alarm(state: State) -> None:
    """Children by role, and the series of an alarm over many."""
    child, parent = put_alarm(state, "child"), put_alarm(state, "parent", alarms.COMPOSITE)
    assert not alarms.any_composite(state)
    alarms.set_children(state, parent.id, {alarms.RULE: ["child", "b"], alarms.SUPPRESSOR: ["child"]})
    assert alarms.children_of(state, parent.id) == ["b", "child"]
    assert [each.name for each in alarms.parents_of(state, ACCOUNT, REGION, ["child"])] == ["parent"]
    assert alarms.parents_of(state, ACCOUNT, REGION, ["b"], roles=[alarms.SUPPRESSOR]) == []
    series = alarms.Contributor("0" * 16, {"Host": "a"}, "ALARM", "x", 7)
    alarms.keep_contributors(state, child.id, [series])
    assert alarms.contributors(state, child.id, in_state="ALARM") == [series]
    alarms.delete(state, [child, parent])
    assert (alarms.any_composite(state), alarms.contributors(state, child.id)) == (False, [])


def test_alarm_history_and_events_wait_in_order(state: State) -> None:
    """History in both directions behind an item; events until they are handed on, and posts an address at a time."""
    item = alarm_history.Item(
        account=ACCOUNT, region=REGION, alarm="a", kind=alarms.METRIC, at_ms=1, item="Action", summary="", data="{}"
    )
    alarm_history.add(
        state, [item, replace(item, at_ms=2), replace(item, at_ms=2, contributor="c", attributes={"a": "b"})]
    )
    asked: dict[str, Any] = {"kinds": [alarms.METRIC], "limit": 2}
    newest = alarm_history.page(state, ACCOUNT, REGION, newest_first=True, **asked)
    assert [(each.at_ms, each.contributor) for each in newest] == [(2, "c"), (2, None)]
    after = (newest[-1].at_ms, newest[-1].id)
    assert [
        each.at_ms for each in alarm_history.page(state, ACCOUNT, REGION, newest_first=True, after=after, **asked)
    ] == [1]
    alarm_history.expire(state, 2)
    assert len(alarm_history.page(state, ACCOUNT, REGION, newest_first=False, **asked)) == 2
    alarm_events.add(state, [(ACCOUNT, REGION, 1, "one"), (ACCOUNT, REGION, 2, "two")])
    waiting = alarm_events.waiting(state, 9)
    alarm_events.plan_posts(state, waiting, ["http://a", "http://b"], 5)
    alarm_events.handed_on(state, [event.id for event in waiting])
    assert alarm_events.waiting(state, 9) == []
    first, second = alarm_events.posts(state, 9)
    assert {(post.url, post.event) for post in (first, second)} == {("http://a", "one"), ("http://b", "one")}
    alarm_events.posted(state, first.id)
    alarm_events.post_again(state, second, 99)
    assert {(p.url, p.event, p.due_ms) for p in alarm_events.posts(state, 9)} == {
        *{(first.url, "two", 5), (second.url, "one", 99)}
    }
    assert alarm_events.evaluated_ms(state, "alarms") is None
    alarm_events.evaluated(state, "alarms", 7)
    alarm_events.evaluated(state, "alarms", 8)
    assert alarm_events.evaluated_ms(state, "alarms") == 8


def test_detectors_forget_when_they_are_put_anew(state: State) -> None:
    """What was learnt counts for the revision that learnt it."""
    put = {"kind": anomaly_detectors.SINGLE, "definition": {"Stat": "Sum"}, "options": {}, "now_ms": 1}
    first = anomaly_detectors.put(state, ACCOUNT, REGION, "d", **put)  # type: ignore[arg-type]
    learnt = anomaly_detectors.Learnt(300, {"level": 1.0}, 2, 2)
    anomaly_detectors.learn(state, first, learnt, anomaly_detectors.TRAINED)
    assert anomaly_detectors.learnt(state, first) == {300: learnt}
    assert [each.state for each in anomaly_detectors.every(state)] == ["TRAINED"]
    second = anomaly_detectors.put(state, ACCOUNT, REGION, "d", **put)  # type: ignore[arg-type]
    anomaly_detectors.learn(state, first, learnt, anomaly_detectors.TRAINED)
    assert (second.revision, anomaly_detectors.learnt(state, second)) == (2, {})
    assert anomaly_detectors.delete(state, ACCOUNT, REGION, "d")
    assert not anomaly_detectors.delete(state, ACCOUNT, REGION, "d")


def test_mute_rules(state: State) -> None:
    """By name, in their place."""
    assert alarm_mute_rules.put(state, ACCOUNT, REGION, "r", {"a": 1}, now_ms=1)
    assert not alarm_mute_rules.put(state, ACCOUNT, REGION, "r", {"a": 2}, now_ms=2)
    (found,) = alarm_mute_rules.every(state)
    assert (found.config, found.created_ms, found.updated_ms) == ({"a": 2}, 1, 2)
    assert alarm_mute_rules.count(state, ACCOUNT, REGION) == 1
    alarm_mute_rules.delete(state, ACCOUNT, REGION, "r")
    assert alarm_mute_rules.find(state, ACCOUNT, REGION, "r") is None
