"""Log ingest over HTTP: full PutLogEvents requests on four connections, each acknowledged once it is on disk.

Beside it the same requests to moto_server, in turn with bayon's, and the engine alone inserting the same rows.
"""

from __future__ import annotations

from bench import at_rest, data, engine_insert, load, servers
from bench.plan import Plan, say
from bench.report import Row, Target
from bench.servers import Server

CONNECTIONS = 4
EVENTS = 5000
BODIES = 16
GROUP = "/bench/run-00"


def measure(plan: Plan) -> list[Row]:
    """Events per second. Raises: AssertionError when what is stored is not what was acknowledged."""
    requests, size_bytes = _requests(plan.amount(BODIES, 2))
    count = plan.amount(100, 4)
    mine: list[float] = []
    lasting: list[float] = []
    others: list[float] = []
    with servers.bayon(plan.folder / "bayon") as bayon, servers.moto() as moto:
        for run in range(plan.runs + 1):  # the first warms up
            with servers.stopped(moto):
                took_s = _took_s(bayon, run, requests, count)
                settled_s = bayon.wait_idle()
            mine.append(count * EVENTS / took_s)
            lasting.append(count * EVENTS / (took_s + settled_s))
            with servers.stopped(bayon):
                others.append(count * EVENTS / _took_s(moto, run, requests, count))
            say(f"  run {run}: bayon {mine[-1]:,.0f}/s, settled {settled_s:.1f} s later, moto {others[-1]:,.0f}/s")
        with servers.stopped(moto):
            _check_bytes(bayon, size_bytes, count)
    acknowledged = (plan.runs + 1) * count * EVENTS
    stored = at_rest.counts(plan.folder / "bayon")["log_events"]
    assert stored == acknowledged, f"{acknowledged} events were acknowledged, {stored} are stored"
    engine = engine_insert.rates(plan.folder / "engine", count * EVENTS, EVENTS * CONNECTIONS, plan.runs)
    each = sum(size_bytes) // len(size_bytes) // EVENTS
    what = f"log ingest, {EVENTS:,} events of {each} bytes a request, {CONNECTIONS} connections"
    return [
        Row(what, "events/s", mine[1:], "moto", others[1:], Target(2, of_ratio=True)),
        Row("  against the engine alone", "events/s", mine[1:], "engine", engine),
        Row("  for ever: until the events are indexed too", "events/s", lasting[1:], "moto", others[1:]),
    ]


def _requests(bodies: int) -> tuple[list[bytes], list[int]]:
    """Requests that differ, to the group of run 0, and the bytes of messages in each."""
    requests, sizes = [], []
    for seed in range(bodies):
        events = data.log_events(EVENTS, seed=seed, end_ms=data.now_ms())
        given = {"logGroupName": GROUP, "logStreamName": "app", "logEvents": events}
        requests.append(load.prepared("logs", "PutLogEvents", given))
        sizes.append(sum(len(event["message"]) for event in events))
    return requests, sizes


def _group(run: int) -> str:
    return f"{GROUP[:-2]}{run:02d}"


def _took_s(server: Server, run: int, requests: list[bytes], count: int) -> float:
    group = _group(run)
    client = server.client("logs")
    client.create_log_group(logGroupName=group)
    client.create_log_stream(logGroupName=group, logStreamName="app")
    addressed = [request.replace(GROUP.encode(), group.encode(), 1) for request in requests]
    outcome = load.drive(server, addressed, connections=CONNECTIONS, count=count)
    if server.name == "moto":  # it keeps them in memory
        client.delete_log_group(logGroupName=group)
    return outcome.took_s


def _check_bytes(bayon: Server, sizes: list[int], count: int) -> None:
    """Raises: AssertionError unless each group holds the bytes that were sent to it."""
    sent = sum(sizes[place % len(sizes)] for place in range(count))
    for group in bayon.client("logs").describe_log_groups(logGroupNamePrefix=GROUP[:-2])["logGroups"]:
        assert group["storedBytes"] == sent, f"{group['logGroupName']} holds {group['storedBytes']} bytes of {sent}"
