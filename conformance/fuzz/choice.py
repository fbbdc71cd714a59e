"""A choice inside a composite strategy, without the cost of making a strategy for each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


def pick(draw: st.DrawFn, items: Sequence[T]) -> T:
    """One of ``items``; hypothesis shrinks towards the first."""
    return items[draw(below(len(items)))]


@cache
def below(number: int) -> st.SearchStrategy[int]:
    """0 to ``number`` - 1."""
    return st.integers(0, number - 1)
