"""The only user of the compiled module: C pointers in, Python values and errors out.

Where the extension was not built or cannot be loaded, ``available`` is False, ``ABSENCE`` says why, and nothing but
these and ``wipe`` may be used. Everything else here releases the interpreter's lock while C runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack, unpack
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from signing_core.errors import NativeError

if TYPE_CHECKING:
    from signing_core._native_cffi import CData, ffi, lib

    ABSENCE: str | None = None
else:
    try:
        from signing_core._native_cffi import ffi, lib

        ABSENCE = None
    except ImportError as absence:
        ffi = lib = None
        missing = getattr(absence, "name", None) == "signing_core._native_cffi"
        ABSENCE = "the C extension was not built" if missing else f"the C extension cannot be loaded: {absence}"

available = ABSENCE is None

if available:
    _uncleared = ffi.new_allocator(should_clear_after_alloc=False)  # for what C fills
    _OCTETS, _WORDS = ffi.typeof("uint8_t[]"), ffi.typeof("size_t[]")
    _sign_one = ffi.addressof(lib, "sk_sign_one")

__all__ = [
    "ABSENCE",
    "Errand",
    "Key",
    "Rest",
    "Signing",
    "available",
    "cpu_features",
    "faults_caught",
    "inject_faults",
    "json_minify",
    "lanes_run",
    "only_bytes",
    "openssl_version",
    "pkcs1_encode",
    "sign",
    "verify",
    "wipe",
]

ERROR_BYTES = 256  # ERR_error_string_n's own advice


def fail(what: str) -> NoReturn:
    """Raise NativeError with all that OpenSSL's error queue of this thread holds; the queue is empty afterwards."""
    text = ffi.new("char[]", ERROR_BYTES)
    reasons = []
    while lib.sk_next_error(text, ERROR_BYTES):
        reasons.append(ffi.string(text).decode("ascii", "replace"))
    raise NativeError(f"{what}: {'; '.join(reasons) or 'OpenSSL gives no reason'}")


def wipe(data: bytearray | bytes) -> None:
    """Overwrite ``data`` with zeros: a secret that nobody else refers to.

    A ``bytes`` object can be wiped by C alone, and only while nobody else holds it (pyca hands out keys as such);
    without the extension it is left to the garbage collector.
    """
    if available:
        lib.sk_wipe(ffi.from_buffer(data), len(data))
    elif isinstance(data, bytearray):
        data[:] = bytes(len(data))


def _refuse(status: int, what: str) -> NoReturn:
    if status == lib.SK_NOT_BYTES:
        raise TypeError("only bytes can be signed and verified")
    fail(what)


class Key:
    """One RSA key in OpenSSL's form, freed (secrets wiped) with this object. Immutable; threads may share it."""

    __slots__ = ("alone", "bytes", "handle")

    def __init__(self, handle: CData) -> None:
        if handle == ffi.NULL:
            fail("OpenSSL does not read the key")
        self.handle = ffi.gc(handle, lib.sk_key_free)
        self.bytes = lib.sk_key_bytes(handle)
        self.alone = Ring([self], None)  # for batches with no other key

    @classmethod
    def private(cls, der: bytes) -> Key:
        """From an unencrypted PKCS#8 or PKCS#1 structure, which stays the caller's to wipe."""
        lib.sk_clear_errors()
        return cls(lib.sk_key_private(der, len(der)))

    @classmethod
    def public(cls, der: bytes) -> Key:
        """From a SubjectPublicKeyInfo."""
        lib.sk_clear_errors()
        return cls(lib.sk_key_public(der, len(der)))


def only_bytes(values: list[Any]) -> bool:
    """Whether every item is a bytes object; by C where it is here, since that takes a fifth of the time."""
    if not available:
        return all(issubclass(kind, bytes) for kind in set(map(type, values)))
    return bool(lib.sk_list_only_bytes(id(values), len(values)))


