"""The smallest useful harness: two forms and three ops, over pyca/cryptography. docs/harness-protocol.md explains it.

signkit run "cmd:python examples/minimal_harness.py"
"""

import base64
import json
import platform
import sys
from collections.abc import Callable
from typing import Any

import cryptography
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

FORMS = ["request", "webhook"]
SCHEME = (padding.PKCS1v15(), hashes.SHA256())
keys: dict[str, Any] = {}


def hello(c: dict[str, Any]) -> dict[str, Any]:
    who = {"name": "minimal", "version": cryptography.__version__, "language": "Python"}
    who |= {"runtime": platform.python_version(), "url": "https://cryptography.io"}
    supports = dict.fromkeys(("message", "sign", "verify"), FORMS)
    return {"protocol": c["protocol"], "implementation": who, "supports": supports, "max_inflight": 8}


def key(c: dict[str, Any]) -> dict[str, Any]:
    private = c["private_pem"] and serialization.load_pem_private_key(c["private_pem"].encode(), None)
    keys[c["name"]] = private, serialization.load_pem_public_key(c["public_pem"].encode())
    return {"ok": True}


def message(c: dict[str, Any]) -> bytes:
    start = c["method"] + c["url"] if c["form"] == "request" else ""
    return start.encode() + base64.b64decode(c["body"])


def sign(c: dict[str, Any]) -> str:
    return base64.b64encode(keys[c["key"]][0].sign(message(c), *SCHEME)).decode()


def verify(c: dict[str, Any]) -> bool:
    try:
        keys[c["key"]][1].verify(base64.b64decode(c["signature"], validate=True), message(c), *SCHEME)
    except (InvalidSignature, ValueError):
        return False
    return True


COMMANDS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "hello": hello,
    "key": key,
    "message": lambda c: {"value": base64.b64encode(message(c)).decode()},
    "sign": lambda c: {"signature": sign(c)},
    "verify": lambda c: {"valid": verify(c)},
    "noop": lambda c: {},
}

for line in sys.stdin.buffer:
    command = json.loads(line)
    if command["cmd"] == "bye":
        break
    try:
        answer = COMMANDS[command.get("op", command["cmd"])](command)
    except ValueError as error:  # the library declines the input
        answer = {"refused": str(error)}
    except Exception as error:
        answer = {"error": {"kind": type(error).__name__, "message": str(error)}}
    print(json.dumps(answer | {"id": command["id"]} if "id" in command else answer), flush=True)
