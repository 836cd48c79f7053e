"""Which operation of which service, in which protocol, a request is for.

Told by X-Amz-Target, by the rpc path, by Action, or by method and path; where two services have the same path, by the
service that the request is signed for. A request that says nothing of the kind is not AWS's and gets no route.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from bayon.errors import AwsError
from bayon.wire import model
from bayon.wire.message import Request

CBOR = "smithy-rpc-v2-cbor"
_RPC_PATH = re.compile(r"/service/([^/]+)/operation/([^/]+)/?")
_REST = ("rest-json", "rest-xml")
_ACTION = re.compile(rb"(?:^|&)Action=([^&]*)")
_VERSION = re.compile(rb"(?:^|&)Version=([^&]*)")


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes; `error` says why it cannot, in which case service and operation may be empty."""

    protocol: str
    service: str = ""
    operation: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    error: AwsError | None = None


def find(request: Request, signed_for: str) -> Route | None:
    """The request's route; none for a request of no AWS protocol.

    In: the body is needed only for a form; `signed_for` is the service of the signature's scope, or empty.
    """
    target = request.headers.get("x-amz-target")
    if target is not None:
        return _by_target(target)
    rpc = _RPC_PATH.fullmatch(request.path)
    if rpc or "smithy-protocol" in request.headers:
        return _by_rpc_path(rpc)
    return _by_action(request, signed_for) or _by_path(request, signed_for)


def _by_target(target: str) -> Route:
    prefix, _, operation = target.rpartition(".")
    service = _table().targets.get(prefix, "")
    if not service or "json" not in model.outline(service).metadata.spoken:
        return Route("json", error=_unknown_service(prefix))
    return _known("json", service, operation)


def _by_rpc_path(match: re.Match[str] | None) -> Route:
    name, operation = (unquote(match[1]), unquote(match[2])) if match else ("", "")
    service = _table().targets.get(name, "")
    if not service or CBOR not in model.outline(service).metadata.spoken:
        return Route(CBOR, error=_unknown_service(name))
    return _known(CBOR, service, operation)


def _by_action(request: Request, signed_for: str) -> Route | None:
    action, version = _action(request)
    if not action or request.path not in ("", "/"):
        return None
    services = _table().versions
    service = services.get(version) or next((s for s in services.values() if _is_signed_for(s, signed_for)), "")
    if not service:
        return Route("query", error=_unknown_action(action, version))
    return _known("query", service, action)


def _action(request: Request) -> tuple[str, str]:
    """Action and Version, from the query string or a form."""
    form = request.body if _may_be_form(request.headers) else b""
    query = request.query.encode("latin-1", "replace")
    return _field(_ACTION, query) or _field(_ACTION, form), _field(_VERSION, query) or _field(_VERSION, form)


def _field(name: re.Pattern[bytes], form: bytes) -> str:
    found = name.search(form)
    return unquote(found[1].decode("latin-1")) if found else ""


def _may_be_form(headers: Mapping[str, str]) -> bool:
    content_type = headers.get("content-type", "")
    return not content_type or content_type.startswith("application/x-www-form-urlencoded")


def _by_path(request: Request, signed_for: str) -> Route | None:
    for service in _rest_services(signed_for):
        for template in _table().paths[service]:
            labels = template.match(request)
            if labels is not None:
                protocol = next(p for p in model.outline(service).metadata.spoken if p in _REST)
                return Route(protocol, service, template.operation, labels)
    if not signed_for:
        return None
    named = next((s for s in model.SERVICES if _is_signed_for(s, signed_for)), "")
    if not named:
        return Route("rest-json", error=_unknown_service(signed_for))
    protocol = model.outline(named).metadata.protocol
    error = AwsError("UnknownOperationException", f"{request.method} {request.path} is no operation of {named}")
    return Route(protocol, named, error=error)


def _rest_services(signed_for: str) -> list[str]:
    services = list(_table().paths)
    return [s for s in services if _is_signed_for(s, signed_for)] if signed_for else services


def _is_signed_for(service: str, signed_for: str) -> bool:
    return model.outline(service).metadata.signed_as == signed_for


def _known(protocol: str, service: str, operation: str) -> Route:
    """The route when the model has the operation, else the protocol's error for one that it has not."""
    outline = model.outline(service)
    if operation in outline.operations:
        return Route(protocol, service, operation)
    if protocol == "query":
        return Route(protocol, service, error=_unknown_action(operation, outline.metadata.api_version))
    error = AwsError("UnknownOperationException", f"{service} has no operation {operation}")
    return Route(protocol, service, error=error)


def _unknown_action(action: str, version: str) -> AwsError:
    return AwsError("InvalidAction", f"Could not find operation {action} for version {version}")


def _unknown_service(name: str) -> AwsError:
    return AwsError("UnknownOperationException", f"bayon does not serve {name or 'this service'}")


# ── What the models say about routes ─────────────────────────────────────────────────────────────────────────────────


class _Template:
    """A method and a path with labels, `/tags/{ResourceArn}`, and the query parameters it requires."""

    def __init__(self, operation: str, http: model.Http) -> None:
        path, _, query = http.request_uri.partition("?")
        self.operation = operation
        self.method = http.method
        self.query = frozenset(query.split("&")) if query else frozenset()
        self.literals = sum(not segment.startswith("{") for segment in path.split("/"))
        self._names: list[str] = []
        pattern = "".join(self._part(part) for part in re.split(r"(\{[^}]+\})", path.rstrip("/")))
        self._pattern = re.compile(pattern + "/?")

    def _part(self, part: str) -> str:
        if not part.startswith("{"):
            return re.escape(part)
        name = part[1:-1]
        self._names.append(name.rstrip("+"))
        return "(.+?)" if name.endswith("+") else "([^/]+)"

    def match(self, request: Request) -> dict[str, str] | None:
        """The decoded labels; none when the request is not of this template."""
        if request.method != self.method:
            return None
        found = self._pattern.fullmatch(request.path)
        if found is None or not self.query <= frozenset(request.query.split("&")):
            return None
        return dict(zip(self._names, map(unquote, found.groups()), strict=True))


@dataclass(frozen=True, slots=True)
class _Table:
    targets: dict[str, str]
    versions: dict[str, str]
    paths: dict[str, list[_Template]]


def templates(outline: model.Outline) -> list[_Template]:
    """The service's templates, those that say most first."""
    found = [_Template(name, operation.http) for name, operation in outline.operations.items()]
    return sorted(found, key=lambda template: (-len(template.query), -template.literals))


@functools.cache
def _table() -> _Table:
    outlines = {service: model.outline(service) for service in model.SERVICES}
    spoken = {service: outline.metadata.spoken for service, outline in outlines.items()}
    return _Table(
        targets={o.metadata.target_prefix: s for s, o in outlines.items() if o.metadata.target_prefix},
        versions={o.metadata.api_version: s for s, o in outlines.items() if "query" in spoken[s]},
        paths={s: templates(o) for s, o in outlines.items() if any(p in _REST for p in spoken[s])},
    )
