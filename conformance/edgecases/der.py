"""DER and PEM, written out by hand: the few ASN.1 types that RSA keys and DigestInfo need (X.690, RFC 7468)."""

from __future__ import annotations

import base64
import textwrap

OID_RSA = bytes.fromhex("2a864886f70d010101")  # rsaEncryption, 1.2.840.113549.1.1.1
NULL = b"\x05\x00"


def tlv(tag: int, content: bytes) -> bytes:
    """Tag, length in the shortest form, content."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE of parts that are already encoded."""
    return tlv(0x30, b"".join(parts))


def integer(value: int) -> bytes:
    """INTEGER, not negative; a leading zero octet keeps the sign bit clear."""
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(content: bytes) -> bytes:
    """OBJECT IDENTIFIER from its content octets."""
    return tlv(0x06, content)


def octets(content: bytes) -> bytes:
    """OCTET STRING."""
    return tlv(0x04, content)


def bits(content: bytes) -> bytes:
    """BIT STRING of whole octets."""
    return tlv(0x03, b"\x00" + content)


def read_integers(data: bytes) -> list[int]:
    """The INTEGERs of one SEQUENCE of INTEGERs, which is what a PKCS#1 key is (RFC 8017 A.1)."""
    content, rest = _read(data, 0x30)
    if rest:
        raise ValueError("octets follow the SEQUENCE")
    numbers = []
    while content:
        value, content = _read(content, 0x02)
        numbers.append(int.from_bytes(value, "big"))
    return numbers


def _read(data: bytes, tag: int) -> tuple[bytes, bytes]:
    if data[0] != tag:
        raise ValueError(f"expected tag {tag:#04x}, found {data[0]:#04x}")
    size, start = data[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(data[2:start], "big")
    return data[start : start + size], data[start + size :]


def pem(label: str, data: bytes) -> str:
    """PEM with lines of 64 characters, LF, and a final line end, as OpenSSL writes it."""
    lines = textwrap.wrap(base64.b64encode(data).decode("ascii"), 64)
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def unpem(text: str) -> bytes:
    """The octets of a PEM block with one label, whatever its line ends."""
    return base64.b64decode("".join(line for line in text.splitlines() if not line.startswith("-----")), validate=True)
