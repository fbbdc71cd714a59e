"""Makes foreign text safe to print: no control character, no direction mark, nothing the terminal cannot encode."""

from __future__ import annotations

import unicodedata

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain(text: str, encoding: str = "utf-8", newlines: bool = False) -> str:
    """``text`` with what could steer a terminal or not be encoded written as ``\\xNN`` or ``\\uNNNN``.

    ``newlines`` keeps line feeds (for standard error's tail) and writes tabs as blanks.
    """
    if text.isascii() and text.isprintable():
        return text
    out = []
    for char in text:
        if newlines and char in "\n\t":
            out.append(char.replace("\t", "    "))
        elif unicodedata.category(char) in _UNSAFE or not _encodable(char, encoding):
            out.append(_escaped(char))
        else:
            out.append(char)
    return "".join(out)


def _encodable(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return char.isascii()
    return True


def _escaped(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
