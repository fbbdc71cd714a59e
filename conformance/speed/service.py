"""How long signing takes: seconds of a batch by its size, and what handing calls over costs; measured, or from a file.

Batches are timed with all processors at work, as they are under load; meanwhile another thread sleeps and wakes, as an
event loop does, and how late it comes to its turn is kept. What the event loop does for a call is that thread's
processor time while the signer is saturated. What a lone call takes beyond all this is the start of an idle thread.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import median

from conformance.speed.arrivals import Stopped, never
from conformance.speed.model import Bench, BenchError
from conformance.speed.openloop import MESSAGE, no_slack, run, saturate
from conformance.speed.simulation import Costs
from signing_core import AsyncSigner, PrivateKey, backends

__all__ = ["MOST", "Service", "both", "lanes_of", "measured", "of_bench"]

MOST = 16  # calls that AsyncSigner puts into a batch

_LANES = {"ifma": 8}
_LANE_BITS = (2048, 3072, 4096)
_FEWEST = 5  # times that each size is measured, however long it takes
_LONE = 100
_NAP = 0.0005
_REST = 0.002  # after which no thread waits awake any more


@dataclass(frozen=True)
class Service:
    """What the capacity is computed from. All in seconds."""

    batches: Mapping[int, Sequence[float]]  # size of a batch -> how long each took that was measured
    lanes: int  # signatures that the kernel makes together
    handling: float  # of the event loop, for a call
    start: float  # until an idle thread begins
    wakes: Sequence[float]  # how late the event loop's thread wakes while a processor is free
    wakes_busy: Sequence[float]  # and while all processors sign
    cores: int  # of the machine that was measured
    bits: int
    backend: str
    source: str  # where the figures come from
    assumptions: Sequence[str] = field(default=())  # what they do not tell

    @cached_property
    def sizes(self) -> Sequence[int]:
        """Those that were measured, in order."""
        return sorted(self.batches)

    def batch(self, size: int, draw: random.Random) -> float:
        """How long a batch takes with what the event loop does for its calls: one of those that were measured."""
        return self._size(size, draw.choice) + size * self.handling

    @property
    def costs(self) -> Costs:
        """The same for a simulation."""
        return Costs(self.batch, self.lanes, MOST, self.handling, self.start, self.wakes, self.wakes_busy)

    @property
    def each(self) -> float:
        """Seconds of a processor that a call takes at best, in full batches."""
        return median(self.batches[MOST]) / MOST + self.handling

    def _size(self, size: int, pick: Callable[[Sequence[float]], float]) -> float:
        """A size that was not measured: as long as the next larger one, or its share of it without lanes to fill."""
        next_larger = next(one for one in self.sizes if one >= size)
        taken = pick(self.batches[next_larger])
        return taken if self.lanes > 1 else taken * size / next_larger


def both(first: Service, second: Service) -> Service:
    """One of two that were measured one before and one after something."""
    batches = {size: [*taken, *second.batches[size]] for size, taken in first.batches.items()}
    return replace(
        first,
        batches=batches,
        handling=(first.handling + second.handling) / 2,
        start=(first.start + second.start) / 2,
        wakes=[*first.wakes, *second.wakes],
        wakes_busy=[*first.wakes_busy, *second.wakes_busy],
        source=f"{first.source}; and once more afterwards",
    )


def lanes_of(backend: str, bits: int) -> int:
    """How many signatures this backend makes together with such a key."""
    return _LANES.get(backend, 1) if bits in _LANE_BITS else 1


def measured(
    key: PrivateKey,
    seconds: float = 3.0,
    step: Callable[[float], None] = lambda share: None,
    stop: Callable[[], bool] = never,
) -> Service:
    """On this machine, now. ``step`` is told what share of the work has been done. Raises Stopped."""
    facts = backends.info()
    with no_slack():
        wakes = _lateness(min(0.05 * seconds, 0.5), lambda now: False)
        batches, wakes_busy = _batches(key, 0.6 * seconds, facts.cpus, lambda share: step(0.7 * share), stop)
    top = saturate(key, 0.25 * seconds, stop)
    step(0.95)
    alone = run(_lone(key))
    step(1.0)
    return Service(
        batches=batches,
        lanes=lanes_of(facts.backend, key.bits),
        handling=top.handling,
        start=max(0.0, alone - median(batches[1]) - top.handling - median(wakes)),
        wakes=wakes,
        wakes_busy=wakes_busy,
        cores=facts.cpus,
        bits=key.bits,
        backend=facts.backend,
        source=f"measured here and now: {sum(map(len, batches.values())):,} batches of 1 to {MOST} signatures",
    )


def of_bench(bench: Bench, bits: int = 2048) -> Service:
    """From the file of a run, which may be another machine's. Raises BenchError where it holds too little."""
    batches: dict[int, list[float]] = {}
    for one in bench.measurements:
        plain = one.operation == "sign" and one.bits == bits and one.threads == 1 and one.group == "pyca-rsa"
        if plain and one.items <= MOST and (one.octets or 0) <= len(MESSAGE) * 4:
            batches.setdefault(one.items, []).extend(one.items * seconds for seconds in one.ours.seconds)
    if 1 not in batches or MOST not in batches:
        known = sorted({one.bits for one in bench.measurements if one.operation == "sign" and one.bits})
        keys = ", ".join(map(str, known)) or "none"
        raise BenchError(
            f"the file holds no signing of batches of 1 to {MOST} with a key of {bits} bits on one thread (key sizes: "
            f"{keys}); name another with --bits, or make the file with signkit bench --json FILE"
        )
    steady = [one for one in bench.latencies if one.bits == bits and one.late and "overloaded" not in one.warning]
    late = _spread(max(steady, key=lambda one: one.share).late) if steady else ()
    handling = median(one.handling for one in steady) if steady else 0.0
    unknown = ["a time in the file is a mean of several batches: single ones vary more, and so do latencies"]
    unknown += ["how long an idle thread takes to begin is not in the file: it counts as 0"]
    if not handling:
        unknown.append("the file does not tell the event loop's work for a call: it counts as 0")
    return Service(
        batches=batches,
        lanes=lanes_of(bench.machine.backend, bits),
        handling=handling,
        start=0.0,
        wakes=late[:1] or (0.0,),
        wakes_busy=late or (0.0,),
        cores=bench.machine.cores,
        bits=bits,
        backend=bench.machine.backend,
        source=f"the run of {bench.started} on {bench.machine.cpu}, sizes {', '.join(map(str, sorted(batches)))}",
        assumptions=unknown,
    )


