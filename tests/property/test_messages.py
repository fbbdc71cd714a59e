"""Messages keep what they are made of, and differ where their fields do."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from signing_core import PayloadError, messages

methods = st.from_regex(r"[A-Z]{1,8}", fullmatch=True)
hosts = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,10}[a-z0-9])?(:[0-9]{1,5})?", fullmatch=True)
targets = st.from_regex(
    r"(/([a-zA-Z0-9._~!$&'()*+,;=:@\[\]-]|%[0-9A-Fa-f]{2}){0,10}){0,3}(\?[a-z=&%20+]{0,9})?", fullmatch=True
)
bodies = st.binary(max_size=60)


@st.composite
def urls(draw: st.DrawFn) -> str:
    target = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", draw(targets))
    return f"http{draw(st.sampled_from(['', 's']))}://{draw(hosts)}{target}"


@given(method=methods, url=urls(), body=bodies)
def test_a_request_is_its_parts_in_a_row(method: str, url: str, body: bytes) -> None:
    message = messages.request(method, url, body)
    assert message == b"".join([method.encode(), url.encode(), body])
    assert messages.request(method.encode(), url.encode(), body, strict=False) == message


@given(one=st.tuples(methods, urls(), bodies), other=st.tuples(methods, urls(), bodies))
def test_requests_that_differ_in_one_field_have_different_messages(
    one: tuple[str, str, bytes], other: tuple[str, str, bytes]
) -> None:
    for index in range(3):
        changed = (*one[:index], other[index], *one[index + 1 :])
        same = messages.request(*changed) == messages.request(*one)  # type: ignore[arg-type]  # the fields are in order
        assert same == (changed == one)


@given(
    method=st.one_of(st.text(max_size=6), st.binary(max_size=6)),
    url=st.one_of(st.text(max_size=20), st.binary(max_size=20)),
)
@example("GET", "https://h/\ud800")
def test_any_text_is_taken_or_refused_with_a_payload_error(method: str | bytes, url: str | bytes) -> None:
    for strict in (True, False):
        try:
            message = messages.request(method, url, b"{}", strict)
        except PayloadError as error:
            told = str(error)
            assert told.isascii()
        else:
            assert message.endswith(b"{}")


forbidden = st.sampled_from([*' "<>\\^{|}#\x00\x1f\x7f', "\u00e9", "%", "%4", "%zz"])


@given(url=urls(), fault=forbidden, data=st.data())
def test_a_forbidden_byte_is_found_where_it_stands(url: str, fault: str, data: st.DataObject) -> None:
    host = url.index("//") + 2
    place = data.draw(st.integers(host + 1, len(url)))
    broken = url[:place] + fault + ("~" if fault.startswith("%") else "") + url[place:]
    if re.search(r"%[0-9A-Fa-f]?$", url[:place]):
        return  # the fault then cuts an escape in two, which is told first
    try:
        messages.request("GET", broken)
    except PayloadError as error:
        assert error.place == place  # noqa: PT017 - raised in every example, as the next line says
    else:
        raise AssertionError(f"taken: {broken!r}")


@given(number=st.from_regex(r"[0-9]{12,19}", fullmatch=True), transaction=st.text("0123456789abcdef-", min_size=1))
def test_a_payout_binds_six_and_four_digits(number: str, transaction: str) -> None:
    message = messages.payout_card_details(transaction, number).decode()
    assert message == transaction + number[:6] + number[-4:]


@given(url=urls())
def test_what_is_taken_has_a_host_and_no_fragment_by_the_standard_library_too(url: str) -> None:
    messages.request("GET", url)
    parts = urlsplit(url)
    assert parts.hostname
    assert not parts.fragment
    assert parts.username is None
