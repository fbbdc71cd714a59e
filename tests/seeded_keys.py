"""RSA keys that a seed brings back: for runs that must be repeatable. Made by Python's int; never for use."""

from __future__ import annotations

import random
from math import gcd, isqrt, lcm, prod

from tests.key_texts import pem, pkcs1

EXPONENT = 65537
SMALL = prod(n for n in range(3, 8000, 2) if all(n % d for d in range(3, isqrt(n) + 1, 2)))  # one gcd sieves


def is_prime(n: int, generator: random.Random) -> bool:
    """Miller and Rabin with random bases: 8 of them, after base 2 has thrown out nearly all composites."""
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in (2, *(generator.randrange(3, n - 1) for _ in range(8))):
        x = pow(base, odd, n)
        if x in (1, n - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def prime(bits: int, generator: random.Random) -> int:
    """A random prime of so many bits, the top two of them 1, with which 65537 and 3 have inverses."""
    while True:
        n = generator.getrandbits(bits) | 3 << (bits - 2) | 1
        if n % EXPONENT != 1 and n % 3 != 1 and gcd(n, SMALL) == 1 and is_prime(n, generator):
            return n


def private_pem(bits: int, generator: random.Random, longer: int = 0, exponent: int = EXPONENT) -> bytes:
    """A private key with a modulus of so many bits, as PKCS#1.

    The first prime has ``longer`` more bits than half of them and the second one less; if they are as long, the
    first is the smaller one half of the time.
    """
    p, q = prime(bits - bits // 2 + longer, generator), prime(bits // 2 - longer, generator)
    d = pow(exponent, -1, lcm(p - 1, q - 1))
    return pem("RSA PRIVATE KEY", pkcs1(p * q, exponent, d, p, q))
