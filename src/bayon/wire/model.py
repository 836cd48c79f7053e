"""The service models, read from botocore's files and kept without their documentation.

At start only the names that routing needs are read (`Outline`); a service's shapes are read at its first request
(`Model`). Of botocore only its data files are used, and its rule for snake-case names.
"""

from __future__ import annotations

import functools
import gzip
import importlib.util
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from botocore import xform_name

SERVICES = (
    "cloudwatch",
    "logs",
    "xray",
    "rum",
    "sns",
    "ce",
    "budgets",
    "ssm-incidents",
    "ssm-contacts",
    "cloudformation",
    "resourcegroupstaggingapi",
    "application-signals",
    "sts",
)


def snake(operation: str) -> str:
    """botocore's Python name of an operation."""
    return str(xform_name(operation))


class Metadata(msgspec.Struct, frozen=True, rename="camel"):
    """What a service says about itself."""

    api_version: str
    endpoint_prefix: str
    service_id: str
    protocol: str = ""
    protocols: tuple[str, ...] = ()
    json_version: str = "1.0"
    target_prefix: str = ""
    signing_name: str = ""
    xml_namespace: str = ""
    aws_query_compatible: dict[str, Any] | None = None

    @property
    def spoken(self) -> tuple[str, ...]:
        """The protocols that the service is served in."""
        return self.protocols or (self.protocol,)

    @property
    def signed_as(self) -> str:
        """The service name in a signature's credential scope."""
        return self.signing_name or self.endpoint_prefix


class Http(msgspec.Struct, frozen=True, rename="camel"):
    method: str
    request_uri: str
    response_code: int = 200


class _OutlineOperation(msgspec.Struct, frozen=True):
    http: Http


class Outline(msgspec.Struct, frozen=True):
    """As much of a model as routing needs."""

    metadata: Metadata
    operations: dict[str, _OutlineOperation]


class XmlNamespace(msgspec.Struct, frozen=True):
    uri: str
    prefix: str = ""


class ErrorTrait(msgspec.Struct, frozen=True, rename="camel"):
    code: str = ""
    http_status_code: int = 0
    sender_fault: bool = False


class Raw(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A shape or a reference to one, as the file has it; documentation and client-side hints are skipped."""

    shape: str = ""
    type: str = ""
    members: dict[str, Raw] = {}
    member: Raw | None = None
    key: Raw | None = None
    value: Raw | None = None
    required: tuple[str, ...] = ()
    enum: tuple[str, ...] = ()
    pattern: str = ""
    min: int | float | None = None
    max: int | float | None = None
    location: str = ""
    location_name: str = ""
    payload: str = ""
    flattened: bool = False
    streaming: bool = False
    jsonvalue: bool = False
    idempotency_token: bool = False
    timestamp_format: str = ""
    xml_namespace: XmlNamespace | str | None = None
    xml_attribute: bool = False
    result_wrapper: str = ""
    union: bool = False
    sparse: bool = False
    document: bool = False
    eventstream: bool = False
    event: bool = False
    eventheader: bool = False
    eventpayload: bool = False
    exception: bool = False
    fault: bool = False
    error: ErrorTrait | None = None


# What a reference may add to, or say instead of, the shape that it names.
_REFERENCE_TRAITS = tuple(
    name for name in Raw.__struct_fields__ if name not in ("shape", "type", "members", "member", "key", "value", "enum")
)


class Shape:
    """A shape as one reference sees it: the shape's traits, overridden by the reference's."""

    __slots__ = ("_members", "_model", "name", "trait")

    def __init__(self, model: Model, reference: Raw) -> None:
        self.name = reference.shape
        self.trait = _merged(model.shapes[reference.shape], reference)
        self._model = model
        self._members: dict[str, Shape] | None = None

    @property
    def type(self) -> str:
        return self.trait.type

    @property
    def members(self) -> Mapping[str, Shape]:
        """A structure's members in model order."""
        if self._members is None:
            self._members = {name: Shape(self._model, ref) for name, ref in self.trait.members.items()}
        return self._members

    @property
    def member(self) -> Shape:
        return self._part(self.trait.member)

    @property
    def key(self) -> Shape:
        return self._part(self.trait.key)

    @property
    def value(self) -> Shape:
        return self._part(self.trait.value)

    @property
    def namespace(self) -> XmlNamespace | None:
        """The XML namespace declared on this element, if any."""
        declared = self.trait.xml_namespace
        return XmlNamespace(declared) if isinstance(declared, str) else declared

    def _part(self, reference: Raw | None) -> Shape:
        assert reference is not None
        return Shape(self._model, reference)


def _merged(shape: Raw, reference: Raw) -> Raw:
    empty = Raw()
    said = {name: getattr(reference, name) for name in _REFERENCE_TRAITS}
    changes = {name: value for name, value in said.items() if value != getattr(empty, name)}
    return msgspec.structs.replace(shape, **changes) if changes else shape


class _RawOperation(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    http: Http
    input: Raw | None = None
    output: Raw | None = None
    errors: tuple[Raw, ...] = ()


class Operation:
    """One operation of a model; input and output are None where the model has none."""

    __slots__ = ("errors", "http", "input", "name", "output")

    def __init__(self, model: Model, raw: _RawOperation) -> None:
        self.name = raw.name
        self.http = raw.http
        self.input = Shape(model, raw.input) if raw.input else None
        self.output = Shape(model, raw.output) if raw.output else None
        self.errors = tuple(ref.shape for ref in raw.errors)


class _File(msgspec.Struct, frozen=True):
    metadata: Metadata
    operations: dict[str, _RawOperation]
    shapes: dict[str, Raw]


class Model:
    """A whole service model without its documentation."""

    def __init__(self, service: str, file: _File) -> None:
        self.service = service
        self.metadata = file.metadata
        self.shapes = file.shapes
        self._operations = file.operations

    @property
    def operation_names(self) -> list[str]:
        return list(self._operations)

    @functools.cached_property
    def exceptions(self) -> dict[str, Shape]:
        """The error shapes by their name and by the code that the query protocol gives them; a name wins."""
        found = {name: Shape(self, Raw(shape=name)) for name, raw in self.shapes.items() if raw.exception}
        by_code = {shape.trait.error.code: shape for shape in found.values() if shape.trait.error}
        return {code: shape for code, shape in by_code.items() if code} | found

    def operation(self, name: str) -> Operation:
        """The operation of that name. Raises KeyError where the model has none."""
        return Operation(self, self._operations[name])

    def shape(self, name: str) -> Shape:
        return Shape(self, Raw(shape=name))


def parse(service: str, document: bytes) -> Model:
    """The model that the JSON text describes."""
    return Model(service, msgspec.json.decode(document, type=_File))


@functools.cache
def outline(service: str) -> Outline:
    """What routing needs of a service; the rest of the file is dropped."""
    return msgspec.json.decode(read(service), type=Outline)


_loading = threading.Lock()


def load(service: str) -> Model:
    """The service's model, read once. Reads: botocore's data files."""
    with _loading:  # two first requests must not read the same file twice
        return _load(service)


@functools.cache
def _load(service: str) -> Model:
    return parse(service, read(service))


def read(service: str) -> bytes:
    """The text of the service's newest model."""
    newest = max(folder for folder in (_data() / service).iterdir() if folder.is_dir())
    packed = newest / "service-2.json.gz"
    return gzip.decompress(packed.read_bytes()) if packed.exists() else (newest / "service-2.json").read_bytes()


def _data() -> Path:
    found = importlib.util.find_spec("botocore")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("botocore is not installed")
    return Path(found.submodule_search_locations[0]) / "data"
