"""Constant time by memcheck: the C core signs while valgrind holds every secret for uninitialised.

    ./run check-ct [--short]

tests/c/ct_driver.c is linked with the portable build of the core (SK_LANES_PORTABLE: the same sources, eight words for
a vector). What is secret and where it becomes public again: tests/c/ct_policy.c. Then

1. controls: functions that do leak, one for each kind of secret, must be reported, and one that does not must not be;
2. runs: whole signatures, from the key in DER to the bytes that leave, must be free of reports, be those that
   cryptography makes, and have passed every place of the policy as often as they must;
3. coverage: every function of the core that signing_core/_c/VARIABLE_TIME does not name was run by 2, and its file says
   that its time does not depend on secrets.

--short does 1, the shortest run of 2, and 3. Exit code: 0 all holds, 1 it does not, 2 valgrind or the compiler is
missing.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.c_timing import CORE, Coverage, complaints, coverage_of

DRIVERS = Path(__file__).parent / "c"
WRAPPED = (
    "EVP_PKEY_get_bn_param",
    "BN_bn2binpad",
    "RAND_priv_bytes",
    "sk_openssl_digest",
    "sk_sha256",
    "sk_openssl_sign",
    "sk_lanes_difference",
    "sk_digits_difference",
)
# Written out, the portable vectors are a hundred thousand statements, and minutes of compiling: so loops stay loops
# here, and the vector operations functions.
COMPACT = (
    "-Dalways_inline=noinline",
    "-Wno-attributes",
    "-Wno-psabi",
    "-fdisable-tree-cunroll",
    "-fdisable-tree-cunrolli",
)
FLAGS = ("-std=c11", "-g", "-DSK_LANES_PORTABLE", *COMPACT, f"-I{CORE}", f"-I{DRIVERS}")
CHECKED, COUNTED = ("-O2",), ("-O0", "--coverage")
INSTALL = "apt-get install gcc libc6-dev libssl-dev valgrind"
LANES = 8
FEW = {2048: 2, 3072: 1, 4096: 2}  # so many messages are signed one after the other (rsa_batch.c)


class MissingError(Exception):
    """What this machine lacks."""


class LeakError(Exception):
    """The check has failed; the text says how."""


@dataclass(frozen=True)
class Run:
    """``count`` messages, signed with keys of these sizes in turns; ``faults``: a bit for each lane that gets one."""

    name: str
    count: int
    bits: tuple[int, ...]
    faults: int = 0

    def passed(self) -> dict[str, int]:
        """How often the places of the policy are passed (ct_policy.h)."""
        keys = len(self.bits)
        alone = self.count <= FEW[self.bits[0]]  # all have the same
        return {
            "primes": 2 * keys,
            "exponents": 2 * keys,
            "coefficients": keys,
            "random": LANES * keys,
            "digests": self.count,
            "faults_told": self.count if alone else -(-self.count // LANES),
            "untainted": 0,
            "handed_over": (self.faults & (1 << self.count) - 1).bit_count(),
        }


SHORT = (
    Run("three signatures in p and q lanes, one with a fault", 3, (2048,), faults=2),
    Run("two of 3072 bits, whose primes have a number of digits of their own", 2, (3072,)),
    Run("one by itself, across the lanes, with a fault", 1, (2048,), faults=1),
)
RUNS = (
    *SHORT,
    Run("eight signatures of one key", 8, (2048,)),
    Run("four signatures of two keys", 4, (2048, 2048)),
    Run("4096 bits", 3, (4096,)),
    Run("4096 bits by itself", 1, (4096,)),
)


def build(folder: Path, flags: Sequence[str]) -> Path:
    """The driver with the whole core, in ``folder``."""
    compiler = shutil.which("gcc")
    if compiler is None or shutil.which("valgrind") is None or not Path("/usr/include/valgrind/memcheck.h").exists():
        raise MissingError(f"gcc or valgrind is missing: {INSTALL}")
    folder.mkdir(exist_ok=True)
    program = folder / "ct_driver"
    sources = [DRIVERS / "ct_driver.c", DRIVERS / "ct_policy.c", *sorted(CORE.glob("*.c"))]
    wraps = [f"-Wl,--wrap={name}" for name in WRAPPED]
    command = [compiler, *FLAGS, *flags, "-o", str(program), *map(str, sources), *wraps, "-lcrypto"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode:
        text = "\n".join(line for line in result.stderr.splitlines() if ": note: disable pass" not in line)[:2000]
        if "No such file or directory" in text:
            raise MissingError(f"a header is missing ({INSTALL}):\n{text}")
        raise LeakError(f"the driver does not compile:\n{text}")
    return program


def watched(program: Path, arguments: Sequence[str], valgrind: bool = True) -> tuple[list[str], str]:
    """The driver's lines, and what memcheck reported. LeakError if the driver fails."""
    command = [str(program), *arguments]
    if valgrind:
        command = ["valgrind", "-q", "--leak-check=no", *command]
    result = subprocess.run(command, cwd=program.parent, capture_output=True, text=True, check=False)
    if result.returncode:
        raise LeakError(f"the driver ended with {result.returncode}: {result.stderr[-2000:]}")
    return result.stdout.splitlines(), result.stderr


