"""From what people have in files, variables and chat windows to the bytes of keys (P18, P19).

Read are PEM (RFC 7468, and the older form with Proc-Type and DEK-Info), with LF or CRLF, on one line with blanks as
the merchant document prints it, with a literal ``\\n`` for each line end as environment variables hold it, in quotes,
several blocks glued together; base64 of such a text; and base64 of DER. Texts around the blocks are skipped.

Messages never hold any of the text: it may be a key.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import NamedTuple

from signing_core.errors import KeyFormatError

__all__ = ["LONGEST", "Block", "Encryption", "read"]

LONGEST = 64 * 1024
"""Longest text that is looked at, in bytes; an 8192-bit private key in PEM has 6.5 KB."""

_BEGIN, _END, _DASHES = b"-----BEGIN ", b"-----END ", b"-----"
_LABEL = re.compile(rb"[A-Z0-9# ]{1,40}")
_DEK = re.compile(rb"\s*Proc-Type:\s*4,\s*ENCRYPTED\s+DEK-Info:\s*([A-Z0-9-]+),([0-9A-Fa-f]+)\s+")
_PATH = re.compile(rb"[^\s\x00]{0,200}\.(?:pem|key|pub|crt|der|txt)", re.IGNORECASE)


class Encryption(NamedTuple):
    """The DEK-Info of an encrypted PKCS#1 key."""

    cipher: str
    iv: str


class Block(NamedTuple):
    """One key's bytes: ``label`` as in its BEGIN line, None for base64 without armour."""

    label: str | None
    encryption: Encryption | None
    der: bytearray

    def pem(self) -> bytes:
        """The block in its plain PEM form, which libraries read."""
        label = (self.label or "").encode()
        lines = [b"-----BEGIN " + label + b"-----"]
        if self.encryption:
            lines += [
                b"Proc-Type: 4,ENCRYPTED",
                f"DEK-Info: {self.encryption.cipher},{self.encryption.iv}".encode(),
                b"",
            ]
        return b"\n".join([*lines, base64.encodebytes(self.der).rstrip(), b"-----END " + label + b"-----", b""])


def read(data: str | bytes | bytearray | memoryview) -> list[Block]:
    """The blocks in ``data``, at least one. Raises KeyFormatError, TypeError if ``data`` is no text."""
    text = _text(data)
    if _BEGIN in text:
        return _blocks(text)
    if _DASHES in text:
        raise KeyFormatError('the BEGIN line is missing or damaged; it must read like "-----BEGIN PRIVATE KEY-----"')
    raw = _unbase64(text, "this")
    if _BEGIN in raw:
        return _blocks(bytes(raw))
    if raw[:1] != b"\x30":
        raise KeyFormatError("this is base64, but neither of PEM nor of DER; give the key in PEM")
    return [Block(None, None, raw)]


def _text(data: str | bytes | bytearray | memoryview) -> bytes:
    """``data`` as bytes, freed of what environments wrap keys in; refuses what is certainly no text of a key."""
    if isinstance(data, str):
        text = data.encode("utf-8", "replace")
    elif isinstance(data, bytes | bytearray | memoryview):
        text = bytes(data)
    else:
        raise TypeError(f"a key must be str or bytes, not {type(data).__name__}")
    if len(text) > LONGEST:
        raise KeyFormatError(f"this is no key: it has {len(text)} bytes or more, and a key has at most {LONGEST}")
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise KeyFormatError("this is UTF-16 text; save the key as ASCII or UTF-8")
    if text[:1] == b"\x30" and text[1:2] >= b"\x80":
        raise KeyFormatError(
            "this is binary DER; convert it to PEM: openssl pkey -inform DER -in KEY.der -out KEY.pem"
            " (a public key: openssl pkey -pubin -inform DER …)"
        )
    text = text.removeprefix(b"\xef\xbb\xbf").replace(b"\\r", b"\r").replace(b"\\n", b"\n").strip()
    if text[:1] == text[-1:] and text[:1] in (b'"', b"'"):
        text = text[1:-1].strip()
    if not text:
        raise KeyFormatError("the key is empty; give the text of a PEM file")
    if text.startswith((b"ssh-", b"ecdsa-", b"sk-")):
        raise KeyFormatError("this is an OpenSSH public key; convert it: ssh-keygen -e -m PKCS8 -f KEY.pub")
    if _PATH.fullmatch(text):
        raise KeyFormatError("this looks like the name of a file; give its content, or use from_file()")
    return text


def _blocks(text: bytes) -> list[Block]:
    """Every ``-----BEGIN … -----END …`` of the text; each part of the split holds one block and what follows it."""
    return [_block(part) for part in text.split(_BEGIN)[1:]]


def _block(part: bytes) -> Block:
    label, dashes, rest = part.partition(_DASHES)
    if not dashes or not _LABEL.fullmatch(label):
        raise KeyFormatError('the BEGIN line is damaged; it must read like "-----BEGIN PRIVATE KEY-----"')
    name = label.decode()
    body, end, tail = rest.partition(_END)
    if not end:
        raise KeyFormatError(f'the key is truncated: "-----BEGIN {name}-----" has no END line; copy the whole file')
    if not tail.startswith(label + _DASHES):
        raise KeyFormatError(
            f'"-----BEGIN {name}-----" is closed by another or a damaged END line; copy the whole file'
        )
    encryption = _DEK.match(body)
    if encryption:
        body = body[encryption.end() :]
    der = _unbase64(body, f"the {name} block")
    return Block(name, Encryption(*(part.decode() for part in encryption.groups())) if encryption else None, der)


def _unbase64(text: bytes, name: str) -> bytearray:
    compact = b"".join(text.split())
    if not compact:
        raise KeyFormatError(f"{name} is empty; copy the whole file")
    try:
        return bytearray(binascii.a2b_base64(compact, strict_mode=True))
    except binascii.Error:
        pass
    bad = re.search(rb"[^A-Za-z0-9+/=]", compact)
    if bad:
        raise KeyFormatError(f"{name} is neither PEM nor base64: character {bad.start() + 1} without blanks is foreign")
    raise KeyFormatError(f"{name} is truncated or damaged: its {len(compact)} characters are no whole base64 text")
