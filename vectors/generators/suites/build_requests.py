"""Building a whole request: values and URLs that encoders and clients spell their own way (S7, S41; P5, P17, P41)."""

from __future__ import annotations

import json

from .. import document as doc
from ..base import Suite, Target
from ..keys import DOC, PRODUCTION
from .build_tables import (
    BASE,
    CREATE,
    DOCUMENTED,
    NON_ASCII,
    REFUSED_TARGETS,
    REFUSED_TEXTS,
    UNUSUAL,
    URLS,
)


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("build", "build-requests")
    _bodies(cases)
    _members(cases)
    _urls(cases)
    _refused(cases)
    return cases


def _bodies(cases: Suite) -> None:
    body = doc.CREATE_BODY
    pretty = json.dumps(json.loads(body), indent=4).encode() + b"\n"
    table = (
        ("doc-create", CREATE, body, "S42, S41, S6", "The document's create request"),
        (
            "doc-create-example",
            CREATE,
            doc.CREATE_EXAMPLE_BODY,
            "S18, S41",
            "The other body the document prints for it",
        ),
        ("pretty-printed", CREATE, pretty, "S41, S42", "The same, pretty-printed: what is sent is minified"),
        (
            "doc-payout",
            Target("request", "POST", f"{BASE}/payouts/", DOC),
            doc.PAYOUT_BODY_SPACED,
            "S24, S41, P7",
            "The document's payout, printed with blanks: what is sent is minified",
        ),
        (
            "production-create",
            Target("request", "POST", f"{doc.PRODUCTION}/transactions/", PRODUCTION),
            body,
            "S3, S41, P40",
            "The create request for production, with production's own key",
        ),
        (
            "put-with-body",
            Target("request", "PUT", f"{BASE}/t/", DOC),
            b'{"a":1}',
            "S7, S41",
            "A PUT with a body, which the document does not have",
        ),
    )
    for name, target, text, clauses, told in table:
        cases.build(
            f"build/request/{name}", f"{told}.", clauses, target, text, level="should" if "put" in name else "must"
        )
    for method, given in (("PATCH", True), ("DELETE", True), ("GET", True), ("PUT", False), ("DELETE", False)):
        cases.build(
            f"build/request/{method.lower()}-{'with' if given else 'without'}-body",
            f"A {method} {'with' if given else 'without'} a body: what is sent is what is signed.",
            "S7, S41, P1",
            Target("request", method, f"{BASE}/t/", DOC),
            b'{"a":1}' if given else None,
            level="should",
        )
    for name, text, told in (
        ("empty-object", b"{ }", "An empty object alone"),
        ("array", b"[ 1, 2 ]", "An array alone"),
        ("array-of-one", b"[ 1 ]", "An array of one number alone"),
        ("string", b'"x"', "A string alone"),
        ("null-member", b'{ "a": null }', "A null as the only member"),
        ("integer-names", b'{ "2": "b", "1": "a" }', "Two integers as names, the larger one first"),
        ("empty-array", b"[ ]", "An empty array alone"),
    ):
        flags = "EmptyContainer" if name.startswith("empty") else "MemberNames" if name == "integer-names" else ""
        comment = f"{told} as the body: what is sent is minified."
        cases.build(f"build/body/{name}", comment, "S41, S7", CREATE, text, level="should", flags=flags)
    for name, url, told in (
        ("lookup", f"{doc.PRODUCTION}/transactions/?external_id=24", "A look-up"),
        ("get-by-id", f"{doc.PRODUCTION}/transactions/{doc.TRANSACTION_ID}", "A look-up by id"),
    ):
        target = Target("request", "GET", url, PRODUCTION)
        cases.build(f"build/request/production-{name}", f"{told} for production.", "S3, S7, S21", target, None)
    cases.build("build/request/post-without-body", "A POST without a body.", "S7", CREATE, None, level="should")


def _members(cases: Suite) -> None:
    for name, member, clauses, told in DOCUMENTED:
        text = b'{"external_id":"24",' + member + b"}"
        cases.build(f"build/value/{name}", f"{told}; signed is what is sent.", clauses, CREATE, text)
    for name, member, flag, clauses, told in UNUSUAL:
        text = b'{"external_id":"24",' + member + b"}"
        cases.build(
            f"build/value/{name}",
            f"{told}; the document's own data never has it.",
            clauses,
            CREATE,
            text,
            level="should",
            flags=flag,
        )
    for name, pair, told in NON_ASCII:
        cases.build(
            f"build/non-ascii/{name}",
            f"{told}: all data is ASCII, so it is sent escaped.",
            "S2, P17",
            CREATE,
            f'{{"external_id":"24",{pair}}}'.encode(),
            level="should",
            flags="NonAscii",
        )


def _urls(cases: Suite) -> None:
    for name, url, level, clauses, told in URLS:
        cases.build(
            f"build/url/{name}",
            f"{told}: the URL signed is the URL sent, and the one asked for.",
            clauses,
            Target("request", "GET", url, DOC),
            None,
            level=level,
            flags="" if level == "must" else "RewrittenUrl",
        )


def _refused(cases: Suite) -> None:
    rest = {"level": "should", "flags": "BuildRefused"}
    for name, text, clauses, told in REFUSED_TEXTS:
        cases.build(f"build/refused/{name}", f"{told}.", clauses, CREATE, text, refused=True, **rest)
    for name, method, url, clauses, told in REFUSED_TARGETS:
        target = Target("request", method, url, DOC)
        cases.build(f"build/refused/{name}", f"{told}.", clauses, target, b'{"a":1}', refused=True, **rest)
