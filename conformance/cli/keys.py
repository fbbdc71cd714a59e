"""``signkit keys``: generate, show and check RSA keys."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click

from conformance.cli.output import finding_data, json_option, print_findings, print_json
from conformance.cli.sources import KEY, PASSWORD, Source, naming, one_line
from signing_core import KeyFormatError, PrivateKey, PublicKey, lint


@click.group("keys")
def keys_command() -> None:
    """Generate, show and check RSA keys.

    \b
    signkit keys generate --out my-private-key.pem --public-out my-public-key.pem
    signkit keys show my-public-key.pem
    signkit keys check my-private-key.pem
    """


@keys_command.command("generate")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Private key; a new file, mode 0600."
)
@click.option(
    "--public-out", type=click.Path(path_type=Path), metavar="FILE", help="Public key to hand over; a new file."
)
@click.option(
    "--bits", type=click.IntRange(2048, 8192), default=2048, show_default=True, help="Size of the modulus (S5: 2048)."
)
@click.option("--password", callback=PASSWORD, metavar="FILE|-|env:NAME", help="Encrypt the private key.")
@json_option
def generate(out: Path, public_out: Path | None, bits: int, password: Source | None, as_json: bool) -> None:
    """Make a key pair (S46). An existing file is never written over.

    \b
    signkit keys generate --out my-private-key.pem --public-out my-public-key.pem
    """
    _check_new(*filter(None, (out, public_out)))
    key = PrivateKey.generate(bits)
    files = [(out, key.to_pem(None if password is None else one_line(password)), 0o600)]
    if public_out is not None:
        files.append((public_out, key.public_key.to_pem(), 0o644))
    _write_new(files)
    if as_json:
        print_json(
            {
                "private": str(out),
                "public": public_out and str(public_out),
                "bits": bits,
                "fingerprint": key.fingerprint,
            }
        )
    else:
        click.echo(f"private key: {out} (mode 0600)")
        if public_out is not None:
            click.echo(f"public key:  {public_out}")
        click.echo(f"fingerprint: {key.fingerprint}")


@keys_command.command("show")
@click.argument("key_source", callback=KEY, metavar="FILE|-|env:NAME")
@click.option("--password", callback=PASSWORD, metavar="FILE|-|env:NAME", help="The private key's password.")
@json_option
def show(key_source: Source, password: Source | None, as_json: bool) -> None:
    """Show a key's size, exponent, fingerprint and its public half; a private half is never printed.

    \b
    signkit keys show my-private-key.pem
    """
    key = _either(key_source, password)
    public = key.public_key if isinstance(key, PrivateKey) else key
    kind = "private" if isinstance(key, PrivateKey) else "public"
    pem = public.to_pem().decode("ascii")
    if as_json:
        fields = {"kind": kind, "bits": public.bits, "exponent": public.exponent, "fingerprint": public.fingerprint}
        print_json({**fields, "public_pem": pem, "findings": [finding_data(f) for f in lint.key(public)]})
        return
    click.echo(f"kind:        {kind} RSA key\nbits:        {public.bits}\nexponent:    {public.exponent}")
    click.echo(f"fingerprint: {public.fingerprint}\n{pem}", nl=False)
    print_findings(lint.key(public), err=True)


@keys_command.command("check")
@click.argument("key_source", callback=KEY, metavar="FILE|-|env:NAME")
@click.option("--password", callback=PASSWORD, metavar="FILE|-|env:NAME", help="The private key's password.")
@json_option
def check(key_source: Source, password: Source | None, as_json: bool) -> int:
    """Check a key: size, exponent, p times q, and that its two halves fit (exit 1 if not).

    \b
    signkit keys check my-private-key.pem
    """
    results = _either(key_source, password).check()
    good = all(result.ok for result in results)
    if as_json:
        print_json({"ok": good, "checks": [{"name": r.name, "ok": r.ok, "detail": r.detail} for r in results]})
    else:
        for result in results:
            click.echo(f"{'ok ' if result.ok else 'BAD'}  {result.name}: {result.detail}")
    return 0 if good else 1


def _either(source: Source, password: Source | None) -> PrivateKey | PublicKey:
    """A private key where the text holds one, else a public one; weak ones too, since they are only looked at."""
    secret = None if password is None else one_line(password)
    with naming(source.name):
        if b"PRIVATE KEY" in source.data or password is not None:
            return PrivateKey.from_pem(source.data, secret, allow_weak=True)
        try:
            return PublicKey.from_pem(source.data, allow_weak=True)
        except KeyFormatError as public_error:
            try:
                return PrivateKey.from_pem(source.data, secret, allow_weak=True)  # base64 of one shows no label
            except KeyFormatError:
                raise public_error from None


def _check_new(*paths: Path) -> None:
    """UsageError unless each path can become a new file."""
    for path in paths:
        if str(path) == "-":
            raise click.UsageError("a key is not printed, it goes to a file: name one")
        if path.is_symlink() or path.exists():
            raise click.UsageError(f"{path} exists, and is not written over: name another file, or move it away")
        if not path.parent.is_dir():
            raise click.UsageError(f"{path}: there is no folder {path.parent}: make it, or name another file")
    if len({path.resolve() for path in paths}) < len(paths):
        raise click.UsageError(f"both keys would go to {paths[0]}: name two files")


def _write_new(files: Iterable[tuple[Path, bytes, int]]) -> None:
    """Write files that must not exist yet, each with its mode: all of them, or none where one cannot be written."""
    made: list[Path] = []
    try:
        for path, data, mode in files:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            made.append(path)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(descriptor)
    except BaseException as error:
        for path in made:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            told = f"{path}: cannot be written: {error.strerror}; name a file where you may write"
            raise click.UsageError(told) from None
        raise
