"""Words with values that some commands take, such as `max=100` or `col=true`."""

from __future__ import annotations

from bayon.errors import LanguageError
from bayon.languages.insights.reader import Reader
from bayon.languages.insights.tokens import Kind


def options(reader: Reader, *names: str) -> dict[str, str]:
    """Those of the options that come next, each once, their values as text. Raises: LanguageError."""
    found: dict[str, str] = {}
    while reader.is_word(*names) and reader.after_next().value == "=":
        token = reader.take()
        reader.need_mark("=")
        if token.word in found:
            raise LanguageError(f"expected {token.word} once", token.span)
        if reader.next.kind not in (Kind.NAME, Kind.NUMBER, Kind.STRING):
            reader.fail(f"a value after '{token.word}='")
        found[token.word] = reader.take().value
    return found


def switch(reader: Reader, found: dict[str, str], name: str, *, default: bool) -> bool:
    """The option as a boolean. Raises: LanguageError."""
    said = found.get(name, str(default)).lower()
    if said not in ("true", "false", "1", "0", "t", "f"):
        raise LanguageError(f"expected {name}=true or {name}=false, found {said}", reader.next.span)
    return said in ("true", "1", "t")
