"""What the tests of the judge share: a documented request, and a right answer to a build case."""

from __future__ import annotations

import base64
from typing import Any

from conformance.judge import judge
from conformance.model import Case, Judgement, Key, Level

UUID = "3a5f04af-fb52-41ce-b9bc-283e72207cd5"
URL = "https://api-dev.example.com/api/v1/merchant/transactions/"
BODY = b'{"amount":150.23,"city":"Oslo"}'
MESSAGE = b"POST" + URL.encode() + BODY
REQUEST = {"form": "request", "method": "POST", "url": URL}


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def sentence(judgement: Judgement) -> str:
    assert judgement.diagnosis is not None
    return judgement.diagnosis.sentence


def stage(judgement: Judgement) -> str:
    assert judgement.diagnosis is not None
    return judgement.diagnosis.stage


class Built:
    """A right answer to a build case, to be spoilt field by field."""

    def __init__(self, make_case: Any, signer: Any, keys: dict[str, Key], json_text: bytes | None = BODY) -> None:
        self.signer, self.keys = signer, keys
        self.given: dict[str, Any] = {**REQUEST, "merchant_id": "m-1", "key": "merchant"}
        if json_text is None:
            self.given["method"] = "GET"
        else:
            self.given["json_text"] = b64(json_text)
        self.wanted = ["x-merchant-id", "x-signature"]
        self.make_case = make_case
        self.method, self.url, self.body = str(self.given["method"]), URL, json_text
        self.headers: dict[str, str] = {"X-Merchant-Id": "m-1"}
        self.level = Level.MUST

    @property
    def case(self) -> Case:
        expect = {"request": {"headers": self.wanted, "json_text": self.given.get("json_text")}}
        case: Case = self.make_case("build", self.given, expect, level=self.level)
        return case

    def sign(self, message: bytes | None = None) -> None:
        if message is None:
            message = f"{self.method}{self.url}".encode() + (self.body or b"")
        name = "X-Signature" if "x-signature" in self.wanted else "X-Short-Signature"
        self.headers[name] = self.signer.header(message)

    def judge(self) -> Judgement:
        body = None if self.body is None else b64(self.body)
        request = {"method": self.method, "url": self.url, "body": body, "headers": self.headers}
        return judge(self.case, {"id": "1", "request": request}, self.keys)
