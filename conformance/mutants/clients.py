"""Clients that rewrite the URL or the method after it was signed, or that sign what nobody sends (S41, P5, P43)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from conformance.mutants.registry import mutant
from conformance.mutants.right import Fields, Right

BUILDS = "build-requests"
FORMS = "build-forms"


def _client(rewritten: Callable[[str], str]) -> Callable[[Right, str], str]:
    """``sent_url`` of a client that rewrites URLs after they were signed."""
    return lambda self, url: rewritten(url)


def _query(url: str, change: Callable[[str], str]) -> str:
    path, mark, query = url.partition("?")
    return path + mark + change(query)


@mutant("builder", "aiohttp", BUILDS)
class ClientDecodesQuery(Right):
    """The client decodes escapes in the query: %2F, %3A, %27."""

    sent_url = _client(
        lambda url: _query(url, lambda query: re.sub(r"%(2F|3A|40|2C|27)", lambda f: unquote(f[0]), query))
    )


@mutant("builder", "aiohttp, yarl", BUILDS)
class ClientSendsPlus(Right):
    """The client turns %20 in the query into +."""

    sent_url = _client(lambda url: _query(url, lambda query: query.replace("%20", "+")))


@mutant("builder", "query builders that spell a blank %20", BUILDS)
class ClientEscapesPlus(Right):
    """The client turns + in the query into %20."""

    sent_url = _client(lambda url: _query(url, lambda query: query.replace("+", "%20")))


@mutant("builder", "requests and urllib3", BUILDS)
class ClientRaisesEscapes(Right):
    """The client spells escapes in upper case."""

    sent_url = _client(lambda url: re.sub(r"%[0-9a-f]{2}", lambda found: found[0].upper(), url))


@mutant("builder", "requests", BUILDS)
class ClientDecodesUnreserved(Right):
    """The client decodes escapes of letters that need none."""

    sent_url = _client(lambda url: url.replace("%7E", "~").replace("%2D", "-").replace("%5F", "_").replace("%2E", "."))


@mutant("builder", "Node's fetch and every WHATWG parser", BUILDS)
class ClientEscapesApostrophe(Right):
    """The client writes %27 for an apostrophe in the query."""

    sent_url = _client(lambda url: _query(url, lambda query: query.replace("'", "%27")))


@mutant("builder", "requests and urllib3", BUILDS)
class ClientEscapesBrackets(Right):
    """The client escapes brackets."""

    sent_url = _client(lambda url: _query(url, lambda query: query.replace("[", "%5B").replace("]", "%5D")))


@mutant("builder", "15 of 32 clients", BUILDS)
class ClientResolvesDots(Right):
    """The client resolves dot segments."""

    sent_url = _client(lambda url: re.sub(r"/(?!\.\.?/)[^/?]+/\.\./", "/", url).replace("/./", "/"))


@mutant("builder", "27 of 32 clients", BUILDS)
class ClientDropsPort(Right):
    """The client leaves the default port out."""

    sent_url = _client(lambda url: re.sub(r"^(https://[^/?]*):443(?=[/?]|$)", r"\1", url))


@mutant("builder", "clients that join base and path", BUILDS)
class ClientDropsAnyPort(Right):
    """The client leaves every port out."""

    sent_url = _client(lambda url: re.sub(r"^(https?://[^/?]*):[0-9]+(?=[/?]|$)", r"\1", url))


@mutant("builder", "Guzzle, Node", BUILDS)
class ClientDropsBareMark(Right):
    """The client drops a bare question mark."""

    sent_url = _client(lambda url: url.removesuffix("?"))


@mutant("builder", "every client but none", BUILDS)
class ClientFillsEmptyPath(Right):
    """The client sends a slash for an empty path."""

    sent_url = _client(lambda url: urlsplit(url)._replace(path=urlsplit(url).path or "/").geturl())


@mutant("builder", "clients that parse the query into a map", BUILDS)
class ClientSortsQuery(Right):
    """The client sends parameters in the order of their names."""

    sent_url = _client(lambda url: _query(url, lambda query: "&".join(sorted(query.split("&")))))


@mutant("builder", "clients that parse the query into a map", BUILDS)
class ClientDropsRepeats(Right):
    """The client sends the last of parameters of one name."""

    sent_url = _client(
        lambda url: _query(
            url, lambda query: "&".join({pair.partition("=")[0]: pair for pair in query.split("&")}.values())
        )
    )


@mutant("builder", "parse_qsl without keep_blank_values", BUILDS)
class ClientDropsEmptyValues(Right):
    """The client leaves parameters without value out."""

    sent_url = _client(
        lambda url: _query(url, lambda query: "&".join(pair for pair in query.split("&") if pair.partition("=")[2]))
    )


@mutant("builder", "clients that encode a URL that is encoded", BUILDS, FORMS)
class ClientEscapesTwice(Right):
    """The client escapes the % of escapes."""

    sent_url = _client(lambda url: url.replace("%", "%25"))


@mutant("builder", "routers and their redirects", BUILDS)
class ClientAddsSlash(Right):
    """The client follows a redirect to the form with a slash, signature and all."""

    sent_url = _client(lambda url: re.sub(r"(?<!/)(?=\?|$)", "/", url, count=1))


@mutant("builder", "base URLs joined with rstrip('/')", BUILDS)
class ClientRemovesSlash(Right):
    """The client drops the path's trailing slash."""

    sent_url = _client(lambda url: re.sub(r"/(?=\?|$)", "", url, count=1))


