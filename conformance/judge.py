"""Judges one answer: the vectors, pyca/cryptography and an independent tokenizer decide, never signing_core.

A right answer costs one comparison. A wrong one is handed to ``diagnose``, whose sentence may take milliseconds.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from conformance import diagnose, tokens
from conformance.diagnose import Subject, phrases
from conformance.diagnose.secrets import redacted
from conformance.model import Case, Diagnosis, Judgement, Key, Level, Verdict

PASSES = {level: Judgement(Verdict.PASS, level) for level in Level}
ANSWERS = {"message": "value", "sign": "signature", "verify": "valid", "minify": "value", "load_key": "fingerprint"}
SIGNATURE_HEADERS = ("x-merchant-id", "x-signature", "x-short-signature")


def judge(case: Case, answer: Mapping[str, Any], keys: Mapping[str, Key]) -> Judgement:
    """What ``answer`` (already checked against the op's schema) is worth for ``case``.

    An ``error`` is verdict error, whatever was expected; a ``skip`` is a failure, for only supported ops are asked for.
    ``keys`` are the corpus's keys by name.
    """
    field = ANSWERS.get(case.op)
    if field is not None and field in answer and answer[field] == case.expect.get(field):
        return PASSES[case.level]
    if "refused" in answer and "refused" in case.expect:
        return PASSES[case.level]
    judgement = _declined(case, answer)
    if judgement is None:
        found = _JUDGES[case.op](case, answer, keys)
        if found is None:
            return PASSES[case.level]
        judgement = Judgement(Verdict.FAIL, _level(case, found), found)
    return redacted(case, judgement)


def verdict(case: Case, answer: Mapping[str, Any], keys: Mapping[str, Key]) -> Verdict:
    """The verdict of ``judge`` alone: the reason, which takes far longer to find than the fault, is not looked for."""
    if "error" in answer:
        return Verdict.ERROR
    if case.op == "build" and "request" in answer and "request" in case.expect:
        return Verdict.PASS if _passes_build(case, answer["request"], keys) else Verdict.FAIL
    field = ANSWERS.get(case.op, "refused")
    if "refused" in case.expect:
        return Verdict.PASS if "refused" in answer else Verdict.FAIL
    given = answer.get(field)
    if case.op == "sign" and given is not None:
        given = given.strip(" \t")
    return Verdict.PASS if given is not None and given == case.expect.get(field) else Verdict.FAIL


def _level(case: Case, missed: Diagnosis) -> Level:
    """The level of the demand that was missed: ASCII is a policy, whatever else the case is about."""
    return Level.SHOULD if missed.stage == "ASCII" and case.level is Level.MUST else case.level


def _declined(case: Case, answer: Mapping[str, Any]) -> Judgement | None:
    """Judges error, skip and a refusal of what must be done; None for any other answer."""
    if "error" in answer:
        error = answer["error"]
        found = Diagnosis("answer", f"{phrases.BROKE}: {error['kind']}: {error['message']}")
        return Judgement(Verdict.ERROR, case.level, found)
    if "skip" in answer:
        told = f"{phrases.SKIPPED}, though its hello declares support: {answer['skip']}"
        return Judgement(Verdict.FAIL, case.level, Diagnosis("answer", told))
    if "refused" in answer:
        found = _refusal(case, answer["refused"])
        return Judgement(Verdict.FAIL, _level(case, found), found)
    return None


def _refusal(case: Case, why: str) -> Diagnosis:
    if case.op == "verify":
        told = f"{phrases.UNJUDGED}; verify answers true or false, and false for a malformed header"
        return Diagnosis("answer", f"{told}: {why}")
    if case.op == "build" and _beyond_ascii(case.input.get("json_text")):
        return Diagnosis("ASCII", f"{phrases.REFUSED_TEXT}, which can be sent escaped as \\uXXXX (P17): {why}")
    return Diagnosis("answer", f"{phrases.REFUSED}: {why}")


def _beyond_ascii(json_text: str | None) -> bool:
    if json_text is None:
        return False
    try:
        value = tokens.parse(base64.b64decode(json_text))
    except tokens.JsonError:
        return False
    return not all(text.isascii() for text in tokens.strings(value))


def _unrefused(case: Case) -> Diagnosis:
    return Diagnosis("answer", f"{phrases.TOOK}: {case.comment}")


# --- the message, and whether a header fits it ---------------------------------------------------------------------


def message_of(form: str, fields: Mapping[str, Any]) -> bytes:
    """The bytes to sign: an independent statement of S7, S8, S28, S29, S10 and S36. ``body`` is bytes."""
    match form:
        case "request":
            return f"{fields['method']}{fields['url']}".encode() + bytes(fields["body"])
        case "card_details":
            return str(fields["transaction_id"]).encode()
        case "payout_card_details":
            number = fields["card_number"]
            return f"{fields['transaction_id']}{number[:6]}{number[-4:]}".encode()
        case "payout_lookup":
            return str(fields["value"]).encode()
        case "response" | "webhook":
            return bytes(fields["body"])
    raise ValueError(f"no such form: {form!r}")


def fits(public_pem: str, message: bytes, header: str) -> bool:
    """True where ``header`` is strict base64 (P45) of an RSASSA-PKCS1-v1_5 SHA-256 signature of ``message`` (P2)."""
    raw = diagnose.strict(header)
    key = _public_key(public_pem)
    if raw is None or key is None:
        return False
    try:
        key.verify(raw, message, PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=64)
def _public_key(pem: str) -> RSAPublicKey | None:
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) else None


def _subject(case: Case) -> Subject:
    """The fields of a ``message``, ``sign`` or ``verify`` case."""
    known = {name: value for name, value in case.input.items() if name in Subject.__dataclass_fields__}
    if "body" in known:
        known["body"] = base64.b64decode(known["body"])
    return Subject(**known)


def _message(subject: Subject) -> bytes:
    return message_of(subject.form, {name: getattr(subject, name) for name in Subject.__dataclass_fields__})


# --- one judge an op: None is a pass -------------------------------------------------------------------------------


def _judge_message(case: Case, answer: Mapping[str, Any], keys: Mapping[str, Key]) -> Diagnosis | None:
    if "refused" in case.expect:
        return _unrefused(case)
    expected, actual = base64.b64decode(case.expect["value"]), base64.b64decode(answer["value"])
    return None if expected == actual else diagnose.message(_subject(case), expected, actual)


def _judge_sign(case: Case, answer: Mapping[str, Any], keys: Mapping[str, Key]) -> Diagnosis | None:
    if "refused" in case.expect:
        return _unrefused(case)
    text, expected = answer["signature"], case.expect["signature"]
    if text.strip(" \t") == expected:
        return None
    subject = _subject(case)
    found = diagnose.signature(subject, _message(subject), text, keys[case.input["key"]], keys, expected)
    if found is None:
        told = "it fits the message, but the vector holds another: the vector is wrong, for only one can fit"
        found = Diagnosis("signature", told, diagnose.strict(expected), diagnose.strict(text))
    return found


def _judge_verify(case: Case, answer: Mapping[str, Any], keys: Mapping[str, Key]) -> Diagnosis | None:
    if case.expect["valid"]:
        told = f"{phrases.TURNED_AWAY}: {case.comment}"
        return Diagnosis("answer", told)
    subject = _subject(case)
    message = _message(subject)
    why = diagnose.signature(subject, message, case.input["signature"], keys[case.input["key"]], keys)
    told = f"{phrases.ACCEPTED}: {case.comment}"
    if why is None:
        return Diagnosis("answer", told)
    return Diagnosis(
        "answer", f"{told} ({why.stage}: {why.sentence}; {phrases.DANGERS[why.stage]})", why.expected, why.actual
    )


def _judge_minify(case: Case, answer: Mapping[str, Any], keys: Mapping[str, Key]) -> Diagnosis | None:
    if "refused" in case.expect:
        return _unrefused(case)
    expected, actual = base64.b64decode(case.expect["value"]), base64.b64decode(answer["value"])
    return None if expected == actual else diagnose.minified(expected, actual)


def _judge_load_key(case: Case, answer: Mapping[str, Any], keys: Mapping[str, Key]) -> Diagnosis | None:
    if "refused" in case.expect:
        return _unrefused(case)
    expected, actual = case.expect["fingerprint"], answer["fingerprint"]
    told = "another fingerprint; it is the SHA-256 of the DER SubjectPublicKeyInfo, in hex"
    named = next((name for name, key in keys.items() if _fingerprint(key.public_pem) == actual), None)
    if named is not None:
        told += f"; this one is the key {named}'s"
    return Diagnosis("answer", told, expected.encode(), actual.encode())


def _fingerprint(pem: str) -> str:
    lines = [line for line in pem.split("\n") if line and not line.startswith("-----")]
    digest = hashes.Hash(hashes.SHA256())
    digest.update(base64.b64decode("".join(lines)))
    return digest.finalize().hex()


# --- build: five judgements, in their order ------------------------------------------------------------------------


def _judge_build(case: Case, answer: Mapping[str, Any], keys: Mapping[str, Key]) -> Diagnosis | None:
    if "refused" in case.expect:
        return _unrefused(case)
    request = answer["request"]
    body = base64.b64decode(request["body"] or "")
    return (
        _headers(case, request["headers"])
        or _signed_is_sent(case, request, body, keys)
        or _body(case.expect["request"]["json_text"], body)
        or _target(case, request)
        or _ascii(body)
    )


def _passes_build(case: Case, request: Mapping[str, Any], keys: Mapping[str, Key]) -> bool:
    body = base64.b64decode(request["body"] or "")
    if (request["method"], request["url"]) != (case.input["method"], case.input["url"]) or not body.isascii():
        return False
    if _headers(case, request["headers"]) or _body(case.expect["request"]["json_text"], body):
        return False
    subject = _answered(case, request, body)
    if isinstance(subject, Diagnosis):
        return False
    return fits(keys[case.input["key"]].public_pem, _message(subject), _signature_header(case, request))


def _signature_header(case: Case, request: Mapping[str, Any]) -> str:
    wanted = next(name for name in case.expect["request"]["headers"] if "signature" in name.lower()).lower()
    return str(next(value for name, value in request["headers"].items() if name.lower() == wanted))


def _headers(case: Case, headers: Mapping[str, str]) -> Diagnosis | None:
    wanted = {name.lower() for name in case.expect["request"]["headers"]}
    names = [name.lower() for name in headers]
    repeated = next((name for name in SIGNATURE_HEADERS if names.count(name) > 1), None)
    if repeated is not None:
        return Diagnosis("headers", f"{repeated} is there twice; send it once (P45)")
    missing = [name for name in SIGNATURE_HEADERS if name in wanted and name not in names]
    surplus = [name for name in SIGNATURE_HEADERS if name in names and name not in wanted]
    if missing or surplus:
        parts = [f"{' and '.join(missing)} missing"] if missing else []
        parts += [f"{' and '.join(surplus)} not wanted here"] if surplus else []
        return Diagnosis("headers", f"{', '.join(parts)}; this form carries {' and '.join(sorted(wanted))} (S6, P12)")
    sent = {name.lower(): value for name, value in headers.items()}.get("x-merchant-id")
    asked = case.input["merchant_id"]
    if "x-merchant-id" in wanted and sent is not None and sent.strip(" \t") != asked:
        return Diagnosis("headers", "x-merchant-id does not carry the merchant id", asked.encode(), sent.encode())
    return None


def _signed_is_sent(case: Case, request: Mapping[str, Any], body: bytes, keys: Mapping[str, Key]) -> Diagnosis | None:
    """Judgement 2 (S41), over what was answered, whatever was asked for."""
    subject = _answered(case, request, body)
    if isinstance(subject, Diagnosis):
        return subject
    message = _message(subject)
    text = _signature_header(case, request)
    key = keys[case.input["key"]]
    if fits(key.public_pem, message, text):
        return None
    found = diagnose.signature(subject, message, text, key, keys)
    if found is None:
        return Diagnosis("signed = sent", "pyca/cryptography refuses the signature", message)
    return Diagnosis("signed = sent", f"{found.stage}: {found.sentence}", found.expected, found.actual)


def _answered(case: Case, request: Mapping[str, Any], body: bytes) -> Subject | Diagnosis:
    """What the answered request means for its form; a Diagnosis where the form cannot be read from it."""
    form = str(case.input["form"])
    asked = {"url": case.input["url"], "body": base64.b64decode(case.input.get("json_text") or "")}
    found: dict[str, Any] = {"form": form, "method": request["method"], "url": request["url"], "body": body}
    found |= {"merchant_id": case.input["merchant_id"], "asked": asked}
    if form in ("card_details", "payout_card_details"):
        try:
            value = tokens.parse(body)
        except tokens.JsonError as error:
            return Diagnosis("body", f"the body is not JSON, so no message can be made of it: {error}")
        for field, member in (("transaction_id", "transaction_id"), ("card_number", "number")):
            item = value.get(member) if isinstance(value, tokens.Object) else None
            if isinstance(item, str):
                found[field] = item
            elif field == "transaction_id" or form == "payout_card_details":
                return Diagnosis("body", f"$.{member}: not a string in the body that was sent, so it cannot be signed")
    if form == "payout_lookup":
        given = _lookup_values(request["url"])
        if len(given) != 1:
            told = f"the URL has {len(given)} of uuid and external_id in its query; exactly one is looked up (P8)"
            return Diagnosis("URL", told, case.input["url"].encode(), request["url"].encode())
        found["value"] = given[0]
    return Subject(**found)


def _lookup_values(url: str) -> list[str]:
    try:
        query = urlsplit(url).query
    except ValueError:  # a host in brackets that is no address
        query = url.partition("?")[2]
    pairs = parse_qsl(query, keep_blank_values=True)
    return [value for name, value in pairs if name in ("uuid", "external_id")]


def _body(json_text: str | None, body: bytes) -> Diagnosis | None:
    if json_text is not None:
        return diagnose.body(base64.b64decode(json_text), body)
    return Diagnosis("body", "a body was sent where none was asked for", b"", body) if body else None


def _target(case: Case, request: Mapping[str, Any]) -> Diagnosis | None:
    if request["method"] != case.input["method"]:
        told = f"the method sent is {request['method']!r}, asked was {case.input['method']!r}"
        return Diagnosis("URL", told, case.input["method"].encode(), request["method"].encode())
    if request["url"] != case.input["url"]:
        return diagnose.url(case.input["url"], request["url"])
    return None


def _ascii(body: bytes) -> Diagnosis | None:
    if body.isascii():
        return None
    at = next(i for i, byte in enumerate(body) if byte > 0x7F)
    told = f"the body holds a byte beyond ASCII at {at}; escape such characters as \\uXXXX (S2, P17)"
    escaped = "".join(char if char.isascii() else tokens.quote(char)[1:-1] for char in body.decode())
    return Diagnosis("ASCII", told, escaped.encode(), body)


_Judge = Callable[[Case, Mapping[str, Any], Mapping[str, Key]], Diagnosis | None]
_JUDGES: dict[str, _Judge] = {
    "message": _judge_message,
    "sign": _judge_sign,
    "verify": _judge_verify,
    "minify": _judge_minify,
    "load_key": _judge_load_key,
    "build": _judge_build,
}
