"""The six forms on the command line: their fields as options, and the message they make."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

import click

from conformance.cli.sources import BODY, CARD_NUMBER, Source, one_line
from conformance.model import FORMS
from signing_core import PayloadError, messages

Command = TypeVar("Command", bound=Callable[..., Any])

# form -> the fields its message is made of
FIELDS = {
    "request": ("method", "url"),
    "card_details": ("transaction_id",),
    "payout_card_details": ("transaction_id", "card_number"),
    "payout_lookup": ("value",),
    "response": ("body",),
    "webhook": ("body",),
}


def form_options(command: Command) -> Command:
    """The options that name a form and give its fields."""
    for option in reversed(
        (
            click.option(
                "--form", type=click.Choice(FORMS), default="request", show_default=True, help="What is signed."
            ),
            click.option("--method", metavar="M", help="HTTP method, upper case (request)."),
            click.option("--url", metavar="U", help="Full URL with its query string, exactly as sent (request)."),
            click.option("--body", callback=BODY, metavar="FILE|-", help="The body, signed as it stands."),
            click.option("--transaction-id", metavar="UUID", help="For card_details and payout_card_details."),
            click.option(
                "--card-number",
                callback=CARD_NUMBER,
                metavar="FILE|-|env:NAME",
                help="For payout_card_details; never on the command line.",
            ),
            click.option("--value", metavar="TEXT", help="The uuid or external_id looked up (payout_lookup)."),
        )
    ):
        command = option(command)
    return command


def octets_of(form: str, options: Mapping[str, Any], *, spare: Collection[str] = ()) -> dict[str, Any]:
    """The form's fields as bytes, None where not given. UsageError names an option that is missing, or has no part in
    the form and is not ``spare`` either."""
    wanted = FIELDS[form]
    taken = (*wanted, "body") if form == "request" else wanted
    for name, value in options.items():
        if value is None and name in wanted:
            raise click.UsageError(f"the form {form} needs {_option(name)}")
        if value is not None and name not in (*taken, *spare):
            told = f"{_option(name)} has no part in the form {form}, which takes {', '.join(map(_option, taken))}"
            raise click.UsageError(f"{told}: leave it out")
    return {name: _octets(name, value) for name, value in options.items()}


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _octets(name: str, value: str | Source | None) -> bytes | None:
    """Text as UTF-8, but octets of the command line that are none as they came: what was sent is what is verified."""
    if isinstance(value, Source):
        return one_line(value) if name == "card_number" else value.data
    return None if value is None else value.encode("utf-8", "surrogateescape")


def message_of(form: str, fields: Mapping[str, Any], *, strict: bool = True) -> bytes:
    """The bytes to sign. ``strict`` refuses what no request can carry (P43, P44) and text that is not UTF-8.

    Raises PayloadError that names what is wrong in a value.
    """
    arguments = {name: fields[name] for name in FIELDS[form]}
    if form == "request":
        return messages.request(**arguments, body=fields["body"] or b"", strict=strict)
    for name in arguments.keys() & {"transaction_id", "value"} if strict else ():
        _check_text(name, arguments[name])
    make: Callable[..., bytes] = getattr(messages, form)
    return make(**arguments)


def _check_text(name: str, text: bytes) -> None:
    try:
        text.decode()
    except UnicodeDecodeError as error:
        octet = f"byte 0x{text[error.start]:02x} at {error.start}"
        raise PayloadError(f"{name}: {octet} is not UTF-8; encode the text as UTF-8", name) from None


def header_name(form: str) -> str:
    """The header that carries this form's signature (S7, S8, S28)."""
    return "x-short-signature" if form in ("card_details", "payout_card_details") else "x-signature"
