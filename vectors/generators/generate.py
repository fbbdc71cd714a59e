"""Writes the vector files: ``python vectors/generators/generate.py`` from a clone, nothing installed.

``--check`` makes them in memory and compares byte for byte; ``--keys`` makes the keys anew from their seeds and
compares; ``--confirm`` confirms keys and signatures with the openssl command.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

VECTORS = Path(__file__).resolve().parents[1]
if not __package__:  # run as a file: the clone's root makes the package importable
    sys.path.insert(0, str(VECTORS.parent))

from vectors.generators import confirm, keygen, keys  # noqa: E402 - after the path is set
from vectors.generators.base import Suite  # noqa: E402
from vectors.generators.suites import (  # noqa: E402
    build_forms,
    build_requests,
    documented_examples,
    forgeries,
    form_texts,
    header_values,
    key_files,
    key_sizes,
    message_bodies,
    message_urls,
    minify_refusals,
    minify_text,
    payment_cards,
    payout_cards,
    payout_lookups,
    replays,
    request_signatures,
    response_bodies,
    signature_defects,
    webhook_bodies,
    wrong_neighbours,
)

MODULES = (
    documented_examples,
    request_signatures,
    key_sizes,
    forgeries,
    signature_defects,
    header_values,
    payment_cards,
    payout_cards,
    payout_lookups,
    form_texts,
    response_bodies,
    webhook_bodies,
    replays,
    wrong_neighbours,
    message_bodies,
    message_urls,
    minify_text,
    minify_refusals,
    key_files,
    build_requests,
    build_forms,
)


def files() -> dict[Path, bytes]:
    """Every vector file's path and bytes."""
    suites: list[Suite] = [module.suite() for module in MODULES]
    return {VECTORS / suite.folder / f"{suite.name}.json": suite.text().encode("ascii") for suite in suites}


def write() -> int:
    """Writes the files that differ."""
    for path, data in files().items():
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            print(f"wrote {path.relative_to(VECTORS.parent)}")
    return 0


def check() -> int:
    """1 and a line for each file that is not what the generators make, or that they do not make at all; else 0."""
    made = files()
    found = {path for path in VECTORS.glob("*/*.json") if path.parent.name != "schema"}
    wrong = [path for path, data in made.items() if path not in found or path.read_bytes() != data]
    for path in sorted([*wrong, *found - made.keys()]):
        print(f"{path.relative_to(VECTORS.parent)} is not what the generators make: run vectors/generators/generate.py")
    return 1 if wrong or found - made.keys() else 0


def check_keys() -> int:
    """1 and a line for each key whose primes are not what its seed makes; else 0."""
    wrong = [
        name
        for name, made in keys.SEEDED.items()
        if keygen.primes(made["seed"], made["bits"], made["e"]) != (int(made["p"], 16), int(made["q"], 16))
    ]
    for name in wrong:
        print(f"the primes of key {name} in {keys.KEYS_FILE.name} are not what its seed makes")
    return 1 if wrong else 0


def main() -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="make the vector files, or check them")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--check", action="store_true", help="compare with what stands in the folder, write nothing")
    group.add_argument("--keys", action="store_true", help="make the keys anew from their seeds and compare")
    group.add_argument("--confirm", action="store_true", help="confirm keys and signatures with the openssl command")
    options = parser.parse_args()
    if options.check:
        return check()
    if options.keys:
        return check_keys()
    if options.confirm:
        return confirm.confirm([json.loads(data) for data in files().values()])
    return write()


if __name__ == "__main__":
    sys.exit(main())
