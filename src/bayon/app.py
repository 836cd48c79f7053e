"""The only wiring: settings → store, state → operations → jobs → the ASGI application.

Everything is opened here, in order, and closed here, in the other. What any of it means is decided elsewhere.
"""

from __future__ import annotations

import gc
import hmac
import ipaddress
import logging
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from socket import socket
from typing import Any, Protocol, cast

from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as AsgiScope

import bayon.jobs
import bayon.services
from bayon import catalog, control, datadir, footprint, letters, limits, server
from bayon.clock import Clock
from bayon.deliver import mail, networks
from bayon.errors import AwsError, BayonError
from bayon.intake import http_logs, otlp, otlp_messages, xray_udp
from bayon.jobs.couriers import Couriers
from bayon.jobs.job import House, Job
from bayon.jobs.runner import Runner
from bayon.services.operation import Context, Operation
from bayon.services.otlp.exports import export_spans
from bayon.services.sns import targets
from bayon.services.throttle import Throttle
from bayon.settings import Settings
from bayon.state import keys
from bayon.state.database import State
from bayon.store.store import Store
from bayon.wire import body, sigv4
from bayon.wire.endpoint import Call, Endpoint, Verify, account_of
from bayon.wire.sigv4 import Scope, Sent

log = logging.getLogger(__name__)

NO_PORT = -1
Answer = Callable[[Call, Any], Any]

# How long one thread may compute before another gets its turn. The writer waits for its turn several times a commit,
# behind threads that decode megabytes: at Python's 5 ms that is half of its time (measured 2026-11).
SWITCH_S = 0.0005

# A request of a thousand data points makes ten thousand objects and no cycle: at Python's 700 the collector looks at
# them again and again (measured 2026-11: 75 to 127 thousand points a second).
GARBAGE_THRESHOLDS = (200_000, 20, 1000)


BEARER, TOKEN = "Bearer ", "ACWL"  # how an authorization by token begins, and the token itself


class Ready(Protocol):
    """Called once bayon accepts requests, with the settings it runs with."""

    def __call__(self, settings: Settings, *, has_keys: bool) -> None: ...


def run(settings: Settings, ready: Ready) -> None:
    """bayon has served until SIGTERM or SIGINT, and has kept all that it acknowledged.

    Raises: BayonError when it cannot start; then it has not served.
    """
    _log_to_stderr()
    with server.stop_signals() as stop, ExitStack() as stack:
        if settings.ephemeral:
            settings = replace(settings, data_dir=stack.enter_context(datadir.temporary()))
        settings = replace(settings, data_dir=settings.data_dir.absolute())
        _check(settings)
        stack.enter_context(datadir.held(settings.data_dir))
        state = stack.enter_context(closing(State.open(settings.state_url, durable=not settings.ephemeral)))
        _refuse_strangers(settings, state)
        listener = stack.enter_context(server.bound(settings.host, settings.port))
        daemon, exporters = _daemon_sockets(settings, stack), _exporters_socket(settings, stack)
        settings = replace(
            settings,
            port=_port(listener),
            xray_port=_port(daemon[0]) if daemon else NO_PORT,
            otlp_port=_port(exporters) if exporters else NO_PORT,
        )
        store = stack.enter_context(closing(_opened_store(settings)))
        app = stack.enter_context(_application(settings, Clock(), store, state, stop, daemon[1] if daemon else None))
        sys.setswitchinterval(SWITCH_S)
        gc.collect()
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        gc.freeze()  # what was loaded stays until the end: the collector need not look at it again
        footprint.drop_loaded_code()
        listeners = [listener, *([daemon[0]] if daemon else []), *([exporters] if exporters else [])]
        server.serve(app, listeners, stop=stop, ready=lambda: ready(settings, has_keys=keys.any_exist(state)))


def _daemon_sockets(settings: Settings, stack: ExitStack) -> tuple[socket, socket] | None:
    """The TCP and UDP sockets of the X-Ray daemon's port, open as long as the stack.

    None where none is wanted, or where they cannot be had: bayon is of use without them, and says so.
    """
    if settings.xray_port == NO_PORT:
        return None
    try:
        return stack.enter_context(server.bound_pair(settings.xray_host, settings.xray_port, door="xray-"))
    except BayonError as err:
        log.warning("bayon does not receive what X-Ray SDKs send to their daemon: %s", err.message)
        return None


def _exporters_socket(settings: Settings, stack: ExitStack) -> socket | None:
    """The socket of OpenTelemetry's usual port; otherwise as the daemon's."""
    if settings.otlp_port == NO_PORT:
        return None
    try:
        return stack.enter_context(server.bound(settings.host, settings.otlp_port, door="otlp-"))
    except BayonError as err:
        log.warning("bayon does not receive what OpenTelemetry sends without being told where: %s", err.message)
        return None


