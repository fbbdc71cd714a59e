"""Deterministic RSA test keys: the same seed makes the same primes, on any machine.

The primes that the seeds make are kept in ``data/keys.json``, for the search takes seconds; ``generate.py --keys``
makes them anew and compares. Such keys protect nothing: anyone can make them from the seeds.
"""

from __future__ import annotations

import hashlib
import math

SMALL_PRIMES = [p for p in range(3, 2000) if all(p % q for q in range(2, math.isqrt(p) + 1))]
SIEVE = math.prod(SMALL_PRIMES)
ROUNDS = 40  # Miller-Rabin, error below 4**-40 for any candidate


class Stream:
    """An endless stream of octets from a seed: SHA-256 over the seed and a counter."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._counter = 0

    def integer(self, bits: int) -> int:
        """The next number of at most so many bits (a multiple of 8)."""
        data = b""
        while len(data) < bits // 8:
            data += hashlib.sha256(self._seed + self._counter.to_bytes(8, "big")).digest()
            self._counter += 1
        return int.from_bytes(data[: bits // 8], "big")


def is_probable_prime(number: int, stream: Stream) -> bool:
    """Miller-Rabin with bases from the stream."""
    twos = ((number - 1) & -(number - 1)).bit_length() - 1
    odd = (number - 1) >> twos
    for _ in range(ROUNDS):
        base = 2 + stream.integer(256) % (number - 3)
        power = pow(base, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def prime(bits: int, e: int, stream: Stream) -> int:
    """The stream's next prime of exactly so many bits, its two top bits set, with p - 1 prime to e."""
    while True:
        number = stream.integer(bits) | 3 << (bits - 2) | 1
        if math.gcd(number, SIEVE) == 1 and math.gcd(number - 1, e) == 1 and is_probable_prime(number, stream):
            return number


def primes(seed: str, bits: int, e: int) -> tuple[int, int]:
    """p > q for a modulus of exactly ``bits`` bits."""
    stream = Stream(seed)
    first, second = prime(bits // 2, e, stream), prime(bits // 2, e, stream)
    return max(first, second), min(first, second)
