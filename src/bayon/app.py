"""The only wiring: settings → store, state → operations → jobs → the ASGI application.

Everything is opened here, in order, and closed here, in the other. What any of it means is decided elsewhere.
"""

from __future__ import annotations

import gc
import ipaddress
import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from typing import Any, Protocol, cast

from starlette.routing import Router
from starlette.types import ASGIApp

import bayon.jobs
import bayon.services
from bayon import catalog, control, datadir, footprint, server
from bayon.clock import Clock
from bayon.deliver import networks
from bayon.errors import AwsError, BayonError
from bayon.jobs.job import House, Job
from bayon.jobs.runner import Runner
from bayon.services.operation import Context, Operation
from bayon.services.throttle import Throttle
from bayon.settings import Settings
from bayon.state import keys
from bayon.state.database import State
from bayon.store.store import Store
from bayon.wire import sigv4
from bayon.wire.endpoint import Call, Endpoint, Verify, account_of
from bayon.wire.sigv4 import Scope, Sent

# How long one thread may compute before another gets its turn. The writer waits for its turn several times a commit,
# behind threads that decode megabytes: at Python's 5 ms that is half of its time (measured 2026-11).
SWITCH_S = 0.0005

# A request of a thousand data points makes ten thousand objects and no cycle: at Python's 700 the collector looks at
# them again and again (measured 2026-11: 75 to 127 thousand points a second).
GARBAGE_THRESHOLDS = (200_000, 20, 1000)


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
        networks.parse(settings.allow_networks)  # a wrong one is told at once
        stack.enter_context(datadir.held(settings.data_dir))
        state = stack.enter_context(closing(State.open(settings.state_url, durable=not settings.ephemeral)))
        _refuse_strangers(settings, state)
        listener = stack.enter_context(server.bound(settings.host, settings.port))
        settings = replace(settings, port=listener.getsockname()[1])
        store = stack.enter_context(closing(Store.open(settings.store_url, durable=not settings.ephemeral)))
        app = stack.enter_context(_application(settings, Clock(), store, state))
        sys.setswitchinterval(SWITCH_S)
        gc.collect()
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        gc.freeze()  # what was loaded stays until the end: the collector need not look at it again
        footprint.drop_loaded_code()
        server.serve(app, listener, stop=stop, ready=lambda: ready(settings, has_keys=keys.any_exist(state)))


@contextmanager
def _application(settings: Settings, clock: Clock, store: Store, state: State) -> Iterator[ASGIApp]:
    """The ASGI application; while the block runs, so do the jobs."""
    house = House(clock=clock, settings=settings, store=store, state=state, now_ms=clock.now_ms())
    runner = Runner(catalog.collect(bayon.jobs, Job, lambda job: job.name).values(), house)
    throttle = Throttle()
    endpoint = _endpoint(house, throttle if settings.parity == "strict" else None)
    runner.start()
    try:
        yield Router(
            control.routes(_controls(house, runner, throttle)),
            redirect_slashes=False,
            default=cast("ASGIApp", endpoint),
        )
    finally:
        runner.stop()
        endpoint.close()


def _endpoint(house: House, throttle: Throttle | None) -> Endpoint:
    """The AWS side: every declared operation, called with a context of its own."""
    operations = catalog.collect(bayon.services, Operation, lambda each: f"{each.service}.{each.name}")

    def answer(call: Call, request: Any) -> Any:
        context = Context(
            account=call.account,
            region=call.region,
            access_key=call.access_key,
            request_id=call.request_id,
            now_ms=house.clock.now_ms(),
            settings=house.settings,
            store=house.store,
            state=house.state,
            headers=call.headers,
        )
        operation = operations[f"{call.service}.{call.operation}"]
        if throttle is not None:
            throttle.admit(context, operation, request)
        return operation(context, request)

    settings = house.settings
    return Endpoint(
        answer=answer,
        served=operations.keys(),
        verify=_verifier(house),
        parity=settings.parity,
        account=settings.account,
        region=settings.region,
    )


def _verifier(house: House) -> Verify:
    """Out: who a request is from, proven by its signature once an access key exists."""

    def verify(sent: Sent, scope: Scope | None) -> str:
        named = scope.access_key if scope else ""
        found = keys.lookup(house.state, named)
        if not found.any_exist:
            return account_of(named) or house.settings.account
        if scope is None:
            raise sigv4.missing_token()
        if found.key is None:
            raise AwsError("InvalidClientTokenId", "The security token included in the request is invalid.")
        sigv4.verify(sent, scope, found.key.secret, house.clock.now_ms())
        return found.key.account

    return verify


def _controls(house: House, runner: Runner, throttle: Throttle) -> control.Controls:
    def check() -> None:
        keys.any_exist(house.state)
        house.store.query("SELECT 1")

    def empty() -> None:
        house.store.reset()
        house.state.reset()
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