def _port(listener: socket) -> int:
    port: int = listener.getsockname()[1]
    return port


def _opened_store(settings: Settings) -> Store:
    journal = settings.data_dir / "store.journal"
    return Store.open(settings.store_url, durable=not settings.ephemeral, journal=journal)


@contextmanager
def _application(
    settings: Settings,
    clock: Clock,
    store: Store,
    state: State,
    stop: threading.Event,
    datagrams: socket | None,
) -> Iterator[ASGIApp]:
    """The ASGI application; while the block runs, so do the jobs and, on its UDP socket, the X-Ray daemon."""
    house = House(clock=clock, settings=settings, store=store, state=state, now_ms=clock.now_ms())
    couriers = Couriers(house)
    runner = Runner(catalog.collect(bayon.jobs, Job, lambda job: job.name).values(), house, couriers)
    throttle = Throttle()
    answer, served = _operations(house, throttle if settings.parity == "strict" else None)
    with ExitStack() as stack:
        endpoint = stack.enter_context(
            closing(_endpoint(settings, answer, served, verify=_verifier(house), stopping=stop.is_set))
        )
        controls = _controls(house, runner, couriers, throttle)
        exports = stack.enter_context(closing(otlp.Otlp(_admitter(house))))
        lines = stack.enter_context(closing(http_logs.HttpLogs(_admitter(house, tokens=True))))
        routes = [*letters.routes(_letters(house, couriers)), *control.routes(controls), *exports.routes()]
        routes += lines.routes()
        by_port: dict[int, ASGIApp] = {settings.otlp_port: Router(exports.routes(), redirect_slashes=False)}
        if datagrams is not None:
            keep_spans = _spans(house)
            udp = stack.enter_context(closing(xray_udp.Daemon(datagrams, _segments(answer, settings), keep_spans)))
            udp.start()
            routes = [*xray_udp.routes(udp), *routes]
            of_daemon = {name for name in served if name.startswith("xray.")}
            trusting = _endpoint(settings, answer, of_daemon, threads=limits.DAEMON_THREADS)
            by_port[settings.xray_port] = cast("ASGIApp", stack.enter_context(closing(trusting)))
        couriers.start()
        stack.callback(couriers.stop)
        runner.start()
        stack.callback(runner.stop)
        yield _doors(Router(routes, redirect_slashes=False, default=cast("ASGIApp", endpoint)), by_port)


def _doors(app: ASGIApp, by_port: Mapping[int, ASGIApp]) -> ASGIApp:
    """The application that answers each request as the port does at which it came in: `app` unless named."""

    async def answer(scope: AsgiScope, receive: Receive, send: Send) -> None:
        _, port = scope.get("server") or ("", NO_PORT)
        await by_port.get(port or NO_PORT, app)(scope, receive, send)

    return answer


def _operations(house: House, throttle: Throttle | None) -> tuple[Answer, Collection[str]]:
    """The function that performs a call, with a context of its own, and the names of what it performs."""
    operations = catalog.collect(bayon.services, Operation, lambda each: f"{each.service}.{each.name}")

    def answer(call: Call, request: Any) -> Any:
        context = _context(house, call.account, call.region, call.access_key, call.request_id, call.headers)
        context = replace(context, wishes=call.wishes)
        operation = operations[f"{call.service}.{call.operation}"]
        if throttle is not None:
            throttle.admit(context, operation, request)
        return operation(context, request)

    return answer, operations.keys()


def _context(
    house: House, account: str, region: str, access_key: str, request_id: str, headers: dict[str, str] | None = None
) -> Context:
    return Context(
        account=account,
        region=region,
        access_key=access_key,
        request_id=request_id,
        now_ms=house.clock.now_ms(),
        settings=house.settings,
        store=house.store,
        state=house.state,
        headers={} if headers is None else headers,
    )


def _endpoint(settings: Settings, answer: Answer, served: Container[str], **others: Any) -> Endpoint:
    return Endpoint(
        answer=answer,
        served=served,
        parity=settings.parity,
        account=settings.account,
        region=settings.region,
        **others,
    )


def _segments(answer: Answer, settings: Settings) -> xray_udp.StoreSegments:
    """What the X-Ray daemon does with segments: PutTraceSegments for the account and region of the settings."""

    def store(documents: Sequence[str]) -> Counter[str]:
        call = Call("xray", "put_trace_segments", settings.account, settings.region, "", str(uuid.uuid4()))
        answered = answer(call, {"TraceSegmentDocuments": list(documents)})
        return Counter(refused["ErrorCode"] for refused in answered["UnprocessedTraceSegments"])

    return store


