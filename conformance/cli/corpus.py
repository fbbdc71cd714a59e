"""``signkit list`` and ``signkit show``: the cases, and the schemas."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from conformance import coverage
from conformance.cli.options import selected, selection_options, vectors_option
from conformance.cli.output import json_option, print_json
from conformance.corpus import FAMILY_COUNTS, counted, select
from conformance.model import Case, Corpus
from conformance.resources import vectors_root

SCHEMAS = ("protocol", "vector", "wycheproof")


def case_data(case: Case) -> dict[str, Any]:
    """A case as JSON data, in the vector file's own terms."""
    return {
        "id": case.id,
        "suite": case.suite,
        "comment": case.comment,
        "level": str(case.level),
        "clauses": list(case.clauses),
        "flags": list(case.flags),
        "differs_from": case.differs_from,
        "op": case.op,
        "input": dict(case.input),
        "expect": dict(case.expect),
    }


@click.command("list")
@selection_options
@click.option("--schema", type=click.Choice(SCHEMAS), help="Print a JSON schema instead.")
@click.option("--coverage", "covered", is_flag=True, help="Print which clauses the cases cite instead, and the gaps.")
@json_option
def list_command(
    vectors: tuple[Path, ...],
    ids: Sequence[str],
    tags: Sequence[str],
    suites: Sequence[str],
    schema: str | None,
    covered: bool,
    as_json: bool,
) -> int:
    """List the cases, or print what they cover, or the schema of the protocol or of the vector files.

    \b
    signkit list --suite minify-text
    signkit list --id 'build/*' --json
    signkit list --coverage
    signkit list --schema protocol > protocol.schema.json
    """
    if schema is not None:
        click.echo((vectors_root() / "schema" / f"{schema}.schema.json").read_text(encoding="utf-8"), nl=False)
        return 0
    corpus, cases = selected(vectors, ids, tags, suites)
    if covered:
        _print_coverage(corpus, cases, as_json)
        return 0
    if as_json:
        print_json([case_data(case) for case in cases])
        return 0
    width = max((len(case.id) for case in cases), default=0)
    for case in cases:
        click.echo(f"{case.id:<{width}}  {case.level:<6}  {' '.join(case.clauses):<12}  {case.comment}")
    click.echo(f"{len(cases)} cases", err=True)
    return 0


def _print_coverage(corpus: Corpus, cases: Sequence[Case], as_json: bool) -> None:
    total = counted(cases, corpus.notes)
    data = {"cases": len(cases), "counted": total, **coverage.of(cases)}
    if as_json:
        print_json(data)
        return
    width = max(len(row["clause"]) for row in data["clauses"])
    for row in data["clauses"]:
        gap = row["clause"] in data["gaps"]
        ops = "  ".join(f"{op} {count}" for op, count in row["ops"].items())
        shown = ops if row["shown_by"] == "vectors" and not gap else f"{row['shown_by']}: {row['reason']}"
        click.echo(f"{row['clause']:<{width}}  {'gap' if gap else row['cases'] or '-':>5}  {shown}")
    click.echo(f"{len(cases)} cases, {total} where a family that a loop makes counts as at most {FAMILY_COUNTS}")
    click.echo(f"gaps: {', '.join(data['gaps']) or 'none'}")


@click.command("show")
@click.argument("case_id", metavar="ID")
@vectors_option
@json_option
def show_command(case_id: str, vectors: tuple[Path, ...], as_json: bool) -> None:
    """Show one case whole: why it exists, what goes in, what must come out.

    \b
    signkit show request/post-with-body/doc
    """
    corpus, _ = selected(vectors, (), (), ())
    case, *others = select(corpus, ids=(case_id,))
    if others:
        raise click.UsageError(f"{case_id!r} fits {len(others) + 1} cases: name one, such as {case.id}")
    if as_json:
        print_json(case_data(case))
    else:
        print_case(case, corpus)


def print_case(case: Case, corpus: Corpus) -> None:
    """A case for a person: its id and reason, what goes in, what must come out."""
    click.echo(f"{case.id}\n  {case.comment}")
    click.echo(f"  level {case.level}; clauses {', '.join(case.clauses)}; op {case.op}; suite {case.suite}")
    for flag in case.flags:
        note = corpus.notes.get(flag, {})
        click.echo(f"  flag {flag}: {note.get('description', '')}")
    if case.differs_from:
        click.echo(f"  leaves {case.differs_from} by one change")
    click.echo("  input")
    for name, value in case.input.items():
        click.echo(f"    {name}: {shown(value, is_bytes=name in _BYTES)}")
    click.echo("  expect")
    for name, value in case.expect.items():
        fields = value.items() if isinstance(value, dict) else ((name, value),)
        for inner, item in fields:
            click.echo(f"    {inner}: {shown(item, is_bytes=inner in ('value', 'json_text'))}")


_BYTES = ("body", "text", "json_text", "private", "public")


def shown(value: Any, *, is_bytes: bool) -> str:
    """A field for a person: bytes decoded where they are text, the rest as JSON; long values are cut."""
    if is_bytes and isinstance(value, str):
        data = base64.b64decode(value)
        text = data.decode("ascii") if data.isascii() else repr(data)[2:-1]
    else:
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" if c != "\n" else "\\n" for c in text)
    return text if len(text) <= 2000 else f"{text[:2000]}… ({len(text)} characters; --json prints all)"
