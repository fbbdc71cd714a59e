"""Forgeries for public exponent 3 that need no private key (RFC 8017 8.2.2, 9.2, A.2.4; P46).

A number's cube can be given any beginning (Bleichenbacher, Crypto 2006 rump session) and any odd end (Kuehn and others,
2006; BERserk, 2014). Whatever part of the encoded message a verifier does not look at is left to the cube's garbage.
"""

from __future__ import annotations

import hashlib
from itertools import count

from .. import document as doc
from ..base import Suite
from ..edgecases import der
from ..edgecases.rsa import HASH_OIDS, Key, digest_info
from ..forms import Form, request
from ..keys import EXPONENT_3

FORM = request("GET", doc.STATUS_URL)
FRAME = b"\x00\x01" + b"\xff" * 8 + b"\x00"


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("request", "forgeries")
    _beginnings(cases)
    _ends(cases)
    return cases


def _forgery(cases: Suite, name: str, comment: str, form: Form, signature: bytes) -> None:
    cases.verify(
        f"request/exponent-3/{name}",
        f"{comment}: a cube made without the private key.",
        "RFC 8017 8.2.2, RFC 8017 9.2, P46",
        form,
        EXPONENT_3,
        signature,
        valid=False,
        flags="KeyExponent3, Forgery",
        differs_from="request/exponent-3/valid",
    )


def _beginnings(cases: Suite) -> None:
    """The cube begins as the verifier wishes and ends in garbage."""
    digest = hashlib.sha256(FORM.message).digest()
    info = digest_info(digest)
    noted = der.sequence(der.oid(HASH_OIDS["sha256"]))
    for name, told, begin in (
        ("forged-without-private-key", "Eight padding octets, DigestInfo, garbage", FRAME + info),
        ("forged-without-padding", "No padding octet, DigestInfo, garbage", b"\x00\x01\x00" + info),
        ("forged-one-octet-of-padding", "One padding octet, DigestInfo, garbage", b"\x00\x01\xff\x00" + info),
        ("forged-seven-octets-of-padding", "Seven padding octets, DigestInfo, garbage",
         b"\x00\x01" + b"\xff" * 7 + b"\x00" + info),
        ("forged-block-type-0", "Block type 00, DigestInfo, garbage", b"\x00\x00" + b"\xff" * 8 + b"\x00" + info),
        ("forged-block-type-2", "Block type 02, DigestInfo, garbage", b"\x00\x02" + b"\xff" * 8 + b"\x00" + info),
        ("forged-without-frame", "DigestInfo at once after a zero octet, then garbage", b"\x00" + info),
        ("forged-bare-digest", "Padding, the bare digest, garbage", FRAME + digest),
        ("forged-without-null", "Padding, DigestInfo without NULL, garbage",
         FRAME + der.sequence(noted, der.octets(digest))),
        ("forged-first-20-octets", "Padding, DigestInfo with only the first 20 octets of the digest, garbage",
         FRAME + info[:-12]),
        ("forged-name-only", "Padding, DigestInfo up to the hash's name, garbage", FRAME + info[:17]),
    ):  # fmt: skip
        _forgery(cases, name, told, FORM, _forge(EXPONENT_3, begin, b""))


def _ends(cases: Suite) -> None:
    """The cube ends as the verifier wishes too; garbage fills the middle. The end must be odd, so the digest is."""
    form = next(
        form
        for form in (request("GET", f"{doc.SANDBOX}/transactions/?external_id={number}") for number in count(1))
        if hashlib.sha256(form.message).digest()[-1] % 2
    )
    digest = hashlib.sha256(form.message).digest()
    info, name = digest_info(digest), der.oid(HASH_OIDS["sha256"])
    k = EXPONENT_3.k

    def header(tag: int, size: int) -> bytes:
        return bytes([tag, 0x82]) + size.to_bytes(2, "big")

    octets = der.octets(digest)
    outer = k - len(FRAME) - 4
    algorithm = outer - 4 - len(octets)
    parameters = algorithm - len(name) - 4
    hidden = FRAME + header(0x30, outer) + header(0x30, algorithm) + name + header(0x04, parameters)
    in_null = FRAME + header(0x30, outer) + header(0x30, algorithm) + name + header(0x05, parameters)
    for name_, told, begin, end in (
        ("forged-in-parameters", "Garbage in an OCTET STRING in the algorithm's parameters, all lengths agreeing",
         hidden, octets),
        ("forged-in-null", "Garbage in the content of NULL, all lengths agreeing", in_null, octets),
        ("forged-padding", "Garbage for padding, the right DigestInfo at the end", b"\x00\x01", b"\x00" + info),
        ("forged-padding-after-eight", "Eight padding octets, garbage, the right DigestInfo at the end",
         b"\x00\x01" + b"\xff" * 8, b"\x00" + info),
        ("forged-after-separator", "Eight padding octets, the separator, garbage, the right DigestInfo at the end",
         FRAME, info),
        ("forged-end-only", "Garbage, the right DigestInfo at the end", b"\x00", b"\x00" + info),
        ("forged-digest-at-end", "Garbage, the bare digest at the end", b"\x00\x01" + b"\xff" * 8, digest),
        ("forged-between", "DigestInfo's beginning, garbage, the digest at the end", FRAME + info[:-32], digest),
    ):  # fmt: skip
        _forgery(cases, name_, told, form, _forge(EXPONENT_3, begin, end))


def _forge(key: Key, begin: bytes, end: bytes) -> bytes:
    """A number whose cube has k octets, begins and ends so. ``end`` is odd, or empty."""
    low = 1 << 8 * len(end)
    lowest = int.from_bytes(begin.ljust(key.k, b"\x00"), "big")
    root = -(-_cube_root(lowest) // low) * low
    if end:  # odd numbers have one cube root modulo a power of two: the group's exponent is a quarter of its modulus
        root += pow(int.from_bytes(end, "big"), pow(3, -1, low // 4), low)
    cube = (root**3).to_bytes(key.k, "big")
    if not cube.startswith(begin) or not cube.endswith(end):
        raise ValueError("the forgery does not fit this key's length")
    return root.to_bytes(key.k, "big")


def _cube_root(number: int) -> int:
    """The smallest integer whose cube is not below the number."""
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < number else (low, middle)
    return low
