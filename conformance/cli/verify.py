"""``signkit verify``: valid or not, and if not, why."""

from __future__ import annotations

import sys
from typing import Any

import click

from conformance.cli.forms import form_options, message_of
from conformance.cli.output import json_option, print_json
from conformance.cli.sources import PUBLIC_KEY
from conformance.diagnose import explain_signature
from signing_core import InvalidSignature, PublicKey, signature


@click.command("verify")
@click.option(
    "--public-key",
    "key_data",
    callback=PUBLIC_KEY,
    required=True,
    metavar="FILE|-|env:NAME",
    help="The signer's public key.",
)
@click.option("--signature", "text", required=True, metavar="TEXT", help="The header's value; - reads standard input.")
@form_options
@click.option("--allow-weak", is_flag=True, help="Take a key of fewer than 2048 bits.")
@json_option
def verify_command(key_data: bytes, text: str, allow_weak: bool, as_json: bool, **fields: Any) -> int:
    """Verify a signature; an invalid one is opened with the key and told why (exit 1).

    \b
    signkit verify --public-key my-public-key.pem --method GET --signature "$X_SIGNATURE" \\
        --url 'https://host.example/api/v1/merchant/transactions/?external_id=24'
    signkit verify --public-key platform.pem --form webhook --body webhook.json --signature "$X_SIGNATURE"
    """
    form = fields.pop("form")
    key = PublicKey.from_pem(key_data, allow_weak)
    message = message_of(form, fields, strict=False)
    header = sys.stdin.read().removesuffix("\n") if text == "-" else text
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
