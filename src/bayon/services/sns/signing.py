"""Signatures of the documents that SNS sends, so that whoever gets one can tell that it is from here.

The key is made when it is first needed and kept in the configuration; its certificate signs itself, since nobody else
vouches for a bayon. Source: "Verifying the signatures of Amazon SNS messages"; metrics.md §8.3.
"""

from __future__ import annotations

import base64
import functools
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bayon import limits
from bayon.state import signing_keys
from bayon.state.database import State
from bayon.state.signing_keys import SigningKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_KEY_BITS = 2048
_CERTIFICATE_DAYS = 3650


def string_to_sign(document: Mapping[str, str]) -> str:
    """What of a document is signed: names and values, each on a line of its own."""
    names = _SIGNED[document["Type"]]
    return "".join(f"{name}\n{document[name]}\n" for name in names if name in document)


def signature(key: SigningKey, version: str, text: str) -> str:
    """The text's signature, base64. In: `version` 1 is SHA-1, 2 is SHA-256."""
    return _signature(key.private_key, version, text)


def current(state: State, now_ms: int) -> SigningKey:
    """The key to sign with, made now where there is none. Writes: signing_keys."""
    found = signing_keys.newest(state)
    if found is not None:
        return found
    made = _made(now_ms)
    with state.write():
        found = signing_keys.newest(state)
        if found is None:
            signing_keys.keep(state, made)
    return found or made


# Several subscribers get the same text, and a signature takes as long as everything else about a delivery.
@functools.lru_cache(maxsize=limits.SIGNATURES_CACHED)
def _signature(private_key: str, version: str, text: str) -> str:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    # SHA-1 is what version 1 is: SNS signs with it unless the topic asks for version 2.
    digest = hashes.SHA256() if version == "2" else hashes.SHA1()  # noqa: S303
    signed = _loaded(private_key).sign(text.encode(), padding.PKCS1v15(), digest)
    return base64.b64encode(signed).decode()


@functools.lru_cache(maxsize=4)
def _loaded(private_key: str) -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    loaded = load_pem_private_key(private_key.encode(), password=None)
    assert isinstance(loaded, RSAPrivateKey), "the key was made here"
    return loaded


def _made(now_ms: int) -> SigningKey:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bayon SNS")])
    today = datetime.fromtimestamp(now_ms / 1000, UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=_CERTIFICATE_DAYS))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = certificate.public_bytes(Encoding.PEM).decode()
    return SigningKey(secrets.token_hex(16), private, public, now_ms)