class Ring:
    """An sk_keyring: the distinct keys, which live at least as long, and which one each item uses (None: the first)."""

    __slots__ = ("longest", "pointer", "references", "shortest")

    def __init__(self, keys: Sequence[Key], which: Sequence[int] | None) -> None:
        handles = ffi.new("sk_key *[]", [key.handle for key in keys])
        indices = ffi.NULL if which is None else ffi.from_buffer("uint32_t[]", pack(f"{len(which)}I", *which))
        self.pointer = ffi.new("sk_keyring *", (handles, len(keys), indices))
        self.references = (handles, indices)
        lengths = {key.bytes for key in keys}
        self.shortest, self.longest = min(lengths), max(lengths)


def sign(
    keys: Sequence[Key], which: Sequence[int] | None, messages: Sequence[bytes], lanes: bool = False
) -> list[bytes]:
    """Sign message i with ``keys[which[i]]``, or all with ``keys[0]``. Raises NativeError on a fault.

    ``lanes``: eight at a time by our own kernel, for the keys it takes; only where ``lanes_run`` is True. A list is
    taken as it is, its items where they lie: nobody else may change it. Raises TypeError if an item is no bytes object.
    """
    count = len(messages)
    ring = keys[0].alone if which is None else Ring(keys, which)
    held = messages if type(messages) is list else list(messages)
    stride = ring.longest
    out = _uncleared(_OCTETS, count * stride)
    status = lib.sk_sign_list(ring.pointer, id(held), count, lanes, out, stride, _uncleared(_WORDS, 2 * count))
    if status != lib.SK_OK:
        _refuse(status, "signing failed")
    # One format cuts all signatures out: k bytes of each, and over what is left of its stride.
    if which is None or ring.shortest == stride:
        cut = f"{stride}s" * count
    else:
        cuts = [f"{key.bytes}s{stride - key.bytes}x" for key in keys]
        cut = "".join(map(cuts.__getitem__, which))
    return list(unpack(cut, ffi.buffer(out)))


def verify(
    keys: Sequence[Key],
    which: Sequence[int] | None,
    messages: Sequence[bytes],
    signatures: Sequence[bytes],
    lanes: bool = False,
) -> list[bool]:
    """Whether each signature fits its message; all as in ``sign``. NativeError on a fault.

    Raises TypeError if a message or a signature is no bytes object, ValueError if there are not as many of these.
    """
    count = len(messages)
    if len(signatures) != count:
        raise ValueError(f"{count} messages and {len(signatures)} signatures")
    ring = keys[0].alone if which is None else Ring(keys, which)
    held = messages if type(messages) is list else list(messages)
    proofs = signatures if type(signatures) is list else list(signatures)
    verdicts = [False] * count
    room = _uncleared(_WORDS, 5 * count)
    status = lib.sk_verify_lists(ring.pointer, id(held), id(proofs), count, lanes, id(verdicts), room)
    if status != lib.SK_OK:
        _refuse(status, "verifying failed")
    return verdicts


class Errand(Protocol):
    """What a thread does while it rests, without the interpreter's lock: see sk_errand in rest.h. Kept until then."""

    function: CData
    """An ``sk_errand *``."""
    argument: CData
    """Its argument, a ``void *``."""


class Signing:
    """The signature of one message as an errand."""

    __slots__ = ("_held", "_out", "argument", "function")

    def __init__(self, key: Key, message: bytes, lanes: bool) -> None:
        text, self._out = ffi.from_buffer(message), _uncleared(_OCTETS, key.bytes)
        given = (key.alone.pointer, lanes, text, len(message), self._out, lib.SK_FAULT)
        self.function, self.argument = _sign_one, ffi.new("sk_signing *", given)
        self._held = key, text

    @property
    def signature(self) -> bytes | None:
        """Afterwards: the signature; None after a fault, of which ``sign`` can tell more."""
        return bytes(ffi.buffer(self._out)) if self.argument.status == lib.SK_OK else None


