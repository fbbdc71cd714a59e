"""The six forms on the command line: their fields as options, and the message they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from conformance.cli.sources import BODY, CARD_NUMBER, one_line
from conformance.model import FORMS
from signing_core import messages

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


def message_of(form: str, fields: dict[str, Any], *, strict: bool = True) -> bytes:
    """The bytes to sign. UsageError names the option that the form lacks; PayloadError what is wrong in a value."""
    wanted = FIELDS[form]
    for name in wanted:
        if fields[name] is None:
            raise click.UsageError(f"the form {form} needs --{name.replace('_', '-')}")
    if form == "request":
        return messages.request(fields["method"], fields["url"], fields["body"] or b"", strict=strict)
    arguments = {name: fields[name] for name in wanted}
    if "card_number" in arguments:
        arguments["card_number"] = one_line(arguments["card_number"])
    make: Callable[..., bytes] = getattr(messages, form)
    return make(**arguments)


def header_name(form: str) -> str:
    """The header that carries this form's signature (S7, S8, S28)."""
    return "x-short-signature" if form in ("card_details", "payout_card_details") else "x-signature"
