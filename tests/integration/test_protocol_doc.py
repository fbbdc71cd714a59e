"""docs/harness-protocol.md keeps to the schema, and the skeleton it points to runs."""

from __future__ import annotations

import base64
import json
import re
import sys
from typing import Any

import jsonschema_rs
import pytest

from tests.integration.harness_driver import ROOT, Harness
from vectors.generators import document as doc

PAGE = (ROOT / "docs" / "harness-protocol.md").read_text(encoding="utf-8")
SCHEMA = json.loads((ROOT / "vectors" / "schema" / "protocol.schema.json").read_text(encoding="utf-8"))
SKELETON = ROOT / "examples" / "minimal_harness.py"


def fenced(language: str) -> list[str]:
    """The page's code blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def transcript() -> list[tuple[str, dict[str, Any]]]:
    """The transcript's lines: (mark, object)."""
    (block,) = fenced("text")
    assert block.isascii()
    return [(line[0], json.loads(line[2:])) for line in block.splitlines()]


def accepts(definition: str, line: object) -> bool:
    """Whether a line fits the schema's ``command`` or ``answer``."""
    return jsonschema_rs.is_valid({"$ref": f"#/$defs/{definition}", "$defs": SCHEMA["$defs"]}, line)


def test_each_line_of_the_transcript_fits_the_schema() -> None:
    lines = transcript()
    assert {mark for mark, _ in lines} == {">", "<"}
    for mark, line in lines:
        assert accepts("command" if mark == ">" else "answer", line), line
    assert not accepts("answer", {"id": "1", "value": "no base64"})


def test_the_examples_in_the_text_fit_the_schema() -> None:
    for block in fenced("json"):
        assert accepts("answer", json.loads(block.replace("…", "...")))


def test_the_transcript_answers_each_op_once_and_rightly() -> None:
    lines = transcript()
    asked = {line["id"]: line for mark, line in lines if mark == ">" and "id" in line}
    answered = [line for mark, line in lines if mark == "<" and "id" in line]
    assert sorted(line["id"] for line in answered) == sorted(asked)
    assert {line["op"] for line in asked.values()} == {
        "message",
        "sign",
        "verify",
        "build",
        "minify",
        "load_key",
        "noop",
    }
    (message,) = (line for line in answered if "value" in line)
    told = asked[message["id"]]
    assert base64.b64decode(message["value"]).decode() == told["method"] + told["url"]


def test_the_page_names_every_op_form_and_field_of_the_schema() -> None:
    names = {
        name
        for command in SCHEMA["$defs"]["command"]["oneOf"]
        for name in (*command["properties"], command["properties"].get("op", {}).get("const", "op"))
    }
    names |= set(SCHEMA["$defs"]["command"]["oneOf"][-3]["properties"]["form"]["enum"])
    missing = {name for name in names if f"`{name}`" not in PAGE and f'"{name}"' not in PAGE}
    assert not missing


@pytest.mark.parametrize("end", [Harness.bye, Harness.end_of_input])
def test_the_skeleton_runs(end: Any) -> None:
    with Harness([sys.executable, str(SKELETON)]) as harness:
        assert harness.hello()["supports"] == {op: ["request", "webhook"] for op in ("message", "sign", "verify")}
        assert "refused" in harness.key("bad", None, "no key")
        assert harness.key("doc", doc.PRIVATE_PEM, doc.PUBLIC_PEM) == {"ok": True}
        fields = {"form": "request", "method": "POST", "url": doc.CREATE_URL, "body": doc.CREATE_BODY}
        message = harness.op(op="message", **fields)["value"]
        assert base64.b64decode(message) == f"POST{doc.CREATE_URL}".encode() + doc.CREATE_BODY
        fields["key"] = "doc"
        assert harness.op(op="sign", **fields) == {"signature": doc.CREATE_SIGNATURE}
        assert harness.op(op="verify", signature=doc.CREATE_SIGNATURE, **fields) == {"valid": True}
        assert harness.op(op="verify", signature=doc.LOOKUP_SIGNATURE, **fields) == {"valid": False}
        assert harness.op(op="verify", signature="\u00ff", **fields) == {"valid": False}
        assert "error" in harness.op(op="minify", text=b"{}")
        assert harness.ops([{"op": "noop"}] * 8) == [{}] * 8
        assert end(harness) == 0
