"""Does the time of the kernel tell anything about key or message? Welch's t-test on the real build.

    ./run ct-time [--signatures 1000000] [--only message key] [--json FILE]

A measurement is the time in which the C core signs eight messages of equal length, with hashing, blinding and fault
check: in one call, in the eight lanes, or ("alone") in a call for each, whose numbers lie across the lanes. Its class
is drawn at random. Tests of two classes each:

message, message-alone   a fixed message, and random ones; one key
key, key-alone           a key with sparse exponents (bench/sparse_key.py), and random keys. Each measurement loads its
                         key anew and signs once before, untimed: a key that stays in memory has addresses of its own,
                         which alone could tell it from others
control                  the second class signs messages that are longer by 1 KB each: a difference that the test must
                         find

|t| must stay below 4.5 in each crop (bench/welch.py) of all but the control, and exceed it there. Exit code: 0 so it
is; 1 it is not; 2 the kernel does not run here. What cannot be seen at this count is told as "seen from": a difference
of the means of 4.5 standard errors.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench.sparse_key import sparse_key
from bench.welch import BOUND, Crop, crops
from signing_core import _native, backends

LANES = 8
BITS = 2048
BYTES = 600  # of a message, as requests have them
LONGER = 1024
KEYS = 64  # random keys
WARM_UP = 64
CONTROL_SHARE = 20  # the control needs a twentieth of the measurements


@dataclass(frozen=True)
class Signing:
    """A measurement's input: which key object, and the texts and length of the eight messages."""

    key: _native.Key
    text: bytes
    bytes: int
    new: bool = False  # the key has not signed yet
    alone: bool = False  # a call for each message


