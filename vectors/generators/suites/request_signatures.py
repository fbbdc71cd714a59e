"""x-signature of requests: both hosts, and every near miss of a right signature (S3, S7, S41, S44; P1, P3, P5)."""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..edgecases.rsa import header, sign
from ..forms import Form, request
from ..keys import DOC, PRODUCTION, STRANGER

CREATE = request("POST", doc.CREATE_URL, doc.CREATE_BODY)
PRODUCTION_CREATE = request("POST", f"{doc.PRODUCTION}/transactions/", doc.CREATE_BODY)
PRODUCTION_LOOKUP = request("GET", f"{doc.PRODUCTION}/transactions/?external_id=24")
TWO_PARAMETERS = f"{doc.SANDBOX}/transactions/?external_id=24&status=executed"


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("request", "request-signatures")
    _environments(cases)
    _what_is_signed(cases)
    _changed_url(cases)
    _changed_method(cases)
    _changed_body(cases)
    return cases


def _environments(cases: Suite) -> None:
    told = "The same request for production, signed with a key of production's own"
    for name, form in (("post", PRODUCTION_CREATE), ("get-with-query", PRODUCTION_LOOKUP)):
        cases.sign(f"request/production-{name}/sign", f"{told}.", "S3, S7, P40", form, PRODUCTION)
        cases.verify(f"request/production-{name}/valid", f"{told}.", "S3, S7, P40", form, PRODUCTION, valid=True)
    cases.verify(
        "request/production-post/sandbox-signature",
        "A signature made for the sandbox is replayed on production: the host is signed, so it does not hold.",
        "S3, S44",
        PRODUCTION_CREATE,
        PRODUCTION,
        sign(PRODUCTION, CREATE.message),
        valid=False,
        flags="Replay",
        differs_from="request/production-post/valid",
    )
    cases.verify(
        "request/post-with-body/production-signature",
        "A signature made for production is replayed on the sandbox, where the same key is registered.",
        "S3, S44",
        CREATE,
        DOC,
        sign(DOC, PRODUCTION_CREATE.message),
        valid=False,
        flags="Replay",
        differs_from="request/post-with-body/doc",
    )


def _near_miss(cases: Suite, name: str, comment: str, clauses: str, received: Form, signed: bytes, flags: str) -> None:
    cases.verify(
        f"request/post-with-body/{name}",
        comment,
        clauses,
        received,
        DOC,
        sign(DOC, signed),
        valid=False,
        flags=flags,
        differs_from="request/post-with-body/doc",
    )


