"""encode and decode are inverse to each other, and decode takes nothing that encode does not make."""

from __future__ import annotations

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from signing_core import InvalidSignature, signature

raws = st.binary(min_size=1, max_size=600)
base64ish = st.text("ABab01+/=-_,% \t\n", max_size=12)


@given(raw=raws)
def test_every_signature_survives_the_header(raw: bytes) -> None:
    text = signature.encode(raw)
    assert text == base64.b64encode(raw).decode()
    assert signature.decode(text) == signature.decode(f"\t {text} ".encode()) == raw


@given(text=st.one_of(base64ish, st.text(max_size=12), st.binary(max_size=12)))
@example("AB==")
@example("\ud800")
def test_whatever_decodes_encodes_to_itself(text: str | bytes) -> None:
    try:
        raw = signature.decode(text)
    except InvalidSignature:
        return
    stripped = text.strip(" \t") if isinstance(text, str) else text.strip(b" \t").decode()
    assert base64.b64encode(raw).decode() == stripped


@given(raw=raws, data=st.data())
def test_one_wrong_character_is_never_overlooked(raw: bytes, data: st.DataObject) -> None:
    text = base64.b64encode(raw).decode()
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(max_codepoint=0x17F, exclude_characters=text[place]))
    changed = text[:place] + other + text[place + 1 :]
    try:
        decoded = signature.decode(changed)
    except InvalidSignature:
        return
    assert decoded != raw


@given(raw=raws, line=st.integers(1, 76))
def test_wrapped_text_is_refused(raw: bytes, line: int) -> None:
    text = base64.b64encode(raw).decode()
    wrapped = "\n".join(text[i : i + line] for i in range(0, len(text), line))
    if "\n" in wrapped:
        with pytest.raises(InvalidSignature, match="line break"):
            signature.decode(wrapped)