def _spread(late: Mapping[str, float]) -> tuple[float, ...]:
    """A thousand values with these percentiles: each stands for all down to the one before."""
    values: list[float] = []
    for name, value in sorted(late.items(), key=lambda item: float(item[0])):
        values += [value] * (round(10 * float(name)) - len(values))
    return tuple(values)


def _batches(
    key: PrivateKey, seconds: float, threads: int, step: Callable[[float], None], stop: Callable[[], bool]
) -> tuple[dict[int, list[float]], list[float]]:
    """Threads sign batches of all sizes in turns until the time is over: how long each took, how late this wakes."""
    found: dict[int, list[float]] = {size: [] for size in range(1, MOST + 1)}
    given = {size: [MESSAGE] * size for size in found}
    for size in found:
        key.sign_many(given[size], threads=1)
    begin = time.perf_counter()
    stopped = threading.Event()

    def work(number: int) -> None:
        order = list(found)
        draw = random.Random(number)  # noqa: S311 - an order, no secret
        rounds = 0
        while not stopped.is_set() and (rounds < _FEWEST or time.perf_counter() - begin < seconds):
            draw.shuffle(order)
            for size in order:
                before = time.perf_counter()
                key.sign_many(given[size], threads=1)
                found[size].append(time.perf_counter() - before)
            rounds += 1

    def ended(now: float) -> bool:
        step(min(1.0, (now - begin) / seconds))
        if stop():
            raise Stopped
        return not any(worker.is_alive() for worker in workers)

    workers = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(threads)]
    for worker in workers:
        worker.start()
    try:
        late = _lateness(3600.0, ended)
    finally:
        stopped.set()
        for worker in workers:
            worker.join()
    return found, late


def _lateness(seconds: float, ended: Callable[[float], bool]) -> list[float]:
    """How late this thread wakes from short sleeps, until the time is over or ``ended``, which is told the time."""
    begin = now = time.perf_counter()
    found = []
    while now - begin < seconds and not ended(now):
        time.sleep(_NAP)
        before, now = now, time.perf_counter()
        found.append(max(0.0, now - before - _NAP))
    return found


async def _lone(key: PrivateKey) -> float:
    """Median seconds of a call that is alone, with all threads at rest."""
    loop = asyncio.get_running_loop()
    async with AsyncSigner(key) as signer:
        taken = []
        for _ in range(_LONE):
            await asyncio.sleep(_REST)
            before = loop.time()
            await loop.create_task(signer.sign(MESSAGE))
            taken.append(loop.time() - before)
        return median(taken)