def _spans(house: House) -> xray_udp.StoreSpans:
    """What the X-Ray daemon does with the spans that OpenTelemetry sends it."""

    def store(export: bytes) -> None:
        settings = house.settings
        spans = otlp_messages.spans(export, json=False)
        outcome = export_spans(_context(house, settings.account, settings.region, "", str(uuid.uuid4())), spans)
        if outcome.rejected:
            raise BayonError(outcome.message)

    return store


def _admitter(house: House, *, tokens: bool = False) -> otlp.Admit:
    """Out: an export's sender, told and proven as that of an AWS request or, with `tokens`, by a bearer token, and its
    body as it was meant."""
    verify = _verifier(house)

    def admit(sent: otlp.Sent) -> tuple[Context, bytes]:
        if len(sent.body) > limits.REQUEST_BODY_BYTES:
            raise body.too_large()
        headers = {name.lower(): value for name, value in sent.headers}
        if tokens and headers.get("authorization", "").startswith(BEARER):
            account = _shown(house, headers["authorization"].removeprefix(BEARER))
            context = _context(house, account, house.settings.region, "", str(uuid.uuid4()))
            return context, body.decoded(sent.body, headers)
        scope = sigv4.parse_scope(headers, sent.query)
        account = verify(Sent(sent.method, sent.path, sent.query, sent.headers, sent.body), scope)
        region, key = (scope.region, scope.access_key) if scope else ("", "")
        context = _context(house, account, region or house.settings.region, key, str(uuid.uuid4()))
        return context, body.decoded(sent.body, headers)

    return admit


def _shown(house: House, token: str) -> str:
    """The account of who shows a bearer token: ACWL, the id of a key, a colon and its secret, once a key exists.

    Raises: AwsError.
    """
    key_id, _, secret = token.removeprefix(TOKEN).partition(":")
    found = keys.lookup(house.state, key_id)
    if not found.any_exist:
        return house.settings.account
    known = found.key.secret if found.key else ""
    if not token.startswith(TOKEN) or not found.key or not hmac.compare_digest(known.encode(), secret.encode()):
        raise AwsError("UnrecognizedClientException", "The bearer token included in the request is invalid.")
    return found.key.account


def _verifier(house: House) -> Verify:
    """Out: who a request is from, proven by its signature once an access key exists."""

    def verify(sent: Sent, scope: Scope | None) -> str:
        named = scope.access_key if scope else ""
        found = keys.lookup(house.state, named)
        if not found.any_exist:
            return account_of(named) or house.settings.account
        if scope is None and letters.opens_link(sent.method, sent.query, sent.body):
            return house.settings.account  # whose it is does not matter: the link names what it acts on
        if scope is None:
            raise sigv4.missing_token()
        if found.key is None:
            raise AwsError("InvalidClientTokenId", "The security token included in the request is invalid.")
        sigv4.verify(sent, scope, found.key.secret, house.clock.now_ms())
        return found.key.account

    return verify


def _check(settings: Settings) -> None:
    """Raises: BayonError for a setting that would only be found wrong when it is used."""
    networks.parse(settings.allow_networks)
    targets.parse(settings.targets)
    if settings.smtp:
        mail.server_of(settings.smtp)


def _letters(house: House, couriers: Couriers) -> letters.Letters:
    """What the inbox and the pages that messages link to act on."""
    verify = _verifier(house)

    def prove(method: str, path: str, query: str, headers: Sequence[tuple[str, str]], body: bytes) -> None:
        scope = sigv4.parse_scope({name.lower(): value for name, value in headers}, query)
        verify(Sent(method, path, query, headers, body), scope)

    return letters.Letters(house=house, settle=couriers.settle, prove=prove)


def _controls(house: House, runner: Runner, couriers: Couriers, throttle: Throttle) -> control.Controls:
    def check() -> None:
        keys.any_exist(house.state)
        house.store.query("SELECT 1")

    def empty() -> None:
        house.store.reset()
        couriers.between(house.state.reset)
        throttle.clear()

    return control.Controls(
        clock=house.clock,
        ephemeral=house.settings.ephemeral,
        check=check,
        reset=lambda: runner.between(empty),
        freeze=runner.freeze,
        advance=runner.advance,
        resume=runner.resume,
    )


def _refuse_strangers(settings: Settings, state: State) -> None:
    """Nothing happens, unless others than this machine could connect and nobody would ask them for a key.

    Raises: BayonError.
    """
    if not _is_loopback(settings.host) and not keys.any_exist(state):
        raise BayonError(
            f"{settings.host} can be reached from other machines and no access key exists, so anybody could use bayon: "
            f"make a key with bayon keys create --data-dir {settings.data_dir}, or listen on 127.0.0.1"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _log_to_stderr() -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
