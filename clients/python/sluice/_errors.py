"""What can go wrong."""

from __future__ import annotations

import enum


class Problem(enum.Enum):
    """What kind of failure it is; the same words as in Java's SpaceException."""

    UNAVAILABLE = "it cannot be had: permission, memory, a system call"
    REFUSED = "what is there is not ours: another version, another owner, damage"
    MISMATCH = "the object is of another kind or shape"
    CLOSED = "it was closed by this process"
    FINISHED = "nothing more is put, or will come"
    BUSY = "all places are taken"
    TOO_LARGE = "what is to be stored is larger than may be"
    FULL = "there is no room, and waiting would not make any"
    LAGGED = "a subscription fell behind by more than it may"
    PEER_GONE = "the other end has gone"
    BROKEN = "a barrier is broken"


class SpaceError(Exception):
    """An operation on a space, or on an object in it, could not be done; `problem` says why."""

    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


def in_range(name: str, value: int, least: int, most: int) -> int:
    """The value, if it may be so. Raises ValueError."""
    if not least <= value <= most:
        raise ValueError(f"{name}={value}, expected {least}..{most}")
    return value