class Rest:
    """The rest of one thread, which may be given errands meanwhile. See rest.h; no method holds up the interpreter."""

    __slots__ = ("_errand", "_rest")

    def __init__(self) -> None:
        made = lib.sk_rest_new()
        if made == ffi.NULL:
            raise MemoryError
        self._rest = ffi.gc(made, lib.sk_rest_free)
        self._errand: Errand | None = None  # kept until it is done, and no longer: its message may be confidential

    def lie_down(self) -> None:
        """The thread may be called from now on; ``rest`` follows."""
        self._errand = None
        lib.sk_rest_lie_down(self._rest)

    def rest(self) -> bool:
        """On the thread: until it is called (False), or an errand is done for which nobody listens any more (True)."""
        return bool(lib.sk_rest_until_called(self._rest) == lib.SK_REST_LEFT)

    def call(self) -> None:
        """End the rest."""
        lib.sk_rest_call(self._rest)

    def ask(self, errand: Errand) -> None:
        """Have the thread do ``errand``; listen and leave for its end."""
        self._errand = errand
        lib.sk_rest_ask(self._rest, errand.function, errand.argument)

    def listen(self, seconds: float) -> bool:
        """Wait until the errand is done, at most so long, without going to sleep. To be repeated; ``leave`` follows."""
        return bool(lib.sk_rest_listen(self._rest, int(seconds * 1e9)))

    def leave(self) -> tuple[bool, bool]:
        """Listen no longer.

        Returns whether the errand is done, else the rest ends by it; and whether another program had the processor of
        one who waited awake, for which the system then has to make room.
        """
        found = lib.sk_rest_leave(self._rest)
        if found & lib.SK_REST_DONE:
            self._errand = None
        return bool(found & lib.SK_REST_DONE), bool(found & lib.SK_REST_DISTURBED)


def pkcs1_encode(digest: bytes, k: int) -> bytes:
    """The encoded message of ``k`` bytes for a SHA-256 digest (RFC 8017, section 9.2). NativeError below 62."""
    em = ffi.new("uint8_t[]", k)
    if lib.sk_pkcs1_encode(em, k, digest) != lib.SK_OK:
        raise NativeError(f"an encoded message needs at least 62 bytes, not {k}")
    return bytes(ffi.buffer(em)[:])


def json_minify(text: bytes) -> tuple[int, int, bytes]:
    """Run the C minifier: (fault code, its offset, minified text); the text is empty unless the code is JSON_OK."""
    out = ffi.new("uint8_t[]", len(text) or 1)
    size, place = ffi.new("size_t *"), ffi.new("size_t *")
    fault = lib.json_minify(text, len(text), out, size, place)
    if fault != lib.JSON_OK:
        return fault, place[0], b""
    minified: bytes = text if size[0] == len(text) else ffi.buffer(out, size[0])[:]  # the same length is the same text
    return fault, 0, minified


def lanes_run() -> bool:
    """Whether processor and system run the eight-lane kernel."""
    return bool(lib.sk_lanes_run())


def faults_caught() -> int:
    """Signatures of this process that failed the kernel's check with the public exponent and were made again."""
    return int(lib.sk_fault_count())


def inject_faults(lanes: int) -> None:
    """For tests: flip a bit of every signature in these lanes (bit l: lane l) before it is checked; 0 ends it."""
    lib.sk_fault_set(lanes)


def openssl_version() -> str:
    """Version text of the libcrypto that is loaded."""
    return ffi.string(lib.sk_openssl_version()).decode("ascii")


def cpu_features() -> tuple[str, ...]:
    """Names of the instruction sets that kernels ask for and that processor and system support."""
    bits = lib.sk_cpu_features()
    names = {
        "sha": lib.SK_CPU_SHA,
        "avx2": lib.SK_CPU_AVX2,
        "avx512f": lib.SK_CPU_AVX512F,
        "avx512dq": lib.SK_CPU_AVX512DQ,
        "avx512vl": lib.SK_CPU_AVX512VL,
        "avx512ifma": lib.SK_CPU_AVX512IFMA,
    }
    return tuple(name for name, bit in names.items() if bits & bit)
