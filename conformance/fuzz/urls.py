"""Strategies for URLs after the grammar of P43 - fine, warned of, refused - and for methods."""

from __future__ import annotations

from hypothesis import strategies as st

from conformance.fuzz.choice import below, pick

_words = st.one_of(
    st.sampled_from(
        ["t", "a", "id", "24", "x-1", "A_b", "v1.2", "~q", "cb", "7fK", "order-7", "0", "merchant", "payouts"]
    ),
    st.text("abcxyzABC019-._~", min_size=1, max_size=5),
)
PRODUCTION = "api.cdnsoftwaretech.com"
_hosts = st.sampled_from(
    ["api-dev.cdnsoftwaretech.com", "host.example", PRODUCTION, "a.example:8443", "x-1.host.example", "shop.example"]
)
_fine_pieces = st.one_of(
    _words, st.sampled_from(["%20", "%C3%A9", "%2B", "%26", "!", "$", "(", ")", "*", ",", ";", ":", "@"])
)
_warned_pieces = st.sampled_from(
    ["%c3%a9", "%7E", "%41", "%2F", "%2f", "'", "[", "]", "[0]", "%27", "%00", "%25", "%3A", "%2C", "%40"]
)
_segments = st.one_of(_words, st.sampled_from(["api", "v1", "transactions"]))
_warned_segments = st.sampled_from([".", "..", "", "%2e%2e", "a.b", "..."])
_FORBIDDEN = [
    *'   "<>\\^{|}#\x00\x1f\x7f\t\n\r',
    *("é", "日", "\u200b", "%", "%4", "%zz", "#x", "%u00e9", "\u2028"),
]


_pieces = {False: _fine_pieces, True: st.one_of(_fine_pieces, _warned_pieces)}
_paths = {
    False: st.lists(st.one_of(_segments, _fine_pieces), max_size=4),
    True: st.lists(st.one_of(_segments, _warned_segments, _pieces[True]), max_size=4),
}
_queries = {warned: st.lists(st.tuples(_words, pieces), max_size=3) for warned, pieces in _pieces.items()}


@st.composite
def _path(draw: st.DrawFn, *, warned: bool) -> str:
    path = "".join("/" + segment for segment in draw(_paths[warned])) + pick(draw, ["", "/"])
    if not path and not warned:
        path = "/"
    query = "&".join(f"{name}={value}" for name, value in draw(_queries[warned]))
    if not query and warned:
        query = pick(draw, ["", "?", "+", "=", "a"])
    return path + (f"?{query}" if query else "")


_fine_paths, _warned_paths = _path(warned=False), _path(warned=True)


@st.composite
def fine(draw: st.DrawFn) -> str:
    """A URL that every client sends as it stands."""
    return f"{pick(draw, ['https', 'https', 'http'])}://{draw(_hosts)}{draw(_fine_paths)}"


@st.composite
def warned(draw: st.DrawFn) -> str:
    """A URL that may be signed, though some clients rewrite it."""
    scheme, port = pick(draw, [("https", 443), ("http", 80)])
    host = pick(draw, ["host.example", "a.example:8443", "HOST.example", f"host.example:{port}", "host.example."])
    url = f"{scheme}://{host}{draw(_warned_paths)}"
    return url if "?" in url else url + pick(draw, ["", "", "", "?"])


@st.composite
def refused(draw: st.DrawFn) -> str:
    """A URL with an error of P43."""
    url: str = draw(fine())
    kind = draw(below(7))
    if kind == 0:
        whole = ["", "/api/v1", "host.example/t", "//host.example/t", "https:///t", "https://", "ftp://host.example/"]
        return pick(draw, [*whole, "https://:443/t", "https:/host.example/"])
    if kind == 1:
        return url.replace("://", pick(draw, ["://u@", "://u:p@", "://@"]), 1)
    place: int = len(url) - draw(below(len(url) - url.index("//") - 2))
    return f"{url[:place]}{pick(draw, _FORBIDDEN)}{url[place:]}"


_values = st.lists(
    st.one_of(_words, st.sampled_from(["%20", "%2F", "%25", "%26", "%3D", "%C3%A9", "%2B"])), min_size=1, max_size=3
)


@st.composite
def lookups(draw: st.DrawFn) -> str:
    """The URL of a payout look-up: one parameter, or (now and then) none, both or another."""
    value = "".join(draw(_values))
    name = pick(draw, ["uuid", "external_id"])
    odd = ["id=7", f"uuid={value}&external_id=7", f"a=1&{name}={value}"]
    query = pick(draw, [f"{name}={value}"] * 5 + odd)
    return f"https://{draw(_hosts)}/api/v1/merchant/payouts?{query}"


any_url = st.one_of(fine(), fine(), warned(), warned(), refused())
sendable = st.one_of(fine(), warned())
good_methods = st.sampled_from(["GET", "POST", "POST", "PUT", "DELETE", "PATCH"])
methods = st.one_of(
    good_methods,
    good_methods,
    st.text("ABCXYZ0123!#$%&'*+-.^_`|~", min_size=1, max_size=6),
    st.sampled_from(
        [
            "get",
            "Post",
            "",
            " GET",
            "GET ",
            "GET\n",
            "GÉT",
            "GET:",
            "G(T",
            "G\x00",
            "PÖST",
            "POST/",
            "\uff27\uff25\uff34",
        ]
    ),
)
