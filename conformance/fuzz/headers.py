"""Strategies for signatures and header values: the good one, and what stands near it.

Encoded messages are made with the corpus's private keys, so that a verifier is asked about paddings and DigestInfos
that no honest signer writes; integers, lengths and the spelling of the header need no key.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from hypothesis import strategies as st

from conformance.fuzz.choice import below, pick
from conformance.fuzz.oracle import encoded_message, numbers, private_key, sign
from conformance.model import Key

_OIDS = {
    "md5": "300c06082a864886f70d02050500",
    "sha1": "300906052b0e03021a0500",
    "sha224": "300d06096086480165030402040500",
    "sha256": "300d06096086480165030402010500",
    "sha384": "300d06096086480165030402020500",
    "sha512": "300d06096086480165030402030500",
}


@lru_cache(maxsize=2048)
def power(private_pem: str, value: int) -> int:
    """value ** d mod n, by the Chinese remainder theorem. A test key's: not in constant time."""
    found = private_key(private_pem).private_numbers()
    p, q = found.p, found.q
    one, other = pow(value % p, found.dmp1, p), pow(value % q, found.dmq1, q)
    return other + (one - other) * found.iqmp % p * q


def _tlv(tag: int, content: bytes, *, long_form: bool = False) -> bytes:
    if len(content) > 127 or long_form:
        return bytes([tag, 0x81, len(content)]) + content
    return bytes([tag, len(content)]) + content


_few_octets, _many_octets = st.binary(min_size=1, max_size=8), st.binary(min_size=1, max_size=40)
_blanks = st.text(" \t", max_size=2)


@st.composite
def encoded_messages(draw: st.DrawFn, message: bytes, k: int) -> bytes:
    """An EM of k bytes with something odd about it: block type, padding, separator, DigestInfo, what follows it."""
    digest = hashlib.sha256(message).digest()
    good = encoded_message(message, k)
    kind = draw(below(9))
    if kind == 0:  # an octet changed, most likely one that structure hangs on
        place = pick(draw, [0, 1, 2, 9, 10, k - 52, k - 51, k - 50, k - 34, k - 33, k - 1, None])
        place = draw(below(k)) if place is None else place
        octet = pick(draw, [0, 1, 2, 0xFF, good[place] ^ 1, good[place] ^ 0x80, 0x30, 0x41])
        return good[:place] + bytes([octet]) + good[place + 1 :]
    name = pick(draw, sorted(_OIDS)) if kind == 1 else "sha256"
    algorithm = bytes.fromhex(_OIDS[name])
    content = hashlib.new(name, message, usedforsecurity=False).digest() if kind == 1 else digest
    if kind == 2:
        algorithm = pick(draw, [_tlv(0x30, algorithm[2:-2]), _tlv(0x30, algorithm[2:], long_form=True)])
    if kind == 3:
        extra = draw(_few_octets)
        algorithm = _tlv(0x30, pick(draw, [algorithm[2:] + extra, algorithm[2:-2] + _tlv(4, extra)]))
    if kind == 4:
        odd = [content[:-1], content + b"\x00", b"", content[:20], content.hex().encode(), b"\x00" + content]
        content = pick(draw, odd)
    info = _tlv(
        0x30, algorithm + _tlv(4, content, long_form=kind == 5 and pick(draw, [False, True])), long_form=kind == 5
    )
    if kind == 6:
        info = pick(draw, [digest, info[:-1], info + b"\x05\x00", digest.hex().encode()])
    tail = draw(_many_octets) if kind == 7 else b""
    room = max(k - 3 - len(info) - len(tail), 0)
    padding = b"\xff" * room
    if kind == 8:
        left = draw(below(min(9, room) + 1))
        padding = b"\xff" * left
        tail = pick(draw, [b"\x00", b"\xff", b"\x41"]) * (room - left)
    return (b"\x00\x01" + padding + b"\x00" + info + tail)[:k].ljust(k, b"\x00")


@st.composite
def raw_signatures(draw: st.DrawFn, key: Key, message: bytes) -> bytes:
    """The signature's octets: good, or an integer, a length or an encoded message that must be refused."""
    n, _, k = numbers(key.public_pem)
    good = sign(str(key.private_pem), message)
    value = int.from_bytes(good, "big")
    kind = draw(below(10))
    if kind == 2:
        number: int = pick(draw, [0, 1, 2, n - 1, n, n + 1, n - value, 256**k - 1, value + n, value ^ 1])
        return number.to_bytes(max(k, (number.bit_length() + 7) // 8), "big")
    if kind == 3:
        extra = draw(_few_octets)
        ends = [good + extra, extra + good, b"\x00" + good, good + b"\x00", good + good]
        return pick(draw, [*ends, (value + n).to_bytes(k + 1, "big")])
    if kind == 4:
        cut = 1 + draw(below(k - 1))
        stripped = good.lstrip(b"\x00") if good[0] == 0 else good[:-1]
        return pick(draw, [good[:-cut], good[cut:], good[::-1], stripped])
    if kind == 5:
        return (value ^ (1 << draw(below(8 * k)))).to_bytes(k, "big")
    if kind == 6:
        return encoded_message(message, k)
    if kind >= 7:
        em: bytes = draw(encoded_messages(message, k))
        return power(str(key.private_pem), int.from_bytes(em, "big")).to_bytes(k, "big")
    return good


_NOISE = [" ", "\t", "\n", "\r\n", "\x00", "!", "=", "-", "_", ".", ",", "\xa0", "\xe9", '"', "\x0b", ":", "%2B", "\\n"]


@st.composite
def spellings(draw: st.DrawFn, raw: bytes) -> str:
    """A header value that carries these octets: strict base64, or one of the ways that it goes wrong."""
    text = base64.b64encode(raw).decode("ascii")
    kind = draw(below(10))
    if kind == 5:
        return f"{draw(_blanks)}{text}{draw(_blanks)}"
    if kind == 6:
        place = pick(draw, [0, len(text), None])
        place = draw(below(len(text) + 1)) if place is None else place
        return text[:place] + pick(draw, _NOISE) + text[place:]
    if kind == 7:
        start = draw(below(len(text) + 1))
        return text[:start] + text[start + 1 + draw(below(4)) :]
    if kind == 8:  # the unused bits, the padding, the alphabet
        bare = text.rstrip("=")
        last = bare[:-1] + chr(ord(bare[-1]) + 1) if bare and bare[-1] not in "Zz9+/" else bare
        safe = text.replace("+", "-").replace("/", "_")
        return pick(draw, [bare, text + "=", text + "==", last + text[len(bare) :], safe, safe.rstrip("=")])
    if kind == 9:
        twice = base64.b64encode(text.encode()).decode()
        lines = "\n".join(text[at : at + 76] for at in range(0, len(text), 76))
        whole = [f"{text},{text}", f"{text}, {text}", text[:64], raw.hex(), text.lower(), f'"{text}"', f"rsa {text}"]
        words = [
            "",
            " ",
            "null",
            "undefined",
            "true",
            raw.decode("latin-1"),
            lines,
            lines + "\n",
            text.replace("+", " "),
        ]
        return pick(draw, [*whole, *words, twice])
    return text
