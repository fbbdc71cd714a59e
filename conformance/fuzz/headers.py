"""Strategies for signatures and header values: the good one, and what stands near it.

Encoded messages are made with the corpus's private keys, so that a verifier is asked about paddings and DigestInfos
that no honest signer writes; integers, lengths and the spelling of the header need no key.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import count
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from conformance.fuzz.choice import below, pick
from conformance.fuzz.encoded import encoded_messages, power
from conformance.fuzz.oracle import encoded_message, numbers, sign
from conformance.judge import message_of
from conformance.model import Key

_few_octets = st.binary(min_size=1, max_size=8)
_blanks = st.text(" \t", max_size=2)


@st.composite
def bad_signatures(draw: st.DrawFn, key: Key, message: bytes, others: Mapping[str, Key]) -> bytes:
    """A signature's octets that must be refused: an integer, a length, an encoded message, or another key's.

    Now and then it is the good one after all: a change may undo itself.
    """
    n, _, k = numbers(key.public_pem)
    good = sign(str(key.private_pem), message)
    value = int.from_bytes(good, "big")
    kind = draw(below(14))
    if kind == 0:
        number: int = pick(draw, [value + n, value + n, 0, 1, 2, n - 1, n, n + 1, n - value, 256**k - 1, value ^ 1])
        return number.to_bytes(max(k, (number.bit_length() + 7) // 8), "big")
    if kind == 1:
        extra = draw(_few_octets)
        ends = [good + extra, extra + good, b"\x00" + good, b"\x00" + good, good + b"\x00", good + good]
        return pick(draw, [*ends, (value + n).to_bytes(k + 1, "big")])
    if kind == 2:
        cut = 1 + draw(below(k - 1))
        return pick(draw, [good[:-cut], good[cut:], good[::-1], good[:-1], good[1:]])
    if kind == 3:
        return (value ^ (1 << draw(below(8 * k)))).to_bytes(k, "big")
    if kind == 4:
        return encoded_message(message, k)
    if kind == 5:
        strangers = [other for other in others.values() if other.public_pem != key.public_pem]
        return sign(str(pick(draw, strangers).private_pem), message) if strangers else good[::-1]
    em: bytes = draw(encoded_messages(message, k))
    return power(str(key.private_pem), int.from_bytes(em, "big")).to_bytes(k, "big")


# --- signatures with a zero at an end: one in 256 has it, and code that takes them for numbers drops or adds it ------

_COUNTED: dict[str, Callable[[int], dict[str, Any]]] = {
    "request": lambda n: {"method": "GET", "url": f"https://host.example/t/?external_id={n}", "body": b""},
    "card_details": lambda n: {"transaction_id": str(n)},
    "payout_card_details": lambda n: {"transaction_id": str(n), "card_number": "411111111111"},
    "payout_lookup": lambda n: {"value": str(n)},
    "response": lambda n: {"body": b'{"id":%d}' % n},
    "webhook": lambda n: {"body": b'{"id":%d}' % n},
}


@lru_cache(maxsize=64)
def with_a_zero(form: str, private_pem: str, place: int) -> Mapping[str, Any]:
    """Fields of a message whose signature has the octet 00 at ``place`` (0 or -1), by trying one after the other."""
    found = (_COUNTED[form](number) for number in count(1))
    return next(fields for fields in found if sign(private_pem, message_of(form, fields))[place] == 0)


_NOISE = [" ", "\t", "\n", "\r\n", "\x00", "!", "=", "-", "_", ".", ",", "\xa0", "\xe9", '"', "\x0b", ":", "%2B", "\\n"]
_WORDS = ["", " ", "null", "undefined", "true"]


@st.composite
def odd_spellings(draw: st.DrawFn, raw: bytes) -> str:
    """A header value that carries these octets in one of the ways that go wrong, or with blanks around it."""
    text = base64.b64encode(raw).decode("ascii")
    kind = draw(below(6))
    if kind == 0:
        return f"{draw(_blanks)}{text}{draw(_blanks)}"
    if kind == 1:
        place = pick(draw, [0, len(text), None])
        place = draw(below(len(text) + 1)) if place is None else place
        return text[:place] + pick(draw, _NOISE) + text[place:]
    if kind == 2:
        start = draw(below(len(text) + 1))
        return text[:start] + text[start + 1 + draw(below(4)) :]
    bare = text.rstrip("=")
    safe = text.replace("+", "-").replace("/", "_")
    if kind == 3:  # the unused bits, the padding
        last = bare[:-1] + chr(ord(bare[-1]) + 1) if bare and bare[-1] not in "Zz9+/" else bare
        return pick(draw, [bare, text + "=", text + "==", last + text[len(bare) :], last, f"{bare}={bare}="])
    lines = "\n".join(text[at : at + 76] for at in range(0, len(text), 76))
    if kind == 4:  # the alphabet, and what stands between the letters
        plus = [text.replace("+", " "), text.replace("+", "%2B"), quote(text, safe=""), text.replace("=", "%3D")]
        return pick(
            draw, [safe, safe.rstrip("="), *plus, lines, lines + "\n", lines.replace("\n", "\r\n "), text + "\n"]
        )
    whole = [f"{text},{text}", f"{text}, {text}", text[:64], raw.hex(), text.lower(), f'"{text}"', f"rsa {text}"]
    others = [f"{text},AAAA", f"AAAA,{text}", f"{text};q=1", raw.decode("latin-1")]
    return pick(draw, [*whole, *others, *_WORDS, base64.b64encode(text.encode()).decode()])
