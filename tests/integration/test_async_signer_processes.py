"""AsyncSigner in whole processes: exits, forks and real threads under load."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys

import pytest

from signing_core import AsyncSigner, PrivateKey

BEGIN = """
import asyncio, os, sys, time
from signing_core import AsyncSigner, PrivateKey
key = PrivateKey.generate()
"""


def run(code: str) -> tuple[int, str, str]:
    command = [sys.executable, "-W", "error", "-c", BEGIN + code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "end",
    [
        "",  # main returns, the tasks are cancelled by asyncio.run
        "sys.exit(0)",
        "raise KeyboardInterrupt",
    ],
)
def test_the_interpreter_ends_while_threads_sign(end: str) -> None:
    code, out, err = run(
        "signer = AsyncSigner(key, threads=2)\n"
        "async def main():\n"
        "    tasks = [asyncio.create_task(signer.sign(b'm')) for _ in range(500)]\n"
        "    await tasks[0]\n"
        "    print('signing', flush=True)\n"
        f"    {end}\n"
        "asyncio.run(main())\n"
    )
    assert (code, out) == (-2 if "Keyboard" in end else 0, "signing\n")
    assert ("KeyboardInterrupt" in err) if "Keyboard" in end else err == ""
    assert "Fatal" not in err
    assert "Thread" not in err


def test_a_loop_that_nobody_closes_or_runs_any_more() -> None:
    assert run(
        "signer = AsyncSigner(key)\n"
        "loop = asyncio.new_event_loop()\n"
        "print(len(loop.run_until_complete(signer.sign(b'm'))))\n"
        "task = loop.create_task(signer.sign(b'n'))\n"
        "loop.run_until_complete(asyncio.sleep(0))\n"
        "loop.run_until_complete(asyncio.sleep(0))\n"
        "loop.run_until_complete(asyncio.sleep(0))\n"
        "task.cancel()\n"
        "loop.run_until_complete(asyncio.sleep(0))\n"
        "loop.close()\n"
    ) == (0, "256\n", "")


def test_a_signer_may_be_made_before_a_fork_and_used_on_both_sides() -> None:
    assert run(
        "signer = AsyncSigner(key)\n"
        "child = os.fork()\n"
        "async def main():\n"
        "    async with signer:\n"
        "        return len(set(await asyncio.gather(*(signer.sign(b'm') for _ in range(40)))))\n"
        "found = asyncio.run(main())\n"
        "if child == 0: sys.exit(0 if found == 1 else 1)\n"
        "print(found, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    ) == (0, "1 0\n", "")


def test_after_a_fork_in_mid_work_the_child_is_told_and_ends_cleanly() -> None:
    assert run(
        "import warnings\n"
        "warnings.simplefilter('ignore', DeprecationWarning)\n"  # 3.12 and later warn of any fork beside threads
        "signer = AsyncSigner(key, threads=2)\n"
        "async def main():\n"
        "    tasks = [asyncio.create_task(signer.sign(b'm')) for _ in range(100)]\n"
        "    await tasks[0]\n"
        "    child = os.fork()\n"
        "    if child == 0: return None\n"
        "    await asyncio.gather(*tasks)\n"
        "    await signer.aclose()\n"
        "    return child\n"
        "loop = asyncio.new_event_loop()\n"
        "task = loop.create_task(main())\n"
        "loop.run_until_complete(task)\n"
        "child = task.result()\n"
        "if child is None:\n"
        "    async def other():\n"
        "        try: await signer.sign(b'm')\n"
        "        except RuntimeError as error: print(error, flush=True)\n"
        "        async with AsyncSigner(key) as own: print(len(await own.sign(b'm')), flush=True)\n"
        "    asyncio.run(other())\n"
        "    os._exit(0)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "loop.close()\n"
    ) == (0, "this AsyncSigner belongs to another event loop; make one in each loop that signs\n256\n0\n", "")


def test_many_callers_who_come_go_and_give_up() -> None:
    """Real threads, real keys: every caller who stays has the right signature."""
    key = PrivateKey.generate()
    chance = random.Random(2026)  # noqa: S311 - when to give up, nothing more
    expected = key.sign_many([b"%d" % number for number in range(300)])

    async def caller(signer: AsyncSigner, number: int) -> None:
        for _ in range(3):
            await asyncio.sleep(chance.random() * 0.02)
            try:
                async with asyncio.timeout(chance.choice([None, None, 0.0, 0.005, 0.02])):
                    assert await signer.sign(b"%d" % number) == expected[number]
            except TimeoutError:
                pass

    async def main() -> None:
        async with AsyncSigner(key, threads=3, batch=8, pending=20) as signer, asyncio.timeout(60):
            await asyncio.gather(*(caller(signer, number) for number in range(300)))
        found = signer.statistics
        assert found.unfinished == 0
        assert found.largest <= 8

    asyncio.run(main())
