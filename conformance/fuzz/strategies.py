"""The strategy for whole questions: which op and form, and fields for them. Only what is supported is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from conformance.fuzz import headers, json_texts, urls
from conformance.fuzz.asks import Ask
from conformance.fuzz.choice import below, pick
from conformance.judge import message_of
from conformance.model import Key

BATCH = 8  # questions that are open together: one example of hypothesis
_WEIGHTS = {"message": 3, "sign": 1, "verify": 5, "minify": 4, "build": 4}
_ids = st.one_of(
    st.just("3a5f04af-fb52-41ce-b9bc-283e72207cd5"),
    st.sampled_from(["24", "order-7/1", "a b", "é", "100%", "a+b", "0", "3A5F04AF-FB52-41CE-B9BC-283E72207CD5"]),
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
_bodies = st.one_of(json_texts.valid, st.just(b""), json_texts.nearly_valid(), st.binary(max_size=24))
_texts, _lookups = json_texts.bodies_to_build(), urls.lookups()
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
    return Ask.of("sign", form=form, **draw(_fields(form, good=True)), key=_key(draw, keys))


@st.composite
def _verifies(draw: st.DrawFn, form: str, keys: Mapping[str, Key]) -> Ask:
    fields, name = draw(_fields(form, good=True)), _key(draw, keys)
    signed = draw(_fields(form, good=True)) if draw(below(10)) == 9 else fields
    raw = draw(headers.raw_signatures(keys[name], message_of(form, signed)))
    return Ask.of("verify", form=form, **fields, key=name, signature=draw(headers.spellings(raw)))


@st.composite
def _builds(draw: st.DrawFn, form: str, keys: Mapping[str, Key]) -> Ask:
    method, url, text = "POST", urls.sendable, _texts
    if form == "request":
        method = pick(draw, ["POST", "POST", "GET", "PUT", "DELETE", "PATCH", "post", "PO ST"])
        url = urls.any_url
    if form == "payout_lookup":
        method, url = "GET", _lookups
    if form in ("card_details", "payout_card_details"):
        text = json_texts.card_payloads(draw(_numbers if form == "payout_card_details" else _good_numbers))
    bare = method == "GET" or form == "payout_lookup"
    return Ask.of(
        "build",
        form=form,
        method=method,
        url=draw(url),
        json_text=None if bare else draw(text),
        merchant_id=draw(_merchants),
        key=_key(draw, keys),
    )


def _key(draw: st.DrawFn, keys: Mapping[str, Key]) -> str:
    """Mostly the first key, so that caches serve; the others for their sizes and exponents."""
    names = list(keys)
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
    return st.lists(asks(supported, keys), min_size=1, max_size=BATCH)