def _what_is_signed(cases: Suite) -> None:
    """The request is the document's; the signature is over something else."""
    method, url, body = b"POST", doc.CREATE_URL.encode(), doc.CREATE_BODY
    table = (
        ("body-alone", "Only the body was signed, as one reading of the document has it.", "S7, P1", body),
        ("body-forgotten", "Method and URL were signed, the body was forgotten.", "S7, P1", method + url),
        ("method-forgotten", "URL and body were signed, the method was forgotten.", "S7", url + body),
        ("url-forgotten", "Method and body were signed, the URL was forgotten.", "S7", method + body),
        (
            "path-only",
            "The path was signed instead of the full URL, as many servers see it.",
            "S7, P9",
            method + b"/api/v1/merchant/transactions/" + body,
        ),
        ("wrong-order", "URL, method, body: the order is part of the message.", "S7", url + method + body),
        ("blank-between", "Blanks between method, URL and body.", "S7, S44", b" ".join((method, url, body))),
        ("lines-between", "Line ends between method, URL and body.", "S7, S44", b"\n".join((method, url, body))),
        ("newline-signed", "A line end after the body, as echo and jq add it.", "S44", method + url + body + b"\n"),
        ("short-form", "The short signature's message, the bare transaction id.", "S8", doc.TRANSACTION_ID.encode()),
        ("empty-message", "The empty string was signed, as where an error was swallowed.", "S7", b""),
    )
    for name, comment, clauses, signed in table:
        _near_miss(cases, name, comment, clauses, CREATE, signed, "WrongMessage")
    look_up = request("GET", doc.LOOKUP_URL)
    for name, comment, received, signed in (
        ("get-with-query/url-alone", "The URL was signed without the method", look_up, look_up.message[3:]),
        ("get-with-query/lower-case-signed", "The method was signed in lower case and sent in upper case", look_up,
         b"get" + look_up.message[3:]),
        ("post-with-body/lower-case-signed", "The method was signed in lower case and sent in upper case", CREATE,
         b"post" + CREATE.message[4:]),
        ("get-with-query/lower-case-method", "The method was signed in upper case and arrives in lower case",
         request("get", doc.LOOKUP_URL), look_up.message),
        ("get-with-query/capitalised-method", "The method was signed in upper case and arrives capitalised",
         request("Get", doc.LOOKUP_URL), look_up.message),
    ):  # fmt: skip
        cases.verify(
            f"request/{name}",
            f"{comment}: the method is part of the message, octet by octet.",
            "S7, P44",
            received,
            DOC,
            sign(DOC, signed),
            valid=False,
            flags="ChangedMethod",
            differs_from=f"request/{name.split('/')[0]}/doc",
        )
    cases.verify(
        "request/post-with-body/wrong-key",
        "A sound signature over the right message by somebody else's key.",
        "S5, S7",
        CREATE,
        DOC,
        sign(STRANGER, CREATE.message),
        valid=False,
        flags="WrongKey",
        differs_from="request/post-with-body/doc",
    )
    cases.verify(
        "request/get-with-query/signature-of-get-by-id",
        "The document's signature of one request, sent with another.",
        "S43, S7",
        request("GET", doc.LOOKUP_URL),
        DOC,
        doc.STATUS_SIGNATURE,
        valid=False,
        flags="WrongMessage",
        differs_from="request/get-with-query/doc",
    )


def _changed_url(cases: Suite) -> None:
    """The signature is the document's; the URL that arrived is another."""
    look_up, by_id = (
        ("get-with-query", doc.LOOKUP_URL, doc.LOOKUP_SIGNATURE),
        (
            "get-by-id",
            doc.STATUS_URL,
            doc.STATUS_SIGNATURE,
        ),
    )
    table = (
        (look_up, "slash-removed", "/?", "?", "The slash before the query is gone", "S44, P5, P6"),
        (look_up, "query-dropped", "?external_id=24", "", "The query string was left out", "S7"),
        (look_up, "query-value-changed", "=24", "=25", "The query asks for another payment", "S7"),
        (look_up, "bare-ampersand", "=24", "=24&", "An empty parameter was added", "S7"),
        (
            look_up,
            "query-value-escaped",
            "=24",
            "=%324",
            "A digit is percent-encoded: other octets, same value",
            "S7, P9",
        ),
        (look_up, "plain-http", "https://", "http://", "The scheme changed on the way through a proxy", "S7, P9"),
        (look_up, "default-port", ".com/", ".com:443/", "The default port was written out", "S7, P9"),
        (look_up, "upper-case-host", "api-dev", "API-DEV", "The host is in upper case", "S7, P9"),
        (by_id, "slash-added", "72207cd5", "72207cd5/", "A trailing slash was added", "S44, P5"),
        (by_id, "upper-case-id", "3a5f04af", "3A5F04AF", "The transaction id is in upper case", "S7"),
        (by_id, "bare-question-mark", "72207cd5", "72207cd5?", "A bare question mark was added", "S7, P5"),
        (by_id, "dot-segment", "/transactions/", "/./transactions/", "A dot segment was added", "S7, P5"),
    )
    for (base, url, signature), name, old, new, comment, clauses in table:
        cases.verify(
            f"request/{base}/{name}",
            f"{comment}; the URL is signed exactly as sent.",
            clauses,
            request("GET", url.replace(old, new, 1)),
            DOC,
            signature,
            valid=False,
            flags="ChangedUrl",
            differs_from=f"request/{base}/doc",
        )
    cases.verify(
        "request/two-parameters/valid",
        "Two query parameters, signed in the order in which they are sent.",
        "S7",
        request("GET", TWO_PARAMETERS),
        DOC,
        valid=True,
    )
    cases.verify(
        "request/two-parameters/reordered",
        "The parameters were sorted after signing: the same query to a person, another message.",
        "S7, S41",
        request("GET", f"{doc.SANDBOX}/transactions/?status=executed&external_id=24"),
        DOC,
        sign(DOC, request("GET", TWO_PARAMETERS).message),
        valid=False,
        flags="ChangedUrl",
        differs_from="request/two-parameters/valid",
    )
    blank = f"{doc.SANDBOX}/transactions/?external_id=order%207"
    cases.verify(
        "request/blank-in-query/valid",
        "A blank in the query as %20, signed and sent as %20.",
        "S7, S41",
        request("GET", blank),
        DOC,
        valid=True,
    )
    cases.verify(
        "request/blank-in-query/plus-for-percent-20",
        "Signed with %20, sent with + by the client's own query builder.",
        "S7, S41",
        request("GET", blank.replace("%20", "+")),
        DOC,
        sign(DOC, request("GET", blank).message),
        valid=False,
        flags="ChangedUrl",
        differs_from="request/blank-in-query/valid",
    )


