"""Confirms with the openssl command what the generators computed with Python's int: keys, signatures, key files.

What openssl cannot be asked is counted too, so that the sum is the number of cases with a key or signature in them.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tempfile
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from . import forms, keys
from .edgecases import rsa

Check = tuple[
    str, Callable[[Path], str | None]
]  # what is confirmed; the check, given a folder of its own: None or a fault


def confirm(documents: list[dict[str, Any]]) -> int:
    """Confirms every file; prints what was confirmed and what was found wrong. Returns the exit code."""
    if shutil.which("openssl") is None:
        print("there is no openssl command to confirm with: install openssl")
        return 1
    checks = list(_checks(documents))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        faults = [fault for fault in pool.map(lambda pair: _run(Path(folder), *pair), enumerate(checks)) if fault]
    for what, count in sorted(Counter(what for what, _ in checks).items()):
        print(f"{count:4} {what}")
    print("\n".join(faults) or "all confirmed by " + _openssl("version")[1].decode().strip())
    return 1 if faults else 0


def _run(folder: Path, number: int, check: Check) -> str | None:
    own = folder / str(number)
    own.mkdir()
    return check[1](own)


def _checks(documents: list[dict[str, Any]]) -> Iterator[Check]:
    entries = {name: key for document in documents for name, key in document["keys"].items()}
    for name, key in entries.items():
        yield "keys: sound, and public from private", partial(_key, name=name, key=key)
    for document in documents:
        for case in document["cases"]:
            if case["op"] == "sign" and "signature" in case["expect"]:
                yield "signatures made alike", partial(_sign, case=case, entries=entries)
            elif case["op"] == "verify":
                yield _verify(case, entries)
            elif case["op"] == "load_key":
                yield _load(case)
    for kind in ("ec", "ed25519", "dsa"):
        yield "foreign key pairs: opened, and not RSA", partial(_foreign, kind=kind)
    yield "certificates of a key of the corpus", _certificate


def _key(folder: Path, name: str, key: dict[str, Any]) -> str | None:
    private = _file(folder, "private.pem", key["private_pem"].encode())
    sound, _ = _openssl("rsa", "-in", private, "-check", "-noout")
    _, public = _openssl("pkey", "-in", private, "-pubout")
    return None if sound and public.decode() == key["public_pem"] else f"key {name}: openssl does not confirm it"


def _sign(folder: Path, case: dict[str, Any], entries: dict[str, Any]) -> str | None:
    private = _file(folder, "private.pem", entries[case["input"]["key"]]["private_pem"].encode())
    message = _file(folder, "message", forms.of(case["input"]).message)
    _, signature = _openssl("dgst", "-sha256", "-sign", private, message)
    return None if rsa.header(signature) == case["expect"]["signature"] else f"{case['id']}: openssl signs otherwise"


def _verify(case: dict[str, Any], entries: dict[str, Any]) -> Check:
    key, valid = entries[case["input"]["key"]], case["expect"]["valid"]
    signature = rsa.decode_header(case["input"]["signature"])
    if signature is None:
        return "header texts that are no strict base64: nothing to ask openssl", lambda folder: None
    if len(signature) * 8 != key["bits"]:
        # openssl reads only as many octets as the modulus has
        fault = f"{case['id']}: valid, and of the wrong length" if valid else None
        return "signatures of a wrong length: not asked", lambda folder: fault

    def check(folder: Path) -> str | None:
        public = _file(folder, "public.pem", key["public_pem"].encode())
        message = _file(folder, "message", forms.of(case["input"]).message)
        stated = _file(folder, "signature", signature)
        accepted, _ = _openssl("dgst", "-sha256", "-verify", public, "-signature", stated, message)
        return None if accepted is valid else f"{case['id']}: stated valid={valid}, openssl says {accepted}"

    return f"signatures found {'valid' if valid else 'invalid'}", check


def _load(case: dict[str, Any]) -> Check:
    kind = "private" if "private" in case["input"] else "public"
    data = base64.b64decode(case["input"][kind])
    expected, password = case["expect"].get("fingerprint"), case["input"].get("password")
    if expected is None and b"ENCRYPTED" not in data:
        return "key files refused: not asked, for openssl takes other kinds of key", lambda folder: None

    def check(folder: Path) -> str | None:
        arguments = ["-in", _file(folder, "key", _plain(data)), "-pubout", "-outform", "DER"]
        arguments += ["-pubin"] if kind == "public" else []
        arguments += ["-passin", f"file:{_file(folder, 'password', password.encode())}" if password else "pass:"]
        opened, spki = _openssl("pkey", *arguments)
        found = hashlib.sha256(spki).hexdigest() if opened else None
        return None if found == expected else f"{case['id']}: openssl finds {found}, stated is {expected}"

    return f"key files {'opened' if expected else 'closed without their password'}", check


def _plain(file: bytes) -> bytes:
    """The key's PEM in lines, or its DER, out of whatever it is wrapped in."""
    if b"-----" not in file:
        decoded = base64.b64decode(file)
        return _plain(decoded) if b"-----" in decoded else decoded
    text = file.replace(b"\\n", b"\n").strip()
    if b"\n" not in text:
        _, begin, body, end, _ = text.decode("ascii").split("-----")
        lines = textwrap.wrap(body.replace(" ", ""), 64)
        text = "\n".join([f"-----{begin}-----", *lines, f"-----{end}-----"]).encode()
    return text + b"\n"


def _foreign(_folder: Path, kind: str) -> str | None:
    for half, public_in in (("private", ()), ("public", ("-pubin",))):
        file = str(keys.DATA / f"{kind}-{half}.pem")
        opened, _ = _openssl("pkey", "-in", file, *public_in, "-noout")
        is_rsa, _ = _openssl("rsa", "-in", file, *public_in, "-noout")
        if is_rsa or not opened:
            return f"{file}: no {kind} key to openssl"
    return None


def _certificate(_folder: Path) -> str | None:
    file = str(keys.DATA / "certificate.pem")
    _, public = _openssl("x509", "-in", file, "-noout", "-pubkey")
    return None if public.decode() == keys.public_pem(keys.PRODUCTION) else f"{file}: not of the key production"


def _file(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def _openssl(*arguments: str) -> tuple[bool, bytes]:
    """Whether openssl exits with 0, and what it writes."""
    done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S607
    return done.returncode == 0, done.stdout
