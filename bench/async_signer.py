"""AsyncSigner in an asyncio server: many callers beside ``cryptography`` in a thread pool, one beside a direct call.

    python -m bench.async_signer [--rounds 9] [--seconds 0.5] [--callers 64] [--json]

Many: tasks of one event loop each await a signature and ask for the next at once. A round runs all candidates one after
another; its ratio compares neighbours, and the median of the ratios counts. The peers are a pool with one thread a
processor, and asyncio's default pool; the faster one of the round is the measure. CPU ratio: signatures a second of
processor time, likewise, which others on the machine hardly touch.

One: a task alone awaits a signature, beside a direct call of ``cryptography`` on the loop's thread, which is what a
server does that has neither pool nor AsyncSigner, and beside ``key.sign``, which on backend ifma takes half as long, so
that the way to a thread and back weighs twice as much. Both have the same target. A round's ratio is that of its
medians; the pool is told as well. Three ways to come to it: in a row, each side asked again as soon as it has answered;
in turns, the sides one after the other with a direct call between them, so that the loop's processor is at work and a
thread's may sleep; and at rest, each after 2 ms in which nothing happens. What the pool takes longer than a direct call
is what this machine takes to wake a thread and be woken by it: on an idle one, whose processors sleep, much of a
signature's time.

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
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.async_peers import MESSAGE, Sign, direct_signer, pool_signer
from conformance.speed.noise import Company
from signing_core import AsyncSigner, PrivateKey, backends

MANY_TARGET = 3.0
ONE_TARGET = 1.2
PAIRS, ROW = 200, 25  # signatures of each side in a round of "one", and of them in a row
LONE, DIRECT, POOL, OWN = range(4)  # the sides of "one": AsyncSigner, cryptography, it in a pool, key.sign


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


async def timed(sign: Sign) -> float:
    begin = time.perf_counter()
    await sign()
    return time.perf_counter() - begin


async def in_a_row(sides: Sequence[Sign]) -> list[list[float]]:
    found: list[list[float]] = [[] for _ in sides]
    for _ in range(PAIRS // ROW):
        for sign, times in zip(sides, found, strict=True):
            times += [await timed(sign) for _ in range(ROW)][1:]  # the first has waited for the other sides
    return found


async def each_after(before: Callable[[], Awaitable[object]], sides: Sequence[Sign]) -> list[list[float]]:
    found: list[list[float]] = [[] for _ in sides]
    for _ in range(PAIRS):
        for sign, times in zip(sides, found, strict=True):
            await before()
            times.append(await timed(sign))
    return found


async def in_turns(sides: Sequence[Sign]) -> list[list[float]]:
    return await each_after(sides[DIRECT], sides)  # so that all find the threads at rest as long


async def at_rest(sides: Sequence[Sign]) -> list[list[float]]:
    return await each_after(lambda: asyncio.sleep(0.002), sides)


ONE = {"one, in a row": in_a_row, "one, in turns": in_turns, "one, at rest": at_rest}


async def measure(key: PrivateKey, rounds: int, seconds: float, callers: int, progress: bool) -> dict[str, Any]:
    pool = ThreadPoolExecutor(backends.info().cpus)
    async with AsyncSigner(key) as crowd, AsyncSigner(key) as lone:
        candidates: dict[str, Sign] = {
            "pool, a thread a processor": pool_signer(key, pool),
            "asyncio's default pool": pool_signer(key, None),
            "AsyncSigner": lambda: crowd.sign(MESSAGE),
        }
        rates: dict[str, list[tuple[float, float]]] = {name: [] for name in candidates}
        waits: dict[str, list[list[float]]] = {way: [] for way in ONE}
        for sign in candidates.values():
            await many(sign, callers, 0.1)  # warm up: threads, the key's other forms, the processor's clock

        async def own() -> bytes:
            return key.sign(MESSAGE)

        sides = lambda: lone.sign(MESSAGE), direct_signer(key), pool_signer(key, pool), own
        await in_turns(sides)
        for number in range(rounds):
            for name, sign in candidates.items():
                rates[name].append(await many(sign, callers, seconds))
            for way, ask in ONE.items():
                waits[way].append([statistics.median(times) for times in await ask(sides)])
            if progress:
                ratios = (rates["AsyncSigner"][-1][0] / rates[name][-1][0] for name in list(rates)[:2])
                ones = ", ".join(f"{way} {row[-1][LONE] / row[-1][DIRECT]:.2f}" for way, row in waits.items())
                print(f"round {number + 1}: many {min(ratios):.2f}; {ones}")
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
        "mean_batch": found["mean_batch"],
        "rows": {
            "many": spread(ratios(0)) | {"target": MANY_TARGET},
            "many, by CPU time": spread(ratios(1)),
            **{
                f"{way}{suffix}": spread([row[side] / row[peer] for row in rows])
                | ({"target": ONE_TARGET} if side == LONE else {})
                | {"microseconds": 1e6 * statistics.median(row[side] for row in rows)}
                | {"direct_microseconds": 1e6 * statistics.median(row[peer] for row in rows)}
                for way, rows in found["waits"].items()
                for side, peer, suffix in (
                    (LONE, DIRECT, ""),
                    (POOL, DIRECT, ", by the pool"),
                    (LONE, OWN, ", beside key.sign"),
                )
            },
        },
    }


def show(result: dict[str, Any]) -> None:
    print(f"{'signatures':<28} {'a second':>10} {'a CPU second':>14}")
    for name, (rate, cpu_rate) in result["signatures_per_second"].items():
        print(f"{name:<28} {rate:>10.0f} {cpu_rate:>14.0f}")
    print(f"\n{result['mean_batch']:.1f} signatures a batch; others kept {result['others']} processors busy\n")
    print(f"{'':<31} {'ratio':>7} {'least':>7} {'most':>7}")
    for name, row in result["rows"].items():
        target = row.get("target")
        verdict = "" if target is None else f"target {target}: {'met' if met(name, row) else 'missed'}"
        times = f"{row['microseconds']:.0f} µs, direct {row['direct_microseconds']:.0f} µs" if "one" in name else ""
        line = f"{name:<31} {row['median']:>7.2f} {row['least']:>7.2f} {row['most']:>7.2f}   {verdict:<18}  {times}"
        print(line.rstrip())


def met(name: str, row: dict[str, float]) -> bool:
    return row["median"] <= row["target"] if name.startswith("one") else row["median"] >= row["target"]


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
    sys.exit(not all(met(name, row) for name, row in result["rows"].items() if "target" in row))


if __name__ == "__main__":
    main()
