"""How many cores a rate takes within a latency, by simulation from measured times; and why none would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean, median

from conformance.speed.model import BenchError, Latency
from conformance.speed.percentiles import percentile, percentiles
from conformance.speed.service import MOST, Service
from conformance.speed.simulation import Simulated, simulate

__all__ = ["MOST_CORES", "Answer", "Prediction", "answer", "beside", "predict"]

MOST_CORES = 1024  # of one machine
SEEDS = (1, 2, 3)
CALLS = 40_000  # of one simulation

_LOOP = 0.6  # of an event loop's time that calls may take, lest its turns queue up behind each other
_HEADROOM_STEPS = 6
_HELPED = 0.98  # of the latency before: twice the cores that leave more than this have not helped
_IDLE = 0.4  # utilisation from which on cores are not what is lacking
_SHARED = 4.0  # times the median: a signature's time varies so much only where others take the processor
_MORE = 64.0  # times the rate, where the search for the most that is carried ends


@dataclass(frozen=True)
class Prediction:
    """What a number of cores does with a rate. Seconds; the worst of the simulations, one for each seed."""

    rate: float  # calls a second, of all processes together
    cores: int  # likewise
    processes: int
    utilisation: float  # share of the cores' time that goes into signing and handling
    batch: float  # mean size
    waits: Mapping[str, float]  # percentile -> seconds from due until the batch begins; "mean" is one of them
    latencies: Mapping[str, float]  # percentile -> seconds from due until answered

    def meets(self, goals: Mapping[str, float]) -> bool:
        return all(self.latencies[name] <= most for name, most in goals.items())


@dataclass(frozen=True)
class Answer:
    """What was asked, and what it takes."""

    rate: float
    goals: Mapping[str, float]  # percentile -> seconds at most
    service: Service
    found: Prediction | None  # None: cannot be met
    most: float  # calls a second that the same cores carry within the goals; 0 where there are none
    reason: str  # why it cannot be met; "" where it can
    assumptions: Sequence[str]


def answer(
    service: Service,
    rate: float,
    goals: Mapping[str, float],
    step: Callable[[float], None] = lambda share: None,
) -> Answer:
    """The fewest cores on which ``rate`` calls a second meet the goals, and the most those carry.

    ``step`` is told what share of the work has been done, roughly. Raises BenchError for no goals or one that so many
    simulated calls cannot tell.
    """
    _check(goals)
    processes = max(1, ceil(rate * service.handling / _LOOP))
    least = processes * max(1, ceil(rate / processes * service.each))
    reason = _floor(service, goals)
    if not reason and least > MOST_CORES:
        reason = (
            f"{rate:,.0f} calls a second take the whole time of {rate * service.each:,.0f} cores, at "
            f"{1e6 * service.each:,.0f} µs each, and this is computed for up to {MOST_CORES:,}"
        )
    found = None
    if not reason:
        tried = _fewest(service, rate, goals, least, processes, step)
        found = tried if tried.meets(goals) else None
        reason = "" if found else _no_help(service, tried, goals)
    most = 0.0 if found is None else _most(service, found, goals, lambda share: step(0.5 + 0.5 * share))
    return Answer(rate, dict(goals), service, found, most, reason, _assumptions(service))


def predict(service: Service, rate: float, cores: int, processes: int = 1, names: Sequence[str] = ()) -> Prediction:
    """Simulate ``cores`` cores in so many processes of as many threads; ``names`` are percentiles beside the usual."""
    each, workers = rate / processes, max(1, cores // processes)
    runs = [
        simulate(lambda draw: draw.expovariate(each), workers, service.costs, calls=CALLS, seed=seed) for seed in SEEDS
    ]
    return Prediction(
        rate=rate,
        cores=cores,
        processes=processes,
        utilisation=fmean(run.busy for run in runs),
        batch=fmean(run.batch for run in runs),
        waits={"mean": fmean(fmean(run.waits) for run in runs), **_worst([run.waits for run in runs], names)},
        latencies=_worst([run.latencies for run in runs], names),
    )


def beside(prediction: Prediction, measured: Latency) -> list[tuple[str, float, float]]:
    """Percentile, predicted, measured: those that both tell."""
    both = [name for name in prediction.latencies if name in measured.percentiles]
    return [(name, prediction.latencies[name], measured.percentiles[name]) for name in both]


def _check(goals: Mapping[str, float]) -> None:
    if not goals:
        raise BenchError("no latency is asked for: say which share of the calls must be how fast, as --p99 5ms")
    for name in goals:
        if not 0 < float(name) < 100 or CALLS * (1 - float(name) / 100) < 10:
            raise BenchError(f"percentile {name} cannot be told from {CALLS:,} simulated calls; ask for up to 99.9")


def _worst(runs: Sequence[Sequence[float]], names: Sequence[str]) -> dict[str, float]:
    wanted = sorted({"50", "90", "99", "99.9", *names}, key=float)
    told = [percentiles(run, wanted) for run in runs]
    return {name: max(one[name] for one in told) for name in wanted}


def _floor(service: Service, goals: Mapping[str, float]) -> str:
    """Why no number of cores is enough: a call that meets no other takes longer. "": no such reason."""
    lonely: Simulated = simulate(lambda draw: 3600.0, 2, service.costs, calls=4000, seed=SEEDS[0])
    for name, most in goals.items():
        alone = percentile(lonely.latencies, name)
        if alone > most:
            signature = 1e3 * percentile(service.batches[1], name)
            return (
                f"a call that is alone takes {1e3 * alone:.2f} ms at p{name} (its signature {signature:.2f} ms), and "
                f"{1e3 * most:g} ms are asked for: more cores would not help{_hint(service, name)}"
            )
    return ""


def _no_help(service: Service, tried: Prediction, goals: Mapping[str, float]) -> str:
    """Why as many cores as were tried are not enough."""
    name, most = max(goals.items(), key=lambda goal: tried.latencies[goal[0]] / goal[1])
    return (
        f"with {tried.cores:,} cores p{name} is {1e3 * tried.latencies[name]:.2f} ms, {1e3 * most:g} ms are asked for, "
        f"and more cores do not lower it{_hint(service, name)}"
    )


def _hint(service: Service, name: str) -> str:
    """What the times themselves say against the machine."""
    typical = median(service.batches[1])
    if percentile(service.batches[1], name) <= _SHARED * typical:
        return ""
    told = f"half of all signatures take {1e3 * typical:.2f} ms"
    return f"; {told}, so others had the processors: measure when it is quiet"


def _fewest(
    service: Service,
    rate: float,
    goals: Mapping[str, float],
    least: int,
    processes: int,
    step: Callable[[float], None],
) -> Prediction:
    """Doubling and then halving the distance: what a number of cores meets, more of them meet as well.

    If more do not help, what the most do that were tried.
    """
    low, high = least - processes, least
    found = predict(service, rate, high, processes, list(goals))
    while not found.meets(goals):
        low, high = high, min(2 * high, MOST_CORES // processes * processes)
        before, found = found, predict(service, rate, high, processes, list(goals))
        helped = any(found.latencies[name] < _HELPED * before.latencies[name] for name in goals)
        if high == low or (not helped and found.utilisation < _IDLE and not found.meets(goals)):
            return found
        step(0.25)
    while high - low > processes:
        middle = low + (high - low) // 2 // processes * processes
        tried = predict(service, rate, middle, processes, list(goals))
        low, high, found = (low, middle, tried) if tried.meets(goals) else (middle, high, found)
    step(0.5)
    return found


def _most(service: Service, found: Prediction, goals: Mapping[str, float], step: Callable[[float], None]) -> float:
    """Calls a second that these cores carry within the goals: at least those that were asked for."""
    ceiling = min(found.cores / service.each, _MORE * found.rate)
    if service.handling:
        ceiling = min(ceiling, found.processes * _LOOP / service.handling)
    low, high = found.rate, max(found.rate, ceiling)
    for number in range(_HEADROOM_STEPS):
        middle = (low + high) / 2
        met = predict(service, middle, found.cores, found.processes, list(goals)).meets(goals)
        low, high = (middle, high) if met else (low, middle)
        step((number + 1) / _HEADROOM_STEPS)
    return low


def _assumptions(service: Service) -> list[str]:
    unmeasured = (
        f"as long as the next larger one: the kernel signs {service.lanes} together"
        if service.lanes > 1
        else "its share of the next larger one"
    )
    seeds = ", ".join(map(str, SEEDS))
    return [
        f"times: {service.source}",
        "callers are independent of each other (Poisson arrivals); a burst that comes by a clock waits longer",
        f"each process is one event loop with one AsyncSigner of as many threads as cores, batches of up to {MOST}",
        f"every core is as fast as the {service.cores} that were measured, all at work at once; more were not tried",
        f"the event loop takes {1e6 * service.handling:.0f} µs of a core for a call, and up to {100 * _LOOP:.0f} % of "
        "its time; what else the server does for a request is not in it",
        "nothing else runs on the machine than what ran while the times were measured",
        *([] if len(service.batches) == MOST else [f"a batch of a size that was not measured takes {unmeasured}"]),
        *service.assumptions,
        f"simulated: {len(SEEDS)} runs of {CALLS:,} calls (seeds {seeds}), the worst of which counts",
    ]
