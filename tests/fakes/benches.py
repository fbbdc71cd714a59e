"""Benchmark runs made up for tests of what reads, compares and shows them."""

from __future__ import annotations

from dataclasses import replace

from conformance.speed.model import Bench, Latency, Machine, Measurement, Side, Skip

MACHINE = Machine(
    cpu="Example Processor 9000",
    features=("avx512f", "avx512ifma"),
    cores=2,
    backend="ifma",
    facts={"machine": "x86_64", "python": "3.11.7", "governor": None, "packages": {"cryptography": "46.0.1"}},
)


def measurement(
    name: str = "sign-2048-1",
    ours: tuple[float, ...] = (0.0001, 0.00011, 0.0001),
    peer: tuple[float, ...] = (0.0004, 0.00044, 0.00041),
    *,
    group: str = "pyca-rsa",
    operation: str = "sign",
    peer_name: str = "cryptography",
    items: int = 1,
    bits: int | None = 2048,
    threads: int = 1,
    octets: int | None = 600,
    note: str = "",
) -> Measurement:
    """Ours four times as fast, unless told otherwise."""
    return Measurement(
        id=name,
        group=group,
        operation=operation,
        ours=Side("signing_core", "0.1.0", ours),
        peer=Side(peer_name, "46.0.1", peer),
        items=items,
        bits=bits,
        threads=threads,
        octets=octets,
        note=note,
    )


def batches() -> list[Measurement]:
    """Sign and verify in batches of 1 to 1024, and with two threads."""
    found = []
    for operation, one, best in (("sign", 800e-6, 100e-6), ("verify", 24e-6, 4e-6)):
        for items in (1, 2, 4, 8, 16, 64, 1024):
            ours = best + (one - best) / items
            for threads in (1, 2) if items >= 64 else (1,):
                name = f"{operation}-2048-{items}" + (f"-threads{threads}" if threads > 1 else "")
                found.append(
                    measurement(
                        name,
                        tuple(ours / threads * (1 + step / 100) for step in (0, 1, 2, 1, 0)),
                        tuple(one / threads * (1 + step / 100) for step in (1, 1, 2, 2, 0)),
                        operation=operation,
                        group="threads" if threads > 1 else "pyca-rsa",
                        items=items,
                        threads=threads,
                    )
                )
    return found


def bench() -> Bench:
    """A run with a bit of everything: batches, threads, peers, texts, a noisy one, latencies and skips."""
    others = [
        measurement("peer-node-sign", peer_name="node", group="peers", note="the protocol's own cost is subtracted"),
        measurement("peer-php-sign", peer=(0.0007, 0.0007, 0.0008), peer_name="php", group="peers"),
        measurement(
            "dumps-orjson", (2e-6,) * 3, (1e-6,) * 3, group="texts", operation="dumps", peer_name="orjson", bits=None
        ),
        measurement("minify-64k", (1e-4, 3e-4, 2e-4), (4e-3, 4e-3, 2e-3), group="texts", operation="minify", bits=None),
    ]
    latencies = [
        Latency(
            rate=1000.0 * share,
            share=share,
            achieved=999.0 * share,
            seconds=5.0,
            percentiles={"50": 1e-3, "90": 2e-3, "99": 5e-3 * share, "99.9": 9e-3, "100": 2e-2},
            uncorrected={"50": 1e-3, "90": 1e-3, "99": 2e-3, "99.9": 3e-3, "100": 1e-2},
            calls=int(5000 * share),
            arrivals="Poisson, seed 1",
            late={"50": 0.0, "100": 1e-4},
        )
        for share in (0.5, 0.8, 0.95)
    ]
    return Bench(
        started="2026-05-04T03:02:01+00:00",
        kit="0.1.0",
        quick=True,
        complete=True,
        machine=MACHINE,
        measurements=(*batches(), *others),
        latencies=tuple(latencies),
        skipped=(Skip("awscrt", "not installed; pip install awscrt"),),
    )


def elsewhere() -> Bench:
    """The same on another machine."""
    return replace(bench(), machine=replace(MACHINE, cpu="Example Processor 7", backend="openssl", features=()))
