"""The strategy for whole questions: which op and form, and fields for them. Only what is supported is asked."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from conformance.fuzz import headers, json_texts, urls
from conformance.fuzz.asks import Ask
from conformance.fuzz.choice import below, pick
from conformance.fuzz.oracle import sign
from conformance.judge import message_of
from conformance.model import Key

DOCUMENTS_KEY = "doc"
BATCH = 8  # questions that are open together, about as many as an example of hypothesis holds
_WEIGHTS = {"message": 3, "sign": 1, "verify": 6, "minify": 4, "build": 5}
_ids = st.one_of(
    st.just("3a5f04af-fb52-41ce-b9bc-283e72207cd5"),
    st.sampled_from(
        ["24", "order-7/1", "a b", "é", "100%", "100%25", "a+b", "0", "3A5F04AF-FB52-41CE-B9BC-283E72207CD5"]
    ),
    st.text("abc-019 é+%/", min_size=1, max_size=5),
)
_good_numbers = st.builds(
    lambda digits, length: f"{digits:019}"[-length:], st.integers(0, 10**19 - 1), st.integers(12, 19)
)
_bad_numbers = st.one_of(
    st.integers(0, 11).map(lambda length: "41111111111"[:length]),
    st.integers(20, 24).map(lambda length: "1" * length),
    st.sampled_from(
        ["4111 1111 1111 1111", "4111-1111-1111-1111", "411111******1111", "٤١١١١١١١١١١١١١١١", "4111111111111111\n"]
    ),
)
_numbers = st.one_of(_good_numbers, _good_numbers, _bad_numbers)
_plain_bodies = st.sampled_from([b"", b"", b"", b"\xef\xbb\xbf{}", b" ", b"{}\n", b"a=1&b=2"])
_bodies = st.one_of(json_texts.valid, _plain_bodies, json_texts.texts, st.binary(max_size=24))
_texts = json_texts.bodies_to_build()
_targets = st.one_of(urls.sendable, urls.sendable, urls.sendable, urls.any_url)
_lookups = st.one_of(urls.lookups(), urls.lookups(), urls.lookups(), urls.any_url)
_merchants = st.sampled_from(["merchant-0042", "m-1", "3a5f04af"])


@st.composite
def _fields(draw: st.DrawFn, form: str, *, good: bool) -> dict[str, Any]:
    """The fields of a message; ``good``: only such as may be signed."""
    match form:
        case "request":
            method, url = (urls.good_methods, urls.sendable) if good else (urls.methods, urls.any_url)
            return {"method": draw(method), "url": draw(url), "body": draw(_bodies)}
        case "card_details":
            return {"transaction_id": draw(_ids)}
        case "payout_card_details":
            return {"transaction_id": draw(_ids), "card_number": draw(_good_numbers if good else _numbers)}
        case "payout_lookup":
            return {"value": draw(_ids)}
    return {"body": draw(_bodies)}


@st.composite
def _messages(draw: st.DrawFn, form: str, keys: Mapping[str, Key]) -> Ask:
    return Ask.of("message", form=form, **draw(_fields(form, good=False)))


@st.composite
def _signs(draw: st.DrawFn, form: str, keys: Mapping[str, Key]) -> Ask:
    fields = draw(_fields(form, good=draw(below(4)) < 3))
    name = _key(draw, keys, fields)
    if draw(below(16)) == 15:
        name, fields = _counted(draw, form, keys, 0)
    return Ask.of("sign", form=form, **fields, key=name)


@st.composite
def _verifies(draw: st.DrawFn, form: str, keys: Mapping[str, Key]) -> Ask:
    """Mostly one fault: in the header's text, in the signature's octets, or that it signs something else."""
    fault = pick(
        draw, ["", "text", "octets", "", "text", "octets", "octets", "text", "octets", "message", "zero", "both"]
    )
    fields = draw(_fields(form, good=True))
    name, place = _key(draw, keys, fields), pick(draw, [0, -1])
    if fault == "zero":
        name, fields = _counted(draw, form, keys, place)
    message = message_of(form, fields)
    if fault == "message":
        message = message_of(form, draw(_fields(form, good=True)))
    raw = sign(str(keys[name].private_pem), message)
    if fault in ("octets", "both"):
        raw = draw(headers.bad_signatures(keys[name], message, keys))
    if fault == "zero":
        raw = pick(draw, [raw, raw[1:] if place == 0 else raw[:-1]])
    text = draw(headers.odd_spellings(raw)) if fault in ("text", "both") else base64.b64encode(raw).decode("ascii")
    return Ask.of("verify", form=form, **fields, key=name, signature=text)


def _counted(draw: st.DrawFn, form: str, keys: Mapping[str, Key], place: int) -> tuple[str, dict[str, Any]]:
    """A key and fields of which the signature has a zero at ``place``."""
    name = next(iter(keys))
    return name, dict(headers.with_a_zero(form, str(keys[name].private_pem), place))


@st.composite
def _builds(draw: st.DrawFn, form: str, keys: Mapping[str, Key]) -> Ask:
    method, url, text = "POST", _targets, _texts
    if form == "request":
        method = pick(draw, ["POST", "POST", "GET", "PUT", "DELETE", "PATCH", "post", "PO ST"])
        url = urls.any_url
    if form == "payout_lookup":
        method, url = "GET", _lookups
    if form in ("card_details", "payout_card_details"):
        text = json_texts.card_payloads(draw(_numbers if form == "payout_card_details" else _good_numbers))
    bare = method == "GET" or form == "payout_lookup" or (form == "request" and draw(below(12)) == 11)
    fields = {"form": form, "method": method, "url": draw(url), "json_text": None if bare else draw(text)}
    return Ask.of("build", **fields, merchant_id=draw(_merchants), key=_key(draw, keys, fields))


def _key(draw: st.DrawFn, keys: Mapping[str, Key], fields: Mapping[str, Any]) -> str:
    """Mostly the first key, so that caches serve; the others for their sizes and exponents.

    With the document's private key, which is public, nothing is signed for the production host (P40).
    """
    names = list(keys)
    if urls.PRODUCTION in fields.get("url", ""):
        names = [name for name in names if name != DOCUMENTS_KEY] or names
    return pick(draw, [names[0]] * (2 * len(names)) + names)


_MAKERS = {"message": _messages, "sign": _signs, "verify": _verifies, "build": _builds}


def asks(supported: Sequence[tuple[str, str | None]], keys: Mapping[str, Key]) -> st.SearchStrategy[Ask]:
    """Questions of the ops and forms given (form None for minify); ``keys`` have a private half, commonest first."""
    makers: dict[tuple[str, str | None], st.SearchStrategy[Ask]] = {}
    for op, form in supported:
        if form is None:
            makers[op, form] = json_texts.texts.map(lambda text: Ask.of("minify", text=text))
        else:
            makers[op, form] = _MAKERS[op](form, keys)
    ops = [op for op in dict.fromkeys(op for op, _ in supported) for _ in range(_WEIGHTS[op])]
    forms: dict[str, list[str | None]] = {}
    for op, form in supported:
        # a URL, a method and a body hold more than a bare id: the form request is asked three times as often
        forms.setdefault(op, []).extend([form] * (3 if form == "request" else 1))

    @st.composite
    def one(draw: st.DrawFn) -> Ask:
        op = pick(draw, ops)
        ask: Ask = draw(makers[op, pick(draw, forms[op])])
        return ask

    return one()


def batches(supported: Sequence[tuple[str, str | None]], keys: Mapping[str, Key]) -> st.SearchStrategy[list[Ask]]:
    """Several questions at a time, so that targets have work while they answer."""
    return st.lists(asks(supported, keys), min_size=1, max_size=2 * BATCH)  # of the size of BATCH, most often
