"""Many signatures at once: checks, chunks, threads.

Messages and signatures may be bytes, bytearray or memoryview. bytes are read where they lie; the others are copied
before they are looked at, messages to be signed before the work begins, so that what is signed cannot change under it.
Any other type is a TypeError that names the first such item, raised before anything is signed. A signature that does
not fit is a False in its place and never an error.

``threads``: how many threads share the work, the caller's among them; None takes one for each processor that the
process may use. A batch too small to gain from a second thread stays on the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, TypeVar

from signing_core import _native, backends
from signing_core._material import PrivateMaterial, PublicMaterial
from signing_core._pool import run, usable_cpus

__all__ = ["Octets", "octets", "sign_batch", "sign_items", "verify_batch", "verify_items"]

Octets = bytes | bytearray | memoryview

_LANES = 8  # what the kernel does at once: chunks are multiples of it


class _Chunks(NamedTuple):
    """How many items go together: not worth waking a thread for; the last chunks of a batch; the others at most.

    A thread is woken in 0.05 ms and more, and so much must be gained. Small last chunks let all threads end at nearly
    one time. The largest keep a call to C under 0.1 s, so that Control-C is heard, and the memory that Python takes for
    a chunk in blocks that malloc keeps: larger ones come from the system each time, page by page.
    """

    alone: int
    least: int
    most: int


_SIGN = _Chunks(alone=8, least=8, most=256)
_VERIFY = _Chunks(alone=64, least=16, most=512)

# Types are checked for whole lists at once: no step of Python an item, which keeps its share below 0.5 µs an item.

_K = TypeVar("_K", PrivateMaterial, PublicMaterial)
_T = TypeVar("_T")


def octets(value: object, name: str) -> bytes:
    """``value`` as bytes, copied unless it is bytes; TypeError which calls it ``name`` if it is no byte string."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    mend = "; encode it first" if isinstance(value, str) else ""
    raise TypeError(f"{name} must be bytes, bytearray or memoryview, not {type(value).__name__}{mend}")


def _check_keys(keys: Sequence[object], kind: type[_K], what: str) -> None:
    if not all(issubclass(found, kind) for found in set(map(type, keys))):
        index, wrong = next((i, key) for i, key in enumerate(keys) if not isinstance(key, kind))
        raise TypeError(f"items[{index}]: the key must be a {what}, not {type(wrong).__name__}")


def _check_threads(threads: int | None) -> int:
    if threads is None:
        return usable_cpus()
    if not isinstance(threads, int) or isinstance(threads, bool) or threads < 1:
        raise TypeError(f"threads must be a positive int or None, not {threads!r}")
    return threads


def _columns(items: Iterable[Sequence[object]], shape: str) -> list[Sequence[Any]]:
    """The items' columns; TypeError that names the first item which has not the shape ``(a, b, …)``."""
    rows = list(items)
    width = shape.count(",") + 1
    if not rows:
        return [()] * width
    if set(map(type, rows)) <= {tuple, list}:
        with suppress(ValueError):  # rows of different lengths
            columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
            if len(columns) == width:
                return columns
    for index, row in enumerate(rows):
        if not isinstance(row, tuple | list) or len(row) != width:
            raise TypeError(f"items[{index}] must be a tuple {shape}")
    return list(zip(*rows, strict=True))


def _slices(count: int, chunks: _Chunks, threads: int) -> Iterator[slice]:
    """Cut ``count`` items into chunks that shrink towards the end, so that all threads end at nearly one time."""
    start = 0
    while start < count:
        left = count - start
        share = left if threads == 1 else left // (2 * threads)
        size = min(left, chunks.most, max(chunks.least, share + -share % _LANES))
        yield slice(start, start + size)
        start += size


def _spread(count: int, chunks: _Chunks, threads: int, work: Callable[[slice], list[_T]]) -> list[_T]:
    """``work`` over all chunks, on several threads; its results in the order of the items."""
    parts = list(_slices(count, chunks, threads))
    if len(parts) == 1:
        return work(parts[0])
    whole: list[Any] = [None] * count

    def job(part: slice) -> None:
        whole[part] = work(part)

    run([partial(job, part) for part in parts], threads)
    return whole


