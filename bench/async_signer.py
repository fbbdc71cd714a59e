"""AsyncSigner in an asyncio server: many callers beside ``cryptography`` in a thread pool, and one beside ``key.sign``.

    python -m bench.async_signer [--rounds 9] [--seconds 0.5] [--callers 64] [--json]

Many: tasks of one event loop each await a signature and ask for the next at once. A round runs all candidates one after
another; its ratio compares neighbours, and the median of the ratios counts. The peers are a pool with one thread a
processor, and asyncio's default pool; the faster one of the round is the measure. CPU ratio: signatures a second of
processor time, likewise, which others on the machine hardly touch.

One: a task alone awaits one signature after another, in turns with ``key.sign`` on the loop's thread, and with the
pool; a round's ratio is that of its medians. What the pool takes longer than ``key.sign`` is what this machine takes to
wake a thread and be woken by it: on an idle one, whose processors sleep, most of a signature's time.

"Others" is how many processors the rest of the machine kept busy meanwhile. Where that is more than a few tenths, read
the CPU ratio: elapsed time then tells more of the system's scheduler, which favours threads that sleep often.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.async_peers import MESSAGE, Sign, pool_signer
from conformance.speed.noise import Company
from signing_core import AsyncSigner, PrivateKey, backends

MANY_TARGET = 3.0
ONE_TARGET = 1.2
PAIRS = 200  # signatures of a round of "one"


async def many(sign: Sign, callers: int, seconds: float) -> tuple[float, float]:
    """Signatures a second of elapsed and of processor time, with ``callers`` tasks that ask again and again."""
    done = 0
    begin, used = time.perf_counter(), time.process_time()

    async def caller() -> None:
        nonlocal done
        while time.perf_counter() - begin < seconds:
            await sign()
            done += 1

    await asyncio.gather(*(caller() for _ in range(callers)))
    return done / (time.perf_counter() - begin), done / (time.process_time() - used)


async def one(sign: Sign, direct: Callable[[], bytes], pooled: Sign) -> tuple[float, float, float]:
    """Median seconds of an awaited signature, of a direct one, and of the pool's, made in turns."""
    times = []
    for _ in range(PAIRS):
        begin = time.perf_counter()
        await sign()
        signed = time.perf_counter()
        direct()
        middle = time.perf_counter()
        await pooled()
        pool = time.perf_counter()
        direct()  # so that both find the threads at rest as long
        times.append((signed - begin, middle - signed, pool - middle))
    waits, directs, pools = map(statistics.median, zip(*times, strict=True))
    return waits, directs, pools


async def measure(key: PrivateKey, rounds: int, seconds: float, callers: int, progress: bool) -> dict[str, Any]:
    pool = ThreadPoolExecutor(backends.info().cpus)
    async with AsyncSigner(key) as crowd, AsyncSigner(key) as lone:
        candidates: dict[str, Sign] = {
            "pool, a thread a processor": pool_signer(key, pool),
            "asyncio's default pool": pool_signer(key, None),
            "AsyncSigner": lambda: crowd.sign(MESSAGE),
        }
        rates: dict[str, list[tuple[float, float]]] = {name: [] for name in candidates}
        waits: list[tuple[float, float, float]] = []
        for sign in candidates.values():
            await many(sign, callers, 0.1)  # warm up: threads, the key's other forms, the processor's clock
        turns = lambda: lone.sign(MESSAGE), lambda: key.sign(MESSAGE), pool_signer(key, pool)
        await one(*turns)
        for number in range(rounds):
            for name, sign in candidates.items():
                rates[name].append(await many(sign, callers, seconds))
            waits.append(await one(*turns))
            if progress:
                ratios = (rates["AsyncSigner"][-1][0] / rates[name][-1][0] for name in list(rates)[:2])
                print(f"round {number + 1}: many {min(ratios):.2f}, one {waits[-1][0] / waits[-1][1]:.2f}")
        mean = crowd.statistics.mean
    pool.shutdown()
    return {"rates": rates, "waits": waits, "mean_batch": mean}


def summary(found: dict[str, Any]) -> dict[str, Any]:
    """The medians and ratios of what was measured."""
    *peers, ours = found["rates"].values()

    def ratios(column: int) -> list[float]:
        return [mine[column] / max(peer[column] for peer in theirs) for mine, *theirs in zip(ours, *peers, strict=True)]

    def spread(values: list[float]) -> dict[str, float]:
        return {"median": statistics.median(values), "least": min(values), "most": max(values)}

    return {
        "signatures_per_second": {
            name: [statistics.median(column) for column in zip(*row, strict=True)]
            for name, row in found["rates"].items()
        },
        "many": spread(ratios(0)) | {"target": MANY_TARGET},
        "many_cpu": spread(ratios(1)),
        "mean_batch": found["mean_batch"],
        "one": spread([wait / direct for wait, direct, _ in found["waits"]]) | {"target": ONE_TARGET},
        "one_pooled": spread([pooled / direct for _, direct, pooled in found["waits"]]),
        **{
            f"{name}_microseconds": 1e6 * statistics.median(times)
            for name, times in zip(("one", "direct", "pooled"), zip(*found["waits"], strict=True), strict=True)
        },
    }


def show(result: dict[str, Any]) -> None:
    print(f"{'signatures':<28} {'a second':>10} {'a CPU second':>14}")
    for name, (rate, cpu_rate) in result["signatures_per_second"].items():
        print(f"{name:<28} {rate:>10.0f} {cpu_rate:>14.0f}")
    print(f"\none awaited {result['one_microseconds']:.0f} µs, direct {result['direct_microseconds']:.0f} µs, ", end="")
    print(f"by the pool {result['pooled_microseconds']:.0f} µs; ", end="")
    print(f"{result['mean_batch']:.1f} signatures a batch; others kept {result['others']} processors busy\n")
    print(f"{'':<20} {'ratio':>7} {'least':>7} {'most':>7}")
    for name, title in (
        ("many", "many"),
        ("many_cpu", "many, by CPU time"),
        ("one", "one"),
        ("one_pooled", "one, by the pool"),
    ):
        row = result[name]
        target = row.get("target")
        verdict = "" if target is None else f"   target {target}: {'met' if met(name, row) else 'missed'}"
        print(f"{title:<20} {row['median']:>7.2f} {row['least']:>7.2f} {row['most']:>7.2f}{verdict}")


def met(name: str, row: dict[str, float]) -> bool:
    return row["median"] <= row["target"] if name == "one" else row["median"] >= row["target"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.5, help="length of one measurement of many callers")
    parser.add_argument("--callers", type=int, default=64)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    options = parser.parse_args()
    facts = backends.info()
    if not options.json:
        print(f"backend {facts.backend}, {facts.openssl}; cryptography: {facts.pyca_openssl}; {facts.cpus} processors")

    company = Company()
    found = asyncio.run(
        measure(PrivateKey.generate(), options.rounds, options.seconds, options.callers, not options.json)
    )
    others, _ = company.seen()
    result = {
        "callers": options.callers,
        "others": None if others is None else round(others, 2),
        **summary(found),
        "backend": facts.as_dict(),
    }
    if options.json:
        print(json.dumps(result))
    else:
        show(result)
    sys.exit(not all(met(name, result[name]) for name in ("many", "one")))


if __name__ == "__main__":
    main()