class Machine:
    """Calls of sk_sign_batch from and into the same memory each time, so that no class has addresses of its own."""

    def __init__(self) -> None:
        from signing_core._native_cffi import ffi, lib  # only where it was built

        self._ffi, self._lib = ffi, lib
        stride = BYTES + LONGER
        self._memory = ffi.new("uint8_t[]", LANES * stride)
        self._data = ffi.new("uint8_t *[]", [self._memory + i * stride for i in range(LANES)])
        self._sizes = ffi.new("size_t[]", LANES)
        self._messages = [ffi.new("sk_strings *", (self._data + i, self._sizes + i)) for i in range(LANES)]
        self._handles = ffi.new("sk_key *[]", 1)
        self._ring = ffi.new("sk_keyring *", (self._handles, 1, ffi.NULL))
        self._out = ffi.new("uint8_t[]", LANES * BITS // 8)

    def time(self, signing: Signing) -> int:
        """Nanoseconds that it takes."""
        ffi, lib = self._ffi, self._lib
        ffi.buffer(self._memory)[:] = signing.text
        for lane in range(LANES):
            self._sizes[lane] = signing.bytes
        self._handles[0] = signing.key.handle
        counts = [1] * LANES if signing.alone else [LANES]
        calls = [
            (self._ring, messages, count, lib.SK_KERNEL_LANES, self._out, BITS // 8)
            for count, messages in zip(counts, self._messages, strict=False)
        ]
        if signing.new:
            lib.sk_sign_batch(*calls[0])
        begin = time.perf_counter_ns()
        status = [lib.sk_sign_batch(*call) for call in calls]
        end = time.perf_counter_ns()
        if any(one != lib.SK_OK for one in status):
            _native.fail("signing failed")
        return end - begin


Draw = Callable[[int], Signing]  # the input of a measurement of class 0 or 1; costs the same for both


def der(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def random_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=BITS)


def texts() -> bytes:
    return os.urandom(LANES * (BYTES + LONGER))


def message_test(alone: bool = False) -> Draw:
    key, fixed = _native.Key.private(der(random_key())), texts()

    def draw(kind: int) -> Signing:
        return Signing(key, (fixed, texts())[kind], BYTES, alone=alone)

    return draw


def key_test(alone: bool = False) -> Draw:
    sparse, others = der(sparse_key()), [der(random_key()) for _ in range(KEYS)]

    def draw(kind: int) -> Signing:
        random_one = others[random.randrange(KEYS)]  # noqa: S311 - no secret
        return Signing(_native.Key.private((sparse, random_one)[kind]), texts(), BYTES, True, alone)

    return draw


def control_test() -> Draw:
    key = _native.Key.private(der(random_key()))

    def draw(kind: int) -> Signing:
        return Signing(key, texts(), BYTES + (0, LONGER)[kind])

    return draw


TESTS: dict[str, Callable[[], Draw]] = {
    "control": control_test,
    "message": message_test,
    "key": key_test,
    "message-alone": partial(message_test, alone=True),
    "key-alone": partial(key_test, alone=True),
}


def measure(name: str, count: int) -> list[list[int]]:
    """``count`` measurements, in the order of coin tosses; their times by class."""
    machine, draw = Machine(), TESTS[name]()
    times: list[list[int]] = [[], []]
    for i in range(WARM_UP):
        machine.time(draw(i % 2))
    begin = time.monotonic()
    gc.disable()
    for i in range(count):
        kind = random.getrandbits(1)
        times[kind].append(machine.time(draw(kind)))
        if (i + 1) % max(count // 20, 1) == 0:
            left = (time.monotonic() - begin) / (i + 1) * (count - i - 1)
            print(f"{name}: {(i + 1) * LANES} signatures, {left:.0f} s left", file=sys.stderr, flush=True)
    gc.enable()
    return times


def report(name: str, found: Sequence[Crop]) -> bool:
    """Print the table of one test; whether it came out as it must."""
    worst = max(found, key=lambda crop: abs(crop.t))
    print(f"\n{name}: |t| = {abs(worst.t):.2f}, signatures: {sum(found[0].counts) * LANES}")
    print(
        f"{'kept':>5} {'first':>7} {'second':>7} {'mean, ns':>11} {'difference, ns':>15} {'seen from, ns':>14} {'t':>8}"
    )
    for crop in found:
        print(
            f"{crop.percent:>4}% {crop.counts[0]:>7} {crop.counts[1]:>7} {crop.means[0]:>11.0f} "
            f"{crop.difference:>+15.1f} {BOUND * crop.error:>14.1f} {crop.t:>+8.2f}"
        )
    differs = abs(worst.t) >= BOUND
    right = differs == (name == "control")
    verdict = "the classes differ" if differs else "no difference found"
    print(f"{name}: {verdict}: {'as it must be' if right else 'WRONG'}")
    return right


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./run ct-time", description=__doc__.partition("\n")[0])
    parser.add_argument("--signatures", type=int, default=1_000_000, help="of each test (default: 1000000)")
    parser.add_argument("--only", nargs="+", choices=list(TESTS), default=list(TESTS), help="which tests")
    parser.add_argument("--json", metavar="FILE", help="write the figures as well")
    options = parser.parse_args(arguments)
    if options.signatures < 2 * CONTROL_SHARE * LANES:
        parser.error(f"--signatures {options.signatures}: at least {2 * CONTROL_SHARE * LANES}")
    if not (_native.available and _native.lanes_run()):
        reason = _native.ABSENCE or "the processor or the system lacks AVX-512 IFMA"
        print(f"ct-time: the eight-lane kernel does not run here: {reason}", file=sys.stderr)
        return 2
    facts = backends.info()
    about: dict[str, Any] = {
        "machine": facts.machine,
        "kernel": facts.kernel,
        "cpus": facts.cpus,
        "openssl": facts.openssl,
    }
    print(", ".join(f"{name} {value}" for name, value in about.items()))
    right, figures = True, {}
    for name in options.only:
        count = options.signatures // LANES // (CONTROL_SHARE if name == "control" else 1)
        before = os.getloadavg()[0]
        found = crops(*measure(name, count))
        right &= report(name, found)
        print(f"{name}: load of the machine {before:.1f} before, {os.getloadavg()[0]:.1f} after")
        figures[name] = [crop._asdict() for crop in found]
    if options.json:
        text = json.dumps({**about, "bound": BOUND, "tests": figures}, indent=1)
        Path(options.json).write_text(text + "\n", encoding="utf-8")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
