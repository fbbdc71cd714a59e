"""Implementations that sign another URL than the one that is sent, or take one that cannot be (S7, P5, P9, P43)."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from conformance.mutants.altering import REQUESTS, URLS, AlteredRequest
from conformance.mutants.registry import mutant
from conformance.mutants.right import Fields, Right


@mutant("message", "merchants' first tries", REQUESTS, "documented-examples")
class QueryDropped(AlteredRequest):
    """The URL is signed without its query string."""

    def url(self, url: str) -> str:
        return url.partition("?")[0]


@mutant("message", "Flask's and Starlette's request.url, Django's build_absolute_uri", URLS)
class QueryDecoded(AlteredRequest):
    """The URL is percent-decoded before it is signed."""

    def url(self, url: str) -> str:
        return unquote(url)


@mutant("message", "query builders, which spell a blank +", URLS)
class BlanksAsPlus(AlteredRequest):
    """The query is parsed and spelled again, with + for %20."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        return path + mark + query.replace("%20", "+")


@mutant("message", "query builders that keep parameters in a sorted map", URLS, REQUESTS)
class QuerySorted(AlteredRequest):
    """Parameters are signed in the order of their names."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        return path + mark + "&".join(sorted(query.split("&")))


@mutant("message", "routers that redirect to the form with a slash", URLS, REQUESTS)
class SlashAdded(AlteredRequest):
    """A path without trailing slash gets one."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        return path.rstrip("/") + "/" + mark + query


@mutant("message", "the advice to remove trailing slashes, taken literally", URLS, REQUESTS)
class SlashRemoved(AlteredRequest):
    """A trailing slash of the path is dropped."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        return path.rstrip("/") + mark + query


@mutant("message", "both pieces of advice at once", URLS, REQUESTS)
class SlashToggled(AlteredRequest):
    """A trailing slash is dropped where there is one and added where there is none."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        return (path[:-1] if path.endswith("/") else path + "/") + mark + query


@mutant("message", "Python's urlsplit and urlunsplit, Java's URI", URLS)
class UrlRebuilt(AlteredRequest):
    """The URL is taken apart and put together: a bare question mark goes, the scheme is lowered."""

    def url(self, url: str) -> str:
        return urlsplit(url).geturl()


@mutant("message", "servers that build the URL from the Host header", URLS)
class HostLowered(AlteredRequest):
    """Scheme and host are lowered, the default port is dropped, an empty path becomes a slash."""

    def url(self, url: str) -> str:
        parts = urlsplit(url)
        host = parts.netloc.lower().removesuffix(":443" if parts.scheme == "https" else ":80")
        return parts._replace(netloc=host, path=parts.path or "/").geturl()


@mutant("message", "RFC 3986's normalisation, requests and urllib3", URLS)
class EscapesRaised(AlteredRequest):
    """Escapes are spelled in upper case."""

    def url(self, url: str) -> str:
        return re.sub(r"%[0-9a-fA-F]{2}", lambda found: found[0].upper(), url)


@mutant("message", "RFC 3986's normalisation", URLS)
class UnreservedDecoded(AlteredRequest):
    """Escapes of letters that need none are decoded."""

    def url(self, url: str) -> str:
        def plain(found: re.Match[str]) -> str:
            char = chr(int(found[1], 16))
            return char if re.fullmatch(r"[A-Za-z0-9._~-]", char) else found[0]

        return re.sub(r"%([0-9a-fA-F]{2})", plain, url)


@mutant("message", "15 of 32 HTTP clients", URLS)
class DotSegmentsRemoved(AlteredRequest):
    """Dot segments are resolved before signing."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        path = path.replace("/./", "/")
        while (shorter := re.sub(r"(?<!:)(?<!/)/(?!\.\./)[^/]+/\.\./", "/", path, count=1)) != path:
            path = shorter
        return path + mark + query


@mutant("message", "path joiners", URLS)
class SlashesMerged(AlteredRequest):
    """Doubled slashes become one."""

    def url(self, url: str) -> str:
        scheme, mark, rest = url.partition("://")
        return scheme + mark + re.sub(r"/{2,}", "/", rest)


@mutant("message", "requests and urllib3", URLS)
class BracketsEscaped(AlteredRequest):
    """Brackets in the query are escaped before signing."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        return path + mark + query.replace("[", "%5B").replace("]", "%5D")


@mutant("message", "WHATWG parsers", URLS)
class ApostropheEscaped(AlteredRequest):
    """An apostrophe in the query is escaped before signing."""

    def url(self, url: str) -> str:
        return url.replace("'", "%27")


@mutant("message", "parse_qsl without keep_blank_values", URLS)
class EmptyValuesDropped(AlteredRequest):
    """Parameters without a value are left out."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        kept = [pair for pair in query.split("&") if pair.partition("=")[2] or not query]
        return path + mark + "&".join(kept)


@mutant("message", "signers that take any text for a URL", URLS)
class AnyUrl(Right):
    """No URL and no method is refused, though clients send many of them changed."""

    def compose(self, form: str, fields: Fields, strict: bool) -> bytes:
        return super().compose(form, fields, strict=False)


@mutant("message", "clients that mend URLs silently", URLS)
class UrlMended(Right):
    """What a URL may not hold is escaped, and a fragment cut off, instead of refused."""

    def compose(self, form: str, fields: Fields, strict: bool) -> bytes:
        if form == "request" and strict:
            url = quote(fields["url"].strip().partition("#")[0], safe="%/:?&=+,;@!$'()*[]~")
            fields = {**fields, "url": re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url)}
        return super().compose(form, fields, strict)


@mutant("message", "one base URL in the code for all environments", REQUESTS, "build-requests")
class SandboxAlways(AlteredRequest):
    """The URL of the sandbox is signed, wherever the request goes."""

    def url(self, url: str) -> str:
        return re.sub(r"^https://api\.", "https://api-dev.", url)
