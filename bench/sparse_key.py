"""An RSA-2048 key whose CRT exponents are nearly all zeros: the far end from a random key for an exponentiation.

With e d_p = 1 + k (p - 1), choosing k and a sparse d_p gives p = (e d_p - 1) / k + 1; the low 17 bits of d_p make the
division come out even, all others are zero but four. About one p in 350 is prime. For measurements only: such a key is
weak (small secret parts are found by lattices and by exhaustion).
"""

from __future__ import annotations

import math
import random

from cryptography.hazmat.primitives.asymmetric import rsa

__all__ = ["sparse_key"]

E = 65537
BITS = 1024
LOW = 17  # bits of d_p that are not sparse: they hold any remainder modulo k < 2^16
SMALL = math.prod(n for n in range(3, 2000, 2) if all(n % d for d in range(3, math.isqrt(n) + 1, 2)))


def _prime(source: random.Random) -> tuple[int, int]:
    """p, and its sparse exponent d_p."""
    while True:
        k = source.randrange(E // 2 + 1, E * 100 // 142) | 1  # e / k in 1.42 ... 2, so p is 1.42 ... 2 times 2^1023
        sparse = 1 << BITS - 1 | sum(1 << bit for bit in source.sample(range(LOW, BITS - 1), 3))
        low = (pow(E, -1, k) - sparse) % k
        exponent = sparse + low + (0 if low % 2 else k)
        less, rest = divmod(E * exponent - 1, k)
        p = less + 1
        if rest or p.bit_length() != BITS or p % 2 == 0 or math.gcd(p, SMALL) > 1:
            continue
        if all(pow(base, less, p) == 1 for base in (2, 3, 5)):
            return p, exponent


def sparse_key(seed: int = 1) -> rsa.RSAPrivateKey:
    """The same key for the same seed. Takes some seconds."""
    source = random.Random(seed)  # noqa: S311 - the same key each time
    (p, dp), (q, dq) = _prime(source), _prime(source)
    d = pow(E, -1, math.lcm(p - 1, q - 1))
    numbers = rsa.RSAPrivateNumbers(p, q, d, dp, dq, pow(q, -1, p), rsa.RSAPublicNumbers(E, p * q))
    return numbers.private_key()
