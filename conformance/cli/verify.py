"""``signkit verify``: valid or not, and if not, why."""

from __future__ import annotations

import os
from typing import Any

import click

from conformance.cli.forms import form_options, message_of, octets_of
from conformance.cli.output import json_option, print_json
from conformance.cli.sources import PUBLIC_KEY, Source, naming, standard_input
from conformance.diagnose import explain_signature
from signing_core import InvalidSignature, PublicKey, signature

_LONGEST_HEADER = 64 << 20  # bytes; any length gets a verdict, and an endless device ends there


@click.command("verify")
@click.option(
    "--public-key",
    "key_source",
    callback=PUBLIC_KEY,
    required=True,
    metavar="FILE|-|env:NAME",
    help="The signer's public key.",
)
@click.option("--signature", "text", required=True, metavar="TEXT", help="The header's value; - reads standard input.")
@form_options
@click.option("--allow-weak", is_flag=True, help="Take a key of fewer than 2048 bits.")
@json_option
def verify_command(key_source: Source, text: str, allow_weak: bool, as_json: bool, **fields: Any) -> int:
    """Verify a signature; an invalid one is opened with the key and told why (exit 1).

    \b
    signkit verify --public-key my-public-key.pem --method GET --signature "$X_SIGNATURE" \\
        --url 'https://host.example/api/v1/merchant/transactions/?external_id=24'
    signkit verify --public-key platform.pem --form webhook --body webhook.json --signature "$X_SIGNATURE"
    """
    form = fields.pop("form")
    header = _header(text)
    with naming(key_source.name):
        key = PublicKey.from_pem(key_source.data, allow_weak)
    message = message_of(form, octets_of(form, fields), strict=False)
    sentence = "the signature fits the message"
    stage = None
    try:
        key.verify(message, signature.decode(header))
        valid = True
    except InvalidSignature as error:
        valid = False
        diagnosis = explain_signature(header, message, key.to_pem().decode("ascii"))
        sentence, stage = (diagnosis.sentence, diagnosis.stage) if diagnosis else (str(error), "signature")
    if as_json:
        print_json({"valid": valid, "stage": stage, "sentence": sentence, "key": key.fingerprint})
    elif valid:
        click.echo(f"valid: {sentence}")
    else:
        click.echo(f"invalid: {stage}: {sentence}")
    return 0 if valid else 1


def _header(text: str) -> str:
    """The header's value, one character an octet; on standard input a line end may follow it."""
    octets = standard_input("the signature", _LONGEST_HEADER) if text == "-" else os.fsencode(text)
    if text == "-":
        octets = octets.removesuffix(b"\n").removesuffix(b"\r")
    return octets.decode("latin-1")
