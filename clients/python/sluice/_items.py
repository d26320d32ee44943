"""Items on their way into a shared object, and out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from ._errors import Problem, SpaceError
from .codec import Codec

T = TypeVar("T")


def encoded(codec: Codec[T], item: T, most: int, doing: str) -> bytes:
    """The bytes of an item. Raises SpaceError TOO_LARGE, with `doing` in its message."""
    data = codec.encode(item)
    if len(data) > most:
        raise SpaceError(Problem.TOO_LARGE, f"{doing}: bytes={len(data)}, expected at most {most}")
    return data


def until_finished(take: Callable[[], T]) -> Iterator[T]:
    """What it gives, until it raises SpaceError FINISHED."""
    while True:
        try:
            taken = take()
        except SpaceError as error:
            if error.problem is Problem.FINISHED:
                return
            raise
        yield taken
        del taken  # what nobody keeps ends here, not with the next one
