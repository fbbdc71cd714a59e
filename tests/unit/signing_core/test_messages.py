"""The six forms: what they join, and what they refuse."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import pytest

from signing_core import PayloadError, messages

URL = "https://h.example/api/v1/merchant/transactions/"
UUID = "3a5f04af-fb52-41ce-b9bc-283e72207cd5"
CARD = "4000027891380961"


def test_a_request_is_method_url_and_body_with_nothing_between() -> None:
    assert messages.request("POST", URL, b'{"a":1}') == b'POSThttps://h.example/api/v1/merchant/transactions/{"a":1}'
    assert messages.request("GET", URL + "?external_id=24") == b"GET" + URL.encode() + b"?external_id=24"


def test_text_may_be_bytes() -> None:
    assert messages.request(b"GET", URL.encode()) == messages.request("GET", URL)
    assert messages.card_details(UUID.encode()) == messages.card_details(UUID)
    assert messages.payout_lookup(b"24") == messages.payout_lookup("24")
    assert messages.payout_card_details(UUID.encode(), CARD.encode()) == messages.payout_card_details(UUID, CARD)


@pytest.mark.parametrize("body", [b"", b" {} \n", b"\xff\x00", b'{"a" : 1, "a":2}'])
def test_a_body_is_never_altered(body: bytes) -> None:
    assert messages.request("PUT", URL, body) == b"PUT" + URL.encode() + body
    assert messages.response(body) == body
    assert messages.webhook(body) == body


def test_the_short_forms() -> None:
    assert messages.card_details(UUID) == UUID.encode()
    assert messages.payout_card_details(UUID, CARD) == UUID.encode() + b"4000020961"
    assert messages.payout_lookup("é 1") == b"\xc3\xa9 1"


@pytest.mark.parametrize("digits", [12, 13, 18, 19])
def test_card_numbers_of_12_to_19_digits_are_taken(digits: int) -> None:
    number = "1234567890123456789"[:digits]
    assert messages.payout_card_details("t", number) == b"t123456" + number[-4:].encode()


@pytest.mark.parametrize(
    "number",
    [
        *("", "12345678901", "12345678901234567890", "4000 0278 9138 0961", "4000-0278-9138-0961", " 400002789138096"),
        *("400002789138096x", "4000027891380961\n", "-400002789138096", "٤٠٠٠٠٢٧٨٩١٣٨٠٩٦١", "4000027891380961\x00"),
        *("\uff14" * 16, "400002789138096\ud800", b"400002789138096\xff"),
    ],
)
def test_other_card_numbers_are_refused_and_never_shown(number: str | bytes) -> None:
    with pytest.raises(PayloadError, match=r"12 to 19 digits .*\(P11\)") as caught:
        messages.payout_card_details(UUID, number)
    assert caught.value.place == "card_number"
    told = "".join(traceback.format_exception(caught.value))
    assert "0278" not in told
    assert "12345678901" not in told
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (lambda: messages.card_details(""), "transaction_id"),
        (lambda: messages.card_details(b""), "transaction_id"),
        (lambda: messages.payout_card_details("", CARD), "transaction_id"),
        (lambda: messages.payout_lookup(""), "value"),
        (lambda: messages.card_details("\ud800"), "transaction_id"),
        (lambda: messages.payout_lookup("a\udfff"), "value"),
        (lambda: messages.request("GET", URL + "\ud83d"), "url"),
        (lambda: messages.request("\ud83d", URL), "method"),
        (lambda: messages.request("GET", "\ud83d", strict=False), "url"),
    ],
)
def test_empty_fields_and_lone_surrogates_are_refused(form: Callable[[], bytes], field: str) -> None:
    with pytest.raises(PayloadError, match=field) as caught:
        form()
    assert caught.value.place == field


@pytest.mark.parametrize("method", ["GET", "POST", "X-PURGE", "M1", "!#$%&'*+-.^_`|~"])
def test_upper_case_tokens_are_methods(method: str) -> None:
    assert messages.request(method, URL) == method.encode() + URL.encode()


@pytest.mark.parametrize(
    ("method", "told"),
    [
        *(("", "empty"), ("get", "'GET'"), ("Post", "'POST'"), ("GE T", "no HTTP token"), ("GET\n", "no HTTP token")),
        *((" GET", "no HTTP token"), ("GÉT", "no HTTP token"), ("GET:", "no HTTP token"), ("a" * 99, "A{20}'")),
    ],
)
def test_other_methods_are_refused(method: str, told: str) -> None:
    with pytest.raises(PayloadError, match=told) as caught:
        messages.request(method, URL)
    assert caught.value.place == "method"
    assert "(P44)" in str(caught.value)
    assert len(str(caught.value)) < 120
    assert messages.request(method, URL, strict=False) == method.encode() + URL.encode()


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://h",
            "https://h/",
            "HTTPS://H/",
            "https://h:8443/",
            "https://[::1]:1/",
            "https://h?q=a@b",
            "https://h./",
        ),
        *("https://h/%2f%41/..//./?", "https://h/[x]'`;,~!$&()*+=:@", "https://h/?q=a+b%20c&é".replace("é", "%C3%A9")),
    ],
)
def test_urls_that_only_some_clients_rewrite_are_signed_as_they_stand(url: str) -> None:
    assert messages.request("GET", url) == b"GET" + url.encode()


@pytest.mark.parametrize(
    ("url", "place"),
    [
        *(("", 0), ("/t/", 0), ("//h/", 0), ("h.example/", 0), ("ftp://h/", 0), ("https:/h/", 0), (" https://h/", 0)),
        *(("https://", 8), ("https:///t", 8), ("http://:80/", 7), ("https://?q", 8), ("https://u@/", 8)),
        *(("https://u:p@h/", 8), ("https://@h/", 8), ("https://u@v@h/", 8)),
        *(("https://h/#", 10), ("https://h#f", 9), ("https://h/é", 10), ("https://é/", 8), ("https://h/a b", 11)),
        *(("https://h/\n", 10), ("https://h/\t", 10), ("https://h/\x00", 10), ("https://h/\x7f", 10)),
        *((f"https://h/{c}", 10) for c in '"<>\\^{}|'),
        *(
            ("https://h/%", 10),
            ("https://h/%2", 10),
            ("https://h/%zz", 10),
            ("https://h/%%41", 10),
            ("https://h/?%g0", 11),
        ),
    ],
)
def test_urls_that_do_not_reach_the_wire_are_refused(url: str, place: int) -> None:
    with pytest.raises(PayloadError, match=r"URL .*at byte \d+; .*\(P43\)") as caught:
        messages.request("GET", url)
    assert caught.value.place == place
    assert messages.request("GET", url, strict=False) == b"GET" + url.encode()


def test_the_error_of_a_url_shows_no_password() -> None:
    with pytest.raises(PayloadError) as caught:
        messages.request("GET", "https://user:s3cret@h/")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "form",
    [
        lambda: messages.request(1, URL),  # type: ignore[arg-type]
        lambda: messages.request("GET", None),  # type: ignore[arg-type]
        lambda: messages.request("GET", URL, '{"a":1}'),  # type: ignore[arg-type]
        lambda: messages.request("GET", URL, bytearray(b"{}")),  # type: ignore[arg-type]
        lambda: messages.response("{}"),  # type: ignore[arg-type]
        lambda: messages.webhook(memoryview(b"{}")),  # type: ignore[arg-type]
        lambda: messages.card_details(None),  # type: ignore[arg-type]
        lambda: messages.payout_lookup(24),  # type: ignore[arg-type]
        lambda: messages.payout_card_details(UUID, 4000027891380961),  # type: ignore[arg-type]
    ],
)
def test_wrong_types_are_type_errors(form: Callable[[], bytes]) -> None:
    with pytest.raises(TypeError) as caught:
        form()
    assert "4000027891380961" not in str(caught.value)
