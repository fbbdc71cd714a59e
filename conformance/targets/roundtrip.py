"""What the protocol itself costs with a target: ``noop`` asked again and again, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import perf_counter

from conformance.targets import Fault, StderrTail, open_target
from conformance.targets.base import PROTOCOL_VERSION

__all__ = ["COUNT", "round_trips"]

COUNT = 200
_ENOUGH = 2.0  # seconds after which a slow target need not be asked further


def round_trips(spec: str, within: float, start_within: float) -> Sequence[float]:
    """Seconds of up to ``COUNT`` round trips to a new instance of the target; none where it does not answer rightly.

    ``within`` and ``start_within`` are the deadlines, in seconds, of a trip and of the start. Leaves no process
    behind. Raises TargetError for a ``spec`` that is none.
    """
    return asyncio.run(_measured(spec, within, start_within))


async def _measured(spec: str, within: float, start_within: float) -> list[float]:
    target = open_target(spec)
    found: list[float] = []
    try:
        session = await target.start(lambda name, sentence: None, StderrTail())
    except Fault:
        return []
    try:
        hello = await session.ask({"cmd": "hello", "protocol": PROTOCOL_VERSION}, start_within)
        begun = perf_counter()
        while "error" not in hello and len(found) < COUNT and perf_counter() - begun < _ENOUGH:
            sent = perf_counter()
            answer = await session.ask({"cmd": "op", "id": str(len(found)), "op": "noop"}, within)
            found.append(perf_counter() - sent)
            if answer.keys() != {"id"}:
                return []
        await session.close()
    except Fault:
        return []
    finally:
        await session.kill()
    return found
