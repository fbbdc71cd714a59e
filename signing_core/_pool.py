"""Jobs spread over a persistent pool of threads. They profit because the C core releases the interpreter's lock."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress

__all__ = ["run", "usable_cpus"]

MOST_THREADS = 64

_executor: ThreadPoolExecutor | None = None


def _forget() -> None:
    """In a forked child the pool's threads do not exist: drop it, the next batch makes a new one."""
    global _executor
    _executor = None


os.register_at_fork(after_in_child=_forget)


def usable_cpus() -> int:
    """Number of processors this process may run on: its affinity mask where the system has one, else all of them."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _submit(work: Callable[[], None], count: int) -> list[Future[None]]:
    """Start ``work`` on up to ``count`` threads; on fewer where the system or a closing interpreter refuses."""
    global _executor
    helpers: list[Future[None]] = []
    if count < 1:
        return helpers
    # Threads are started on demand and joined by the executor itself when the interpreter exits. Two first callers may
    # each make an executor; the one that is lost ends when its work does.
    pool = _executor = _executor or ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="signing_core")
    with suppress(RuntimeError):
        for _ in range(min(count, MOST_THREADS)):
            helpers.append(pool.submit(work))  # noqa: PERF401 - those before the failing one are to be kept
    return helpers


def run(jobs: Iterable[Callable[[], None]], threads: int) -> None:
    """Run every job, on the caller's thread and up to ``threads`` - 1 of the pool; raise the first error met.

    The caller takes its share of the jobs, so a pool that is busy elsewhere delays nothing, and one job starts no
    thread. After an error, jobs that have not begun are dropped.
    """
    queue = deque(jobs)

    def drain() -> None:
        while True:
            try:
                job = queue.popleft()  # atomic: each job is taken once
            except IndexError:
                return
            try:
                job()
            except BaseException:
                queue.clear()
                raise

    helpers = _submit(drain, min(threads, len(queue)) - 1)
    try:
        drain()
    finally:
        started = [helper for helper in helpers if not helper.cancel()]
        wait(started)
    for helper in started:
        helper.result()
