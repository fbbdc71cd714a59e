"""``signkit sign``: the header, the message or a ready curl command, with what lint has to say."""

from __future__ import annotations

import base64
import re
import shlex
import sys
from typing import Any
from urllib.parse import unquote

import click

from conformance.cli.forms import form_options, header_name, message_of, octets_of
from conformance.cli.output import finding_data, json_option, print_findings, print_json
from conformance.cli.sources import KEY, PASSWORD, Source, naming, one_line
from signing_core import PayloadError, PrivateKey, canonical, lint, messages, signature

PRODUCTION_HOST = "api.cdnsoftwaretech.com"
_LINTED = 1 << 20  # bytes of a body; signing must not wait for minutes on what lint says of a huge one


def _header_value(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Refuses what would end the header line or not survive on it."""
    if value is not None and not (value.isascii() and value.isprintable() and value.strip() == value != ""):
        raise click.BadParameter(f"{value!r} cannot stand in a header: printable ASCII without blanks at its ends")
    return value


@click.command("sign")
@click.option("--key", "key_source", callback=KEY, required=True, metavar="FILE|-|env:NAME", help="The private key.")
@click.option("--password", callback=PASSWORD, metavar="FILE|-|env:NAME", help="The key's password, if it has one.")
@form_options
@click.option("--minify", is_flag=True, help="Minify the body first, and print the body to send.")
@click.option("--merchant-id", callback=_header_value, metavar="ID", help="Adds x-merchant-id to the headers.")
@click.option(
    "--output",
    type=click.Choice(["header", "signature", "message", "curl"]),
    default="header",
    show_default=True,
    help="Print the headers, the bare signature, the signed bytes, or a curl command that sends them.",
)
@click.option("--allow-weak", is_flag=True, help="Take a key of fewer than 2048 bits.")
@json_option
def sign_command(
    key_source: Source,
    password: Source | None,
    minify: bool,
    merchant_id: str | None,
    output: str,
    allow_weak: bool,
    as_json: bool,
    **fields: Any,
) -> None:
    """Sign a message as given; what other software would change in it (up to 1 MiB) is told on standard error.

    \b
    signkit keys generate --out my-private-key.pem
    signkit sign --key my-private-key.pem --method GET \\
        --url 'https://host.example/api/v1/merchant/transactions/?external_id=24'
    printf '{"amount": 150.23}' | signkit sign --key my-private-key.pem --minify \\
        --method POST --url https://host.example/api/v1/merchant/transactions/ --body -
    signkit sign --key env:MERCHANT_KEY --form payout_lookup --value 24
    """
    form = fields.pop("form")
    body_name = fields["body"].name if fields["body"] else ""
    fields = octets_of(form, fields, spare=("method", "url", "body"))  # to where it is sent, whatever is signed
    with naming(key_source.name):
        key = PrivateKey.from_pem(key_source.data, None if password is None else one_line(password), allow_weak)
    if minify:
        if fields["body"] is None:
            raise click.UsageError("--minify needs --body")
        with naming(body_name):
            fields["body"] = canonical.minify(fields["body"])
    findings = _lint(key, fields)
    message = message_of(form, fields)
    if fields["url"] is not None:
        messages.request(fields["method"] or "POST", fields["url"])  # P43, P44: from here on both are ASCII
        _refuse_production(key, fields["url"].decode())
    text = signature.encode(key.sign(message))
    headers = {header_name(form): text}
    if merchant_id is not None:
        headers = {"x-merchant-id": merchant_id, **headers}
    if as_json:
        print_json(
            {
                "form": form,
                "headers": headers,
                "signature": text,
                "message": base64.b64encode(message).decode(),
                "body": None if fields["body"] is None else base64.b64encode(fields["body"]).decode(),
                "key": key.fingerprint,
                "findings": [finding_data(f) for f in findings],
            }
        )
        return
    print_findings(findings, err=True)
    if output == "signature":
        click.echo(text)
    elif output == "message":
        sys.stdout.buffer.write(message)
    elif output == "curl":
        click.echo(_curl(form, headers, fields))
    else:
        for name, value in headers.items():
            click.echo(f"{name}: {value}")
        if minify:
            click.echo()
            sys.stdout.flush()
            sys.stdout.buffer.write(fields["body"] + b"\n")


def _lint(key: PrivateKey, fields: dict[str, Any]) -> list[lint.Finding]:
    findings = lint.key(key.public_key)
    if fields["url"] is not None:
        findings += [f for f in lint.url(fields["url"]) if f.severity != "error"]  # an error is raised by the message
    body = fields["body"] or b""
    if len(body) > _LINTED:
        findings.append(_unread(len(body)))
    elif body:
        findings += lint.json(body)
    return findings


def _unread(length: int) -> lint.Finding:
    return lint.Finding(
        rule="json-unread",
        severity="warning",
        place=0,
        message=f"the body has {length} bytes, and sign looks at no more than {_LINTED}",
        who=(),
        mend="signkit lint FILE looks at all of it",
        clause="S41",
    )


def _refuse_production(key: PrivateKey, url: str) -> None:
    """P40: the document's private key is known to everyone, so nothing signed with it may reach production.

    ``url`` has passed P43. Its host is read as a resolver would: escapes, case and a final dot make no other host.
    """
    host = unquote(re.split("[:/?]", url.partition("://")[2], maxsplit=1)[0]).rstrip(".").lower()
    if key.public_key.is_documented and host == PRODUCTION_HOST:
        raise PayloadError(
            f"this is the merchant document's own key, whose private half is public; a request for {PRODUCTION_HOST} "
            "must not be signed with it (P40): use your own key, or the sandbox's URL",
            "url",
        )


def _curl(form: str, headers: dict[str, str], fields: dict[str, Any]) -> str:
    """A command that sends exactly what was signed: curl must not touch dot segments, brackets or the body."""
    if fields["url"] is None:
        raise click.UsageError("--output curl needs --url, the address to send to")
    body: bytes | None = fields["body"]
    method = fields["method"].decode() if fields["method"] else "GET" if body is None else "POST"
    words = ["curl", "--path-as-is", "--globoff", "-X", method, fields["url"].decode()]
    for name, value in headers.items():
        words += ["-H", f"{name}: {value}"]
    if "x-merchant-id" not in headers and form not in ("response", "webhook"):
        words += ["-H", "x-merchant-id: YOUR-MERCHANT-ID"]
    if body is not None:
        words += ["-H", "content-type: application/json", "--data-binary"]
        # A card number must not land in argv, and only text can stand in a command line: else the body comes by a pipe.
        inline = not form.endswith("card_details") and body.isascii() and b"\0" not in body
        words.append(body.decode("ascii") if inline else "@-")
    return shlex.join(words)
