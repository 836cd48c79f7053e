"""One e-mail to one address over SMTP, bounded in time. Nothing is tried again here."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from bayon import limits
from bayon.deliver.http import UndeliveredError
from bayon.errors import BayonError

if TYPE_CHECKING:
    import smtplib

_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, as the setting names it."""

    scheme: str
    host: str
    port: int
    user: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """An e-mail of plain text; `headers` are further ones."""

    sender: str
    to: str
    subject: str
    text: str
    message_id: str
    headers: Mapping[str, str]


@cache
def server_of(url: str) -> Server:
    """The server of `smtp://user:password@host:port` or `smtps://…`. Raises: BayonError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as err:
        raise BayonError(f"expected a mail server such as smtp://host:587, found {url!r}") from err
    if parts.scheme not in _PORTS or not parts.hostname:
        raise BayonError(f"expected a mail server such as smtp://host:587, found {url!r}")
    return Server(
        parts.scheme,
        parts.hostname,
        port or _PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def send(server: Server, mail: Mail) -> None:
    """The server has taken the mail over. Raises: UndeliveredError, permanent where the server refuses it for good."""
    import smtplib

    try:
        with _connected(server) as session:
            session.sendmail(mail.sender, [mail.to], _written(mail))
    except smtplib.SMTPResponseException as err:
        raise _refused(server, err.smtp_code, err.smtp_error) from err
    except smtplib.SMTPRecipientsRefused as err:
        raise _refused(server, *next(iter(err.recipients.values()))) from err
    except (smtplib.SMTPException, OSError) as err:
        raise UndeliveredError(f"{server.host}: {err}") from err


def _refused(server: Server, code: int, words: bytes | str) -> UndeliveredError:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return UndeliveredError(f"{server.host}: {code} {text}", permanent=code >= 500)


def _connected(server: Server) -> smtplib.SMTP:
    """A session, encrypted where the server can; a password is never sent in the clear to another machine."""
    import smtplib

    context = ssl.create_default_context()
    if server.scheme == "smtps":
        session: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=limits.MAIL_S, context=context)
    else:
        session = smtplib.SMTP(server.host, server.port, timeout=limits.MAIL_S)
    try:
        _introduced(session, server, context)
    except BaseException:
        session.close()
        raise
    return session


def _introduced(session: smtplib.SMTP, server: Server, context: ssl.SSLContext) -> None:
    if server.scheme == "smtp":
        session.ehlo_or_helo_if_needed()
        if session.has_extn("starttls"):
            session.starttls(context=context)
        elif server.user and server.host not in ("localhost", "127.0.0.1", "::1"):
            raise UndeliveredError(f"{server.host} does not encrypt, so the password is not sent to it", permanent=True)
    if server.user:
        session.login(server.user, server.password)


def _written(mail: Mail) -> bytes:
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import formataddr, parseaddr

    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr(parseaddr(mail.sender))
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Message-ID"] = mail.message_id
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text)
    return message.as_bytes()