def _share(keys: Sequence[_K], part: slice) -> Sequence[_K]:
    return keys if len(keys) == 1 else keys[part]


def _octets_of(values: Iterable[Octets], name: str) -> list[bytes]:
    """``values`` as bytes, copied where they may change; TypeError names the first that is no byte string."""
    return [octets(value, f"{name}[{number}]") for number, value in enumerate(values)]


# Small batches go to the engine straight away: a step of Python that has fallen out of the processor's caches takes up
# to a microsecond, and to verify a signature six.


def sign_items(keys: Sequence[PrivateMaterial], messages: Iterable[Octets], threads: int | None) -> list[bytes]:
    """Sign message i with key i, or all with the one key."""
    column: list[Any] = list(messages)
    engine = backends.engine()
    width = threads if type(threads) is int and threads > 0 else _check_threads(threads)
    if 0 < len(column) <= (_SIGN.most if width == 1 else _SIGN.alone):
        try:
            return engine.sign(keys, column)
        except TypeError:  # before anything was signed
            return engine.sign(keys, _octets_of(column, "messages"))
    if not _native.only_bytes(column):
        column = _octets_of(column, "messages")
    return _spread(len(column), _SIGN, width, lambda part: engine.sign(_share(keys, part), column[part]))


def _copies(messages: list[Any], signatures: list[Any], part: slice) -> tuple[list[Any], list[Any]]:
    """A part of two lists, which nobody else can change. RuntimeError if they have become shorter meanwhile."""
    some, theirs = messages[part], signatures[part]
    if len(some) != part.stop - part.start or len(theirs) != len(some):
        raise RuntimeError("the list of messages or signatures was made shorter while it was read")
    return some, theirs


def verify_items(
    keys: Sequence[PublicMaterial], messages: Iterable[Octets], signatures: Iterable[Octets], threads: int | None
) -> list[bool]:
    """Whether signature i fits message i with key i, or with the one key.

    Each thread looks at its own items: a glance at all of them first, on one thread, would be 2 % of the time.
    """
    column: list[Any] = messages if isinstance(messages, list) else list(messages)
    proofs: list[Any] = signatures if isinstance(signatures, list) else list(signatures)
    count = len(column)
    if len(proofs) != count:
        raise TypeError(f"each message needs a signature: {count} messages, {len(proofs)} signatures")
    engine = backends.engine()
    width = threads if type(threads) is int and threads > 0 else _check_threads(threads)

    def work(part: slice) -> list[bool]:
        return engine.verify(_share(keys, part), *_copies(column, proofs, part))

    try:
        if 0 < count <= _VERIFY.alone:
            return engine.verify(keys, *_copies(column, proofs, slice(0, count)))
        return _spread(count, _VERIFY, width, work)
    except TypeError:  # not all are bytes; the first that is no byte string is named, whoever came upon one
        column, proofs = _octets_of(column, "messages"), _octets_of(proofs, "signatures")
        return _spread(count, _VERIFY, width, work)


def sign_batch(items: Iterable[tuple[PrivateMaterial, Octets]], threads: int | None = None) -> list[bytes]:
    """Sign each ``(private key, message)`` pair; keys of any sizes may be mixed, the order is kept.

    Returns one signature an item, as long as its key's modulus. Raises TypeError for an item of another shape or type,
    NativeError if the library fails, BackendUnavailable as ``backends.use`` does.
    """
    keys, messages = _columns(items, "(key, message)")
    _check_keys(keys, PrivateMaterial, "PrivateKey")
    return sign_items(keys, messages, threads)


def verify_batch(items: Iterable[tuple[PublicMaterial, Octets, Octets]], threads: int | None = None) -> list[bool]:
    """Verify each ``(public key, message, signature)`` triple; keys of any sizes may be mixed, the order is kept.

    Returns True or False an item (RFC 8017, section 8.2.2; P46): a bad item never aborts the batch. Raises as
    ``sign_batch`` does.
    """
    keys, messages, signatures = _columns(items, "(key, message, signature)")
    _check_keys(keys, PublicMaterial, "PublicKey")
    return verify_items(keys, messages, signatures, threads)
