"""What a suite is made of, and how it becomes a file: ordered, indented, ASCII, ending in LF."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from . import keys
from .edgecases import Edge, rsa
from .edgecases.rsa import Key
from .forms import Form, b64
from .notes import NOTES

MODULES = "vectors/generators/suites"
DOCUMENT_VERSION = "merchant API description, last update 10.01.2025"
MERCHANT_ID = "merchant-0042"
HEADERS = {
    "request": ("x-merchant-id", "x-signature"),
    "payout_lookup": ("x-merchant-id", "x-signature"),
    "card_details": ("x-merchant-id", "x-short-signature"),
    "payout_card_details": ("x-merchant-id", "x-short-signature"),
    "response": ("x-signature",),
    "webhook": ("x-signature",),
}


@dataclass(frozen=True)
class Target:
    """Where a built request goes, and the key that signs it."""

    form: str
    method: str
    url: str
    key: Key


class Suite:
    """The cases of one vector file, ``vectors/<folder>/<name>.json``.

    Every method adds one case. ``clauses`` and ``flags`` are comma-separated; the first clause is the one that decides.
    What a case expects is computed here from the bytes to sign and the key, never typed in.
    """

    def __init__(self, folder: str, name: str) -> None:
        self.folder = folder
        self.name = name
        self.cases: list[dict[str, Any]] = []
        self._keys: dict[str, Key] = {}

    def add(
        self,
        case_id: str,
        comment: str,
        clauses: str,
        op: str,
        input_: dict[str, Any],
        expect: dict[str, Any],
        *,
        level: str = "must",
        flags: str = "",
        differs_from: str | None = None,
    ) -> None:
        """Any case, its input and expectation as the file holds them."""
        self.cases.append(
            {
                "id": case_id,
                "comment": comment,
                "level": level,
                "clauses": _split(clauses),
                "flags": _split(flags),
                "differs_from": differs_from,
                "op": op,
                "input": input_,
                "expect": expect,
            }
        )

    def message(
        self, case_id: str, comment: str, clauses: str, form: Form, *, refused: bool = False, **rest: Any
    ) -> None:
        """The bytes to sign, or their refusal."""
        self.add(case_id, comment, clauses, "message", form.fields, _value_or_refused(form.message, refused), **rest)

    def sign(
        self, case_id: str, comment: str, clauses: str, form: Form, key: Key, *, refused: bool = False, **rest: Any
    ) -> None:
        """The header's text, for PKCS#1 v1.5 is deterministic and there is only one right one; or its refusal."""
        expect = {"refused": True} if refused else {"signature": rsa.header(rsa.sign(key, form.message))}
        self.add(case_id, comment, clauses, "sign", {**form.fields, "key": self._use(key)}, expect, **rest)

    def verify(
        self,
        case_id: str,
        comment: str,
        clauses: str,
        form: Form,
        key: Key,
        signature: bytes | str | None = None,
        *,
        valid: bool,
        **rest: Any,
    ) -> None:
        """A signature (octets, or the header's text; None: the right one) and whether it holds.

        ``valid`` says what the author means; it is checked against RFC 8017 by Python's int.
        """
        octets = rsa.sign(key, form.message) if signature is None else signature
        text = octets if isinstance(octets, str) else rsa.header(octets)
        decoded = rsa.decode_header(text)
        if valid is not (decoded is not None and rsa.verifies(key, form.message, decoded)):
            raise ValueError(f"{case_id}: stated valid={valid}, which RFC 8017 8.2.2 contradicts")
        input_ = {**form.fields, "key": self._use(key), "signature": text}
        self.add(case_id, comment, clauses, "verify", input_, {"valid": valid}, **rest)

    def edge(self, case_id: str, form: Form, key: Key, edge: Edge, **rest: Any) -> None:
        """An edge case of ``edgecases`` over a form's message; ``clauses`` and ``flags`` may replace its own."""
        rest = {"clauses": edge.clauses, "flags": edge.flags, "level": edge.level} | rest
        self.verify(case_id, edge.comment, rest.pop("clauses"), form, key, edge.signature, valid=edge.valid, **rest)

    def minify(
        self, case_id: str, comment: str, clauses: str, text: bytes, minified: bytes | None, **rest: Any
    ) -> None:
        """Text and the same without its blanks, or None where it must be refused."""
        expect = _value_or_refused(minified or b"", minified is None)
        self.add(case_id, comment, clauses, "minify", {"text": b64(text)}, expect, **rest)

    def load_private(
        self,
        case_id: str,
        comment: str,
        clauses: str,
        file: bytes,
        key: Key | None,
        password: str | None = None,
        **rest: Any,
    ) -> None:
        """A private key's file and the key it holds, or None where it must be refused."""
        input_ = {"private": b64(file), "password": password}
        self.add(case_id, comment, clauses, "load_key", input_, _fingerprint_or_refused(key), **rest)

    def load_public(self, case_id: str, comment: str, clauses: str, file: bytes, key: Key | None, **rest: Any) -> None:
        """A public key's file and the key it holds, or None where it must be refused."""
        self.add(case_id, comment, clauses, "load_key", {"public": b64(file)}, _fingerprint_or_refused(key), **rest)

    def build(
        self,
        case_id: str,
        comment: str,
        clauses: str,
        target: Target,
        json_text: bytes | None,
        *,
        refused: bool = False,
        **rest: Any,
    ) -> None:
        """A whole request from a JSON text (None: no body), or its refusal."""
        input_ = {"form": target.form, "method": target.method, "url": target.url}
        if json_text is not None:
            input_["json_text"] = b64(json_text)
        input_ |= {"merchant_id": MERCHANT_ID, "key": self._use(target.key)}
        request = {"headers": list(HEADERS[target.form]), "json_text": None if json_text is None else b64(json_text)}
        expect = {"refused": True} if refused else {"request": request}
        self.add(case_id, comment, clauses, "build", input_, expect, **rest)

    def _use(self, key: Key) -> str:
        self._keys[key.name] = key
        return key.name

    def text(self) -> str:
        """The file's text."""
        used = {flag for case in self.cases for flag in case["flags"]}
        document = {
            "schema": "vector.schema.json",
            "suite": self.name,
            "version": 1,
            "source": {"name": f"{MODULES}/{self.name.replace('-', '_')}.py", "version": DOCUMENT_VERSION},
            "notes": {flag: NOTES[flag] for flag in sorted(used)},
            "keys": {name: keys.entry(key) for name, key in sorted(self._keys.items())},
            "cases": self.cases,
        }
        return json.dumps(document, indent=1) + "\n"


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if text else []


def _value_or_refused(value: bytes, refused: bool) -> dict[str, Any]:
    return {"refused": True} if refused else {"value": b64(value)}


def _fingerprint_or_refused(key: Key | None) -> dict[str, Any]:
    return {"refused": True} if key is None else {"fingerprint": keys.fingerprint(key)}