@mutant("builder", "params= beside a URL that has a query", BUILDS, FORMS)
class ClientDropsQuery(Right):
    """The client replaces the query by its own, empty one."""

    sent_url = _client(lambda url: url.partition("?")[0])


@mutant("builder", "http:// in a development setting", BUILDS, FORMS)
class ClientSendsPlainHttp(Right):
    """The client goes to http instead of https."""

    sent_url = _client(lambda url: url.replace("https://", "http://", 1))


@mutant("builder", "one base URL for all environments", BUILDS, FORMS)
class ClientSendsToSandbox(Right):
    """Whatever the environment, the request goes to the sandbox."""

    sent_url = _client(lambda url: url.replace("https://api.", "https://api-dev.", 1))


@mutant("builder", "builders without checks", BUILDS)
class AnyTarget(Right):
    """URLs that no client sends as they are, and methods in lower case, are signed."""

    def admit(self, method: str, url: str) -> None:
        return

    def built(self, form: str, fields: Fields) -> bytes:
        return self.compose(form, fields, strict=False)


@mutant("builder", "clients that take a path", BUILDS)
class ClientMendsUrl(Right):
    """What a URL may not hold is escaped or cut off by the client, after signing."""

    def admit(self, method: str, url: str) -> None:
        super().admit(method, self.sent_url(url))

    def fields(self, form: str, method: str, url: str, body: bytes, value: Any) -> Fields:
        return super().fields(form, method, self.sent_url(url), body, value)

    def sent_url(self, url: str) -> str:
        return quote(url.strip().partition("#")[0], safe="%/:?&=+,;@!$'()*[]~")


@mutant("builder", "clients that hold methods in lower case", BUILDS)
class ClientRaisesMethod(Right):
    """The method is signed as given and raised when sent."""

    def admit(self, method: str, url: str) -> None:
        super().admit(method.upper(), url)

    def fields(self, form: str, method: str, url: str, body: bytes, value: Any) -> Fields:
        return super().fields(form, method.upper(), url, body, value)

    def sent_method(self, method: str) -> str:
        return method.upper()


@mutant("builder", "clients that know GET and POST", BUILDS)
class OnlyPost(Right):
    """Whatever has a body is sent as POST."""

    def build(self, json_text: bytes | None = None, **fields: Any) -> dict[str, Any]:
        request = super().build(json_text=json_text, **fields)
        return request if json_text is None else {**request, "method": "POST"}
