"""How fast ``sign_many`` is beside ``openssl speed`` on the same libcrypto: one thread, and two.

    ./run bench openssl [--rounds 9] [--seconds 1]

A round runs all four measurements one after another, so that a machine which slows down slows all of them; a round's
ratio compares neighbours, and the median of the ratios counts. ``openssl speed`` signs one fixed block without hashing
it; ``sign_many`` hashes 1000 messages of 36 to 600 bytes a batch, and returns a list of bytes. Both count elapsed time.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

from bench import openssl_speed
from signing_core import BackendUnavailable, PrivateKey, backends

COUNT = 1000
TARGET = 0.97


def ours(key: PrivateKey, messages: list[bytes], seconds: int, threads: int) -> float:
    """Signatures a second of ``sign_many`` on ``threads`` threads, over whole batches."""
    begin = now = time.perf_counter()
    done = 0
    while now - begin < seconds:
        done += len(key.sign_many(messages, threads=threads))
        now = time.perf_counter()
    return done / (now - begin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=1, help="length of one measurement")
    options = parser.parse_args()
    if openssl_speed.OPENSSL is None:
        raise SystemExit(openssl_speed.ABSENT)
    try:
        backends.use("openssl")
    except BackendUnavailable as error:
        raise SystemExit(str(error)) from None
    facts = backends.info()
    version = subprocess.run(
        [openssl_speed.OPENSSL, "version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    print(
        f"signing_core: {facts.openssl}; command: {version}; {facts.machine}, {facts.cpus} processors, {facts.kernel}"
    )

    key = PrivateKey.generate()
    messages = [bytes([i % 256]) * (36 + i * 564 // (COUNT - 1)) for i in range(COUNT)]
    key.sign_many(messages)  # warm up: the key's C form, the threads, the processor's clock
    rows: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
    for number in range(options.rounds):
        for threads, row in rows.items():
            theirs = openssl_speed.rates(threads, options.seconds)["sign"]
            row.append((theirs, ours(key, messages, options.seconds, threads)))
        print(f"round {number + 1}: " + ", ".join(f"{t} → {row[-1][1] / row[-1][0]:.3f}" for t, row in rows.items()))

    print(f"\n{'threads':>7} {'openssl/s':>10} {'ours/s':>10} {'ratio':>7} {'least':>7} {'most':>7}   target {TARGET}")
    missed = False
    for threads, row in rows.items():
        ratios = [own / peer for peer, own in row]
        ratio = statistics.median(ratios)
        missed |= ratio < TARGET
        medians = [statistics.median(column) for column in zip(*row, strict=True)]
        verdict = "met" if ratio >= TARGET else "missed"
        spread = f"{min(ratios):>7.3f} {max(ratios):>7.3f}"
        print(f"{threads:>7} {medians[0]:>10.0f} {medians[1]:>10.0f} {ratio:>7.3f} {spread}   {verdict}")
    sys.exit(missed)


if __name__ == "__main__":
    main()
