"""The table of protocols: a name of a model's metadata, and the codec that speaks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from bayon.wire import codec_cbor, codec_json, codec_query, codec_rest_json, codec_rest_xml
from bayon.wire.faults import Fault
from bayon.wire.message import Codec, Reply
from bayon.wire.model import Metadata, Model, Operation


class _Compile(Protocol):
    def __call__(self, model: Model, operation: Operation, *, strict: bool) -> Codec: ...


class Spoken(NamedTuple):
    compile_codec: _Compile
    encode_error: Callable[[Metadata | None, Fault, str], Reply]


PROTOCOLS = {
    "query": Spoken(codec_query.compile_codec, codec_query.encode_error),
    "json": Spoken(codec_json.compile_codec, codec_json.encode_error),
    "rest-json": Spoken(codec_rest_json.compile_codec, codec_rest_json.encode_error),
    "rest-xml": Spoken(codec_rest_xml.compile_codec, codec_rest_xml.encode_error),
    "smithy-rpc-v2-cbor": Spoken(codec_cbor.compile_codec, codec_cbor.encode_error),
}
