"""Strategies for encoded messages (EM of RFC 8017, 9.2) that no honest signer writes, and the power that signs them."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from hypothesis import strategies as st

from conformance.fuzz.choice import below, pick
from conformance.fuzz.oracle import encoded_message, private_key

_ALGORITHMS = {
    "sha256": "300d06096086480165030402010500",
    "md5": "300c06082a864886f70d02050500",
    "sha1": "300906052b0e03021a0500",
    "sha224": "300d06096086480165030402040500",
    "sha384": "300d06096086480165030402020500",
    "sha512": "300d06096086480165030402030500",
    "sha512_256": "300d06096086480165030402060500",
    "sha3_256": "300d06096086480165030402080500",
}
_SHA256 = bytes.fromhex(_ALGORITHMS["sha256"])
# Where the parts of EM begin, from the end: separator, SEQUENCE, AlgorithmIdentifier, OID, NULL, OCTET STRING, digest.
_PARTS = (-52, -51, -49, -47, -36, -34, -32, -16, 0)


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


@st.composite
def encoded_messages(draw: st.DrawFn, message: bytes, k: int) -> bytes:
    """An EM of k bytes with something odd about it: an octet, the hash, DigestInfo, the frame around it."""
    em = draw(pick(draw, [_octet, _octet, _hash, _digest_info, _digest_info, _frame, _frame])(message, k))
    return em[:k].ljust(k, b"\x00")


@st.composite
def _octet(draw: st.DrawFn, message: bytes, k: int) -> bytes:
    """An octet is changed: each part of EM as often as any other, however long it is."""
    good = encoded_message(message, k)
    bounds = [0, 1, 2, 10, *(k + end for end in _PARTS)]
    part = draw(below(len(bounds) - 1))
    place = bounds[part] + draw(below(bounds[part + 1] - bounds[part]))
    octet = pick(draw, [0, 1, 2, 0xFF, good[place] ^ 1, good[place] ^ 0x80, 0x30, 0x41])
    return good[:place] + bytes([octet]) + good[place + 1 :]


@st.composite
def _hash(draw: st.DrawFn, message: bytes, k: int) -> bytes:
    """Another hash, or one hash under another's name."""
    names = list(_ALGORITHMS)
    named, hashed = pick(draw, ["sha1", "sha1", "sha512", "md5", *names[1:]]), pick(draw, names)
    if draw(below(4)) == 3:
        named, hashed = "sha256", named
    elif draw(below(2)):
        hashed = named
    digest = hashlib.new(hashed, message, usedforsecurity=False).digest()
    return _framed(_tlv(0x30, bytes.fromhex(_ALGORITHMS[named]) + _tlv(4, digest)), k)


@st.composite
def _digest_info(draw: st.DrawFn, message: bytes, k: int) -> bytes:
    """DigestInfo that is not the DER of RFC 8017: members, lengths, what is hidden in it, or none at all."""
    digest = hashlib.sha256(message).digest()
    algorithm, content, long_outer, long_inner = _SHA256, digest, False, False
    kind = draw(below(6))
    if kind == 0:
        algorithm = pick(draw, [_tlv(0x30, algorithm[2:-2]), _tlv(0x30, algorithm[2:], long_form=True)])
    if kind == 1:
        extra = draw(_few_octets)
        odd = [algorithm[2:] + extra, algorithm[2:-2] + _tlv(4, extra), algorithm[2:-2] + _tlv(5, extra)]
        algorithm = _tlv(0x30, pick(draw, odd))
    if kind == 2:
        cut = digest[: draw(below(len(digest)))]
        content = pick(draw, [cut, digest + draw(_few_octets), digest.hex().encode(), b"\x00" + digest])
    if kind == 3:
        long_outer, long_inner = pick(draw, [(True, False), (False, True), (True, True)])
    body = algorithm + _tlv(4, content, long_form=long_inner)
    if kind == 4:
        extra = draw(_few_octets)
        body = pick(draw, [body + _tlv(4, extra), _tlv(4, extra) + body, _tlv(4, digest)])
    info = _tlv(0x30, body, long_form=long_outer)
    if kind == 5:
        bare = [digest, digest, digest.hex().encode(), message[: k - 11], info[:-1], info + b"\x05\x00"]
        info = pick(draw, [*bare, b"\x30\x80" + info[2:] + b"\x00\x00"])
    return _framed(info, k)


@st.composite
def _frame(draw: st.DrawFn, message: bytes, k: int) -> bytes:
    """Padding that is short, of other octets or without an end, and what fills the room."""
    info = encoded_message(message, k)[-51:]
    room = k - 3 - len(info)
    left = pick(draw, [0, 1, 7, 8, 9, room // 2, room - 1, room])
    filling = (pick(draw, [b"\x00", b"\xff", b"\x41", draw(_many_octets)]) * k)[: room - left]
    whole = b"\x00\x01" + b"\xff" * left
    other = _framed(_tlv(0x30, _SHA256 + _tlv(4, hashlib.sha256(b"another").digest())), k)[-51:]
    return pick(
        draw,
        [
            whole + b"\x00" + info + filling,
            whole + b"\x00" + filling + info,
            whole + filling + b"\x00" + info,
            b"\x00\x01" + filling + b"\xff" * left + b"\x00" + info,
            b"\x00\x02" + b"\x55" * room + b"\x00" + info,
            b"\x00\x00" + b"\x00" * room + b"\x00" + info,
            b"\x00\x01" + b"\xff" * (k - 2 - draw(below(3))),
            whole + b"\x00" + info + filling[51:] + other,
            whole[1:] + filling + b"\x00" + info,
        ],
    )


def _framed(info: bytes, k: int) -> bytes:
    """The sound frame around a DigestInfo that may be too long for it."""
    return b"\x00\x01" + b"\xff" * max(k - 3 - len(info), 8) + b"\x00" + info