def _changed_method(cases: Suite) -> None:
    for name, method, told in (
        ("lower-case-method", "post", "The method is signed in upper case and arrives in lower case"),
        ("other-method", "PUT", "A signed POST arrives as PUT"),
    ):
        cases.verify(
            f"request/post-with-body/{name}",
            f"{told}: the method is part of the message.",
            "S7, P44",
            request(method, doc.CREATE_URL, doc.CREATE_BODY),
            DOC,
            doc.CREATE_SIGNATURE,
            valid=False,
            flags="ChangedMethod",
            differs_from="request/post-with-body/doc",
        )


def _changed_body(cases: Suite) -> None:
    """The signature is the document's; the body that arrived is the same to a JSON parser, or nearly."""
    body = doc.CREATE_BODY
    table = (
        ("body-missing", b"", "The body got lost", "S7"),
        ("separators-with-blanks", _spaced(body), "Sent with Python's default separators, a blank after each", "S41"),
        ("pretty-printed", body.replace(b",", b",\n  "), "Sent pretty-printed, signed minified", "S41"),
        ("newline-sent", body + b"\n", "A line end was sent after the body", "S41, S44"),
        ("blank-sent", body + b" ", "A blank was sent after the body", "S41, S44"),
        ("carriage-return-sent", body + b"\r\n", "CR LF was sent after the body", "S41, S44"),
        ("byte-order-mark", b"\xef\xbb\xbf" + body, "A byte order mark was sent before the body", "S41"),
        ("escaped-slashes", body.replace(b"/", b"\\/"), "Signed with plain slashes, sent with PHP's \\/", "S41"),
        ("amount-respelled", body.replace(b"150.23", b"150.230"), "The amount is spelled 150.230", "S41, P4"),
        ("amount-as-string", body.replace(b"150.23", b'"150.23"'), "The amount was sent as a string", "S41"),
        ("amount-changed", body.replace(b"150.23", b"950.23"), "The amount was changed on the way", "S7"),
        ("members-reordered", _reordered(body), "Two members changed places, as maps without order make it", "S41"),
        ("member-dropped", body.replace(b'"state":"",', b""), "An empty member was dropped", "S41"),
        (
            "blank-in-string-lost",
            body.replace(b"Toyengata 53", b"Toyengata53"),
            "A minifier ate a blank in a string",
            "P4",
        ),
    )
    for name, received, comment, clauses in table:
        cases.verify(
            f"request/post-with-body/{name}",
            f"{comment}: what is signed and what is sent must be the same octets.",
            clauses if "S" in clauses else f"S41, {clauses}",
            request("POST", doc.CREATE_URL, received),
            DOC,
            header(sign(DOC, CREATE.message)),
            valid=False,
            flags="ChangedBody",
            differs_from="request/post-with-body/doc",
        )


def _spaced(body: bytes) -> bytes:
    return body.replace(b'":', b'": ').replace(b",", b", ")


def _reordered(body: bytes) -> bytes:
    return body.replace(b'{"external_id":"24","amount":150.23,', b'{"amount":150.23,"external_id":"24",')
