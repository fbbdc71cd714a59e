"""One fixed run of signing_core, for valgrind to count: python -m bench.guard.python_side WORKLOAD.

The working folder has what programs.py and workloads.py put there. As in guard.c, the workload runs uncounted first,
and its results are checked outside of what is counted.
"""

from __future__ import annotations

import ctypes
import gc
import json
import sys
from collections.abc import Callable
from pathlib import Path

from bench.guard.programs import LIBRARY
from bench.guard.workloads import K2048, TEXTS
from signing_core import PrivateKey, backends, canonical, messages, signature

URL = "https://host.example/api/v1/merchant/transactions/?external_id={}"
TIMES, BATCH = 16, 64


class Side:
    """The inputs, and the workloads by name."""

    def __init__(self, folder: Path) -> None:
        self.key = PrivateKey.from_file((folder / K2048).with_suffix(".pem"))
        self.public = self.key.public_key
        self.texts = [(folder / name).read_bytes() for name in TEXTS]
        self.data = json.loads(self.texts[0])
        self.messages = [messages.request("GET", URL.format(number)) for number in range(BATCH)]
        self.signatures = self.key.sign_many(self.messages, threads=1)
        self.made: list[bytes] = []
        self.verdicts: list[bool] = []
        self.workloads: dict[str, Callable[[], None]] = {
            "python-sign": self.sign,
            "python-verify": self.verify,
            "python-texts": self.prepare,
        }

    def sign(self) -> None:
        self.made = [self.key.sign(message) for message in self.messages[:8]]
        self.made += self.key.sign_many(self.messages[:16], threads=1)

    def verify(self) -> None:
        for message, made in zip(self.messages[:16], self.signatures, strict=False):
            self.public.verify(message, made)
        self.verdicts = self.public.verify_many(self.messages, self.signatures, threads=1)

    def prepare(self) -> None:
        for number in range(TIMES):
            url, text = URL.format(number), self.texts[number % len(self.texts)]
            body = canonical.minify(text)
            messages.request("POST", url, body)
            messages.request("POST", url, canonical.dumps(self.data))
            messages.card_details("2f1c9c52")
            messages.payout_card_details("2f1c9c52", "4111111111111111")
            messages.payout_lookup(str(number))
            messages.webhook(body)
            signature.decode(signature.encode(self.signatures[number]))

    def right(self) -> bool:
        """Whether what the workloads have made is right. The second text is the first one, indented."""
        signed = [*self.messages[:8], *self.messages[:16]][: len(self.made)]
        verified = all(self.public.verify_many(signed, self.made)) and all(self.verdicts)
        return verified and canonical.minify(self.texts[1]) == self.texts[0]


def main() -> int:
    name, folder = sys.argv[1], Path()
    library = ctypes.CDLL(f"./{LIBRARY}")
    if not library.guard_fix_random():
        raise SystemExit("OpenSSL does not let its random numbers be fixed")
    backends.use("openssl")
    side = Side(folder)
    work = side.workloads[name]
    for _ in range(3):  # the interpreter specialises what it runs several times
        work()
    gc.collect()
    gc.disable()
    library.guard_measured(ctypes.CFUNCTYPE(None)(work))
    return 0 if side.right() else 1


if __name__ == "__main__":
    sys.exit(main())