def key_file(folder: Path, key: rsa.RSAPrivateKey) -> str:
    path = folder / f"{key.public_key().public_numbers().n % 2**64:x}.der"
    path.write_bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    return str(path)


def new_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def check_controls(program: Path) -> int:
    """Every leaky function is reported, the harmless one is not. Returns how many there are."""
    lines, _ = watched(program, ["leak", key_file(program.parent, new_key(2048))])
    controls = {words[1]: int(words[2]) for words in map(str.split, lines) if words[0] == "control"}
    harmless = controls.pop("nothing")
    missed = [name for name, errors in controls.items() if errors == 0]
    if missed or not controls:
        raise LeakError(f"memcheck does not report these leaks, so that it proves nothing: {', '.join(missed)}")
    if harmless:
        raise LeakError("memcheck reports a branch on public data: the policy marks too much")
    return len(controls)


def check_run(program: Path, run: Run, valgrind: bool = True) -> None:
    """One run of the driver, judged; without valgrind only its signatures are."""
    keys = [new_key(bits) for bits in run.bits]
    files = [key_file(program.parent, key) for key in keys]
    lines, reports = watched(program, ["sign", str(run.count), str(run.faults), *files], valgrind)
    signatures = [bytes.fromhex(line.removeprefix("signature ")) for line in lines if line.startswith("signature ")]
    expected = [keys[i % len(keys)].sign(f"message {i}".encode(), PKCS1v15(), SHA256()) for i in range(run.count)]
    if signatures != expected:
        raise LeakError(f"{run.name}: the signatures are not those of cryptography")
    if not valgrind:
        return
    if lines[-1] != "errors 0":
        raise LeakError(f"{run.name}: something depends on a secret\n{reports}")
    passed = {name: int(number) for name, number in (word.split("=") for word in lines[-2].split()[1:])}
    if passed != run.passed():
        raise LeakError(f"{run.name}: the policy's places were passed {passed}, expected {run.passed()}")


def covered(folder: Path, runs: Sequence[Run]) -> Coverage:
    """How often each function of the core was called in these runs."""
    program = build(folder, COUNTED)
    for run in runs:
        check_run(program, run, valgrind=False)
    return coverage_of(folder)


def check(short: bool) -> None:
    """All three steps, told on standard output."""
    runs = SHORT if short else RUNS
    with tempfile.TemporaryDirectory(prefix="check-ct-") as name:
        folder = Path(name)
        program = build(folder / "checked", CHECKED)
        print(f"controls: {check_controls(program)} leaks, all reported", flush=True)
        for run in runs:
            begin = time.monotonic()
            check_run(program, run)
            print(f"{run.name}: nothing depends on a secret ({time.monotonic() - begin:.0f} s)", flush=True)
        functions = covered(folder / "counted", runs)
    found = complaints(functions)
    if found:
        raise LeakError("\n".join(found))
    print(f"coverage: {sum(map(bool, functions.values()))} of {len(functions)} functions run, the others are listed")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./run check-ct", description=__doc__.partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="one run instead of all")
    options = parser.parse_args(arguments)
    try:
        check(options.short)
    except MissingError as missing:
        print(f"check-ct: {missing}", file=sys.stderr)
        return 2
    except LeakError as leak:
        print(f"check-ct: {leak}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
