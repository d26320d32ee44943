"""Waiting at a word of a shared file, and waking those who do.

31 … 1 of the word count the rings, bit 0 says that somebody waits. Who waits sets it, looks again, and sleeps; who
changes something looks at it behind the change. A thread that waits looks after the dead, too, ten times a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from ._memory import Memory

TICK = 0.1

_WAITED_FOR = 1
_ONE_RING = 2
_MASK = 0xFFFF_FFFF

T = TypeVar("T")


class Left:
    """How much of a timeout is left."""

    def __init__(self, timeout: float | None) -> None:
        self._end = None if timeout is None else time.monotonic() + timeout

    def __call__(self) -> float | None:
        return None if self._end is None else max(0.0, self._end - time.monotonic())


class WaitWord:
    """One such word. Threads: any, each sleeps for itself."""

    def __init__(self, memory: Memory, offset: int) -> None:
        self._memory = memory
        self._offset = offset

    def ring(self) -> None:
        """Wakes those who wait, in all processes, after something has changed."""
        while True:
            word = self._memory.load4(self._offset)
            if not word & _WAITED_FOR:
                return
            if self._memory.compare_and_set4(self._offset, word, (word & ~_WAITED_FOR) + _ONE_RING & _MASK):
                self._memory.wake(self._offset)
                return

    def _arm(self) -> int:
        while True:
            word = self._memory.load4(self._offset)
            if word & _WAITED_FOR or self._memory.compare_and_set4(self._offset, word, word | _WAITED_FOR):
                return word | _WAITED_FOR

    def wait(self, attempt: Callable[[], T | None], timeout: float | None, tend: Callable[[], None], what: str) -> T:
        """Tries until an attempt gives something.

        `tend` looks after the dead. Raises TimeoutError after `timeout` seconds, None for ever, with `what` as its
        message; an attempt is always made.
        """
        end = None if timeout is None else time.monotonic() + timeout
        tended = time.monotonic()
        result = attempt()
        while result is None:
            seen = self._arm()
            result = attempt()
            if result is not None:
                break
            now = time.monotonic()
            if end is not None and now >= end:
                raise TimeoutError(f"{what}: not within {round(timeout or 0, 3)} s")
            if now - tended >= TICK:
                tended = now
                tend()
            else:
                left = TICK - (now - tended)
                self._memory.sleep(self._offset, seen, left if end is None else min(left, end - now))
            result = attempt()
        return result
