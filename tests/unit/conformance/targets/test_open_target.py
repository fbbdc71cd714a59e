"""Specifications of targets: three forms, and a sentence for everything else."""

from __future__ import annotations

import pytest

from conformance.targets import TargetError, open_target


@pytest.mark.parametrize(
    ("spec", "restartable"),
    [
        ("cmd:php harness.php --mode 'a b'", True),
        ("python:conformance.reference:Reference", True),
        ("python:harness:Outer.Inner", True),
        ("http://127.0.0.1:8080/signkit", False),
        ("https://h.example/", False),
    ],
)
def test_the_forms_there_are(spec: str, restartable: bool) -> None:
    target = open_target(spec)
    assert (target.spec, target.restartable) == (spec, restartable)


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("", "cmd:php harness.php"),
        ("php harness.php", "python:conformance.reference:Reference"),
        ("file:harness.php", "http://127.0.0.1:8080/signkit"),
        ("cmd:", "names no command"),
        ("cmd:   ", "names no command"),
        ("cmd:''", "names no command"),
        ("cmd:php 'harness", "No closing quotation"),
        ("cmd:php \0", "NUL"),
        ("python:", "python:package.module:Class"),
        ("python:package.module", "python:package.module:Class"),
        ("python:a/b:C", "python:package.module:Class"),
        ("python:-c:C", "python:package.module:Class"),
        ("http:///path", "has no host"),
        ("http://h:port/", "is no URL"),
    ],
)
def test_what_is_no_target_is_told_with_the_mend(spec: str, told: str) -> None:
    with pytest.raises(TargetError) as caught:
        open_target(spec)
    assert told in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_a_password_in_a_url_is_not_shown() -> None:
    assert open_target("http://tom:secret@h.example/kit").spec == "http://h.example/kit"
    with pytest.raises(TargetError) as caught:
        open_target("http://tom:secret@/kit")
    assert "secret" not in str(caught.value)
