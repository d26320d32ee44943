"""The small objects: a word, and what waits for it to change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple, Protocol, TypeVar

from ._ending import Closing
from ._errors import Problem, SpaceError, in_range
from ._file import Layout, Limits, SharedFile
from ._items import encoded
from ._memory import Memory
from ._wait import TICK, WaitWord
from .codec import Codec

T = TypeVar("T")

_PARTICIPANTS = 128
_WORD, _SECOND, _CHANGED, _ROOM, _OWN = 0, 8, 128, 192, 256
_OWNER = (1 << 28) - 1


def _signed(word: int) -> int:
    return word - (1 << 64) if word >> 63 else word


def _fitting(doing: str, value: int) -> int:
    """A number that a word can hold: another one would be cut off."""
    if not -(1 << 63) <= value < 1 << 63:
        raise OverflowError(f"{doing}: value={value}, expected 64 bits with a sign")
    return value


def layout(kind: str, limit: int = 0, most: int = 0, size: int = 0) -> Layout:
    """An object with nothing but its words, or with `limit` things of `size` bytes."""

    def body_bytes(limits: Limits) -> int:
        return _OWN + (in_range(kind, limits[0], 1, most) * size if most else 0)

    body_bytes((limit, 0, 0, 0))
    return Layout(kind, _PARTICIPANTS, (limit, 0, 0, 0), body_bytes)


class Words:
    """What these objects have in common. Threads: any; who takes something for this opening does it in `_section`."""

    def __init__(self, file: SharedFile) -> None:
        self._file = file
        self._memory = file.memory
        self._at = file.body
        self._changed = WaitWord(file.memory, file.body + _CHANGED)
        self._section = threading.RLock()
        self._tended = time.monotonic()
        file.join(self._release)

    def _word(self) -> int:
        return self._memory.load(self._at + _WORD)

    def _replace(self, expected: int, value: int) -> bool:
        return self._memory.compare_and_set(self._at + _WORD, expected, value)

    def _release(self) -> None:
        """Takes back what buried owners have."""

    def _tend(self) -> None:
        self._tended = time.monotonic()
        self._file.sweep()

    def _tend_at_times(self) -> None:
        """No thread looks after the dead while nobody waits: who looks for something does."""
        if time.monotonic() - self._tended >= TICK:
            self._tend()

    def _wait(self, attempt: Callable[[], T | None], timeout: float | None, doing: str) -> T:
        def open_attempt() -> T | None:
            self._file.require_open(doing)
            return attempt()

        return self._changed.wait(open_attempt, timeout, self._tend, f"{doing} {self}")

    def close(self) -> None:
        """Ends this opening: what it owns is taken back. Who waits here learns it within 0.1 s."""
        self._file.close(self._section)
        self._changed.ring()

    def __repr__(self) -> str:
        return f"{self._file.header.kind} {self._file.path}"


class Event(Words):
    """Something that has happened, or not; as `threading.Event`, between processes."""

    def set(self) -> bool:
        """Whether this call did it."""
        self._file.require_open("set")
        while True:
            word = self._word()
            if word & 1:
                return False
            if self._replace(word, word + 2 | 1):
                self._changed.ring()
                return True

    def clear(self) -> bool:
        """Whether this call did it."""
        self._file.require_open("clear")
        while True:
            word = self._word()
            if not word & 1:
                return False
            if self._replace(word, word & ~1):
                return True

    def is_set(self) -> bool:
        self._file.require_open("look at")
        return bool(self._word() & 1)

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until it is set, or has been since; False when `timeout` seconds have passed."""
        before = self._word() & ~1

        def happened() -> bool | None:
            word = self._word()
            return True if word & 1 or word & ~1 != before else None

        try:
            return self._wait(happened, timeout, "wait for")
        except TimeoutError:
            return False


class Counter(Words):
    """A number of 64 bits with a sign; it begins anew behind its largest."""

    def get(self) -> int:
        self._file.require_open("get")
        return _signed(self._word())

    def add(self, delta: int = 1) -> int:
        """Adds, and gives the sum."""
        self._file.require_open("add to")
        before = self._memory.add(self._at + _WORD, _fitting(f"add to {self}", delta))
        self._changed.ring()
        return _signed(before + delta & (1 << 64) - 1)

    def set(self, value: int) -> None:
        self._file.require_open("set")
        self._memory.store(self._at + _WORD, _fitting(f"set {self}", value))
        self._changed.ring()

    def compare_and_set(self, expected: int, value: int) -> bool:
        self._file.require_open("set")
        same = self._replace(_fitting(f"compare {self}", expected), _fitting(f"set {self}", value))
        if same:
            self._changed.ring()
        return same

    def await_at_least(self, value: int, timeout: float | None = None) -> int:
        """Waits until it is so large; gives what it was then. Raises TimeoutError."""

        def enough() -> int | None:
            now = _signed(self._word())
            return now if now >= value else None

        return self._wait(enough, timeout, f"await {value} of")


class Array(Words):
    """Numbers of 64 bits with a sign, each of which changes in one step. Nobody is woken by a change."""

    MOST = (1 << 27) - 1

    def __len__(self) -> int:
        return self._file.header.limits[0]

    def _offset(self, index: int) -> int:
        self._file.require_open("use")
        if not 0 <= index < len(self):
            raise IndexError(f"use {self}: index={index}, expected 0..{len(self) - 1}")
        return self._at + _OWN + 8 * index

    def __getitem__(self, index: int) -> int:
        return _signed(self._memory.load(self._offset(index)))

    def __setitem__(self, index: int, value: int) -> None:
        self._memory.store(self._offset(index), _fitting(f"set {self}", value))

    def __iter__(self) -> Iterator[int]:
        return (self[index] for index in range(len(self)))

    def add(self, index: int, delta: int) -> int:
        """Adds, and gives the sum."""
        before = self._memory.add(self._offset(index), _fitting(f"add to {self}", delta))
        return _signed(before + delta & (1 << 64) - 1)

    def compare_and_set(self, index: int, expected: int, value: int) -> bool:
        return self._memory.compare_and_set(
            self._offset(index), _fitting(f"compare {self}", expected), _fitting(f"set {self}", value)
        )


class _Holdable(Protocol):
    def _repaired(self) -> None: ...

    def _leave(self) -> None: ...


class Held(Closing):
    """A lock while a thread has it; the end of a `with` gives it back."""

    def __init__(self, lock: _Holdable, fence: int, recovered: bool) -> None:
        self._lock = lock
        self.fence = fence
        """a number above that of all owners before"""
        self.recovered = recovered
        """an owner died in here, and nobody has called `repaired` since"""
        self._held = True

    def repaired(self) -> None:
        """Says that what the lock guards is whole."""
        if not self._held:
            raise RuntimeError(f"repair {self._lock}: not held, expected its owner")
        self._lock._repaired()  # unless it was taken back
        self.recovered = False

    def _take_over(self, other: Held) -> None:
        """Is the other one from now on."""
        self.fence, self.recovered, self._held = other.fence, other.recovered, other._held

    def close(self) -> None:
        """Gives the lock back. Again it does nothing."""
        if self._held:
            self._held = False
            self._lock._leave()


class Lock(Words):
    """A lock that one thread of one process has at a time. When its owner dies it is free, and its next owner is told.

    An owner that closes its space, or ends, without giving it back counts as one that died.
    """

    _DAMAGED = 1 << 32

    def acquire(self, timeout: float | None = None) -> Held:
        """Waits for the lock. Raises TimeoutError, and RuntimeError for who has it."""
        self._require_not_held()
        self._wait(lambda: self._enter() or None, timeout, "acquire")
        return self._begin()

    def try_acquire(self) -> Held | None:
        """The lock, if nobody has it."""
        self._require_not_held()
        return self._begin() if self._enter() else None

    def _require_not_held(self) -> None:
        if getattr(self, "_thread", None) == threading.get_ident():
            raise RuntimeError(f"acquire {self}: held by the caller, expected somebody else")

    def _enter(self) -> bool:
        with self._section:
            self._file.require_open("acquire")
            word = self._word()
            if word & _OWNER:
                if not self._file.dead(word & _OWNER):
                    return False
                self._file.sweep()
                self._release()  # of whom a sweep finds nothing any more
                word = self._word()
            return not word & _OWNER and self._replace(word, word | self._file.stamp)

    def _begin(self) -> Held:
        self._thread: int | None = threading.get_ident()
        fence = self._memory.add(self._at + _SECOND, 1) + 1
        return Held(self, fence, bool(self._word() & self._DAMAGED))

    def _repaired(self) -> None:
        with self._section:
            self._file.require_open("repair")
            while (word := self._word()) & self._DAMAGED:
                self._replace(word, word & ~self._DAMAGED)

    def _leave(self) -> None:
        self._thread = None
        if self._file.closed:
            return  # it was taken back
        while True:
            word = self._word()
            if word & _OWNER != self._file.stamp:
                return
            if self._replace(word, word & ~_OWNER):
                self._changed.ring()
                return

    def _release(self) -> None:
        word = self._word()
        if word & _OWNER and self._file.buried(word & _OWNER) and self._replace(word, word & ~_OWNER | self._DAMAGED):
            self._changed.ring()


class Permit(Closing):
    """One permit of a semaphore; the end of a `with` gives it back."""

    def __init__(self, semaphore: Semaphore, index: int) -> None:
        self._semaphore = semaphore
        self._index = index
        self._held = True

    def close(self) -> None:
        """Gives the permit back. Again it does nothing."""
        if self._held:
            self._held = False
            self._semaphore._give_back(self._index)


class Semaphore(Words):
    """Permits, each of which has one holder; those of the dead are free again."""

    MOST = 4096

    @property
    def permits(self) -> int:
        return self._file.header.limits[0]

    def _cells(self) -> range:
        return range(self._at + _OWN, self._at + _OWN + 8 * self.permits, 8)

    def acquire(self, timeout: float | None = None) -> Permit:
        """Waits for a permit. Raises TimeoutError."""
        return self._wait(self._take, timeout, "acquire")

    def try_acquire(self) -> Permit | None:
        """A permit, if one is free."""
        return self._take()

    def _take(self) -> Permit | None:
        with self._section:
            self._file.require_open("acquire")
            for cell in self._cells():
                if self._memory.load(cell) == 0 and self._memory.compare_and_set(cell, 0, self._file.stamp):
                    return Permit(self, cell)
        return None

    def _give_back(self, cell: int) -> None:
        if not self._file.closed and self._memory.compare_and_set(cell, self._file.stamp, 0):
            self._changed.ring()

    def _release(self) -> None:
        found = False
        for cell in self._cells():
            owner = self._memory.load(cell)
            if owner and self._file.buried(owner):
                found |= self._memory.compare_and_set(cell, owner, 0)
        if found:
            self._changed.ring()


class Versioned(NamedTuple, Generic[T]):
    value: T
    version: int


_VERSION = 28
_LAST_VERSION = (1 << 36) - 2


def _copy_bytes(limit: int) -> int:
    return (4 + limit + 7) // 8 * 8


class Value(Words, Generic[T]):
    """A value that is always whole: the old one or the new one, also when its writer is killed."""

    MOST = 1 << 26

    def __init__(self, file: SharedFile, codec: Codec[T]) -> None:
        self._codec = codec
        self._limit = file.header.limits[0]
        super().__init__(file)

    @staticmethod
    def layout(limit: int, first: bytes) -> Layout:
        def body_bytes(limits: Limits) -> int:
            return _OWN + 2 * _copy_bytes(in_range("value: bytes", limits[0], 1, Value.MOST))

        def initialise(memory: Memory, body: int) -> None:
            copy = body + _OWN + _copy_bytes(limit)
            memory.write_int(copy, "i", len(first))
            memory.write(copy + 4, first)
            memory.store(body + _WORD, 1 << _VERSION)

        body_bytes((limit, 0, 0, 0))
        return Layout("value", _PARTICIPANTS, (limit, 0, 0, 0), body_bytes, initialise)

    def _copy(self, version: int) -> int:
        return self._at + _OWN + (version & 1) * _copy_bytes(self._limit)

    def get(self) -> T:
        return self.read().value

    def read(self) -> Versioned[T]:
        """The value and its version, which each change makes greater by one."""
        self._file.require_open("read")
        while True:
            version = self._word() >> _VERSION
            copy = self._copy(version)
            length = min(max(0, self._memory.read_int(copy, "i")), self._limit)  # half written, it is read again
            data = self._memory.read(copy + 4, length)
            self._memory.fence()
            if self._word() >> _VERSION == version:
                return Versioned(self._codec.decode(data), version)

    def set(self, value: T) -> int:
        """Gives the new version."""
        return self._set(self._encoded(value), 0)

    def compare_and_set(self, version: int, value: T) -> int | None:
        """Changes the value if it still has a version; gives the new one, or None."""
        if version < 1:
            raise ValueError(f"set {self}: version={version}, expected 1 or more")
        return self._set(self._encoded(value), version) or None

    def update(self, change: Callable[[T], T]) -> T:
        """Changes the value in one step, again and again until nobody came in between; gives the new one."""
        while True:
            now = self.read()
            value = change(now.value)
            if self.compare_and_set(now.version, value) is not None:
                return value

    def await_change(self, version: int, timeout: float | None = None) -> Versioned[T]:
        """Waits until it has another version. Raises TimeoutError."""
        self._wait(lambda: self._word() >> _VERSION != version or None, timeout, "await a change of")
        return self.read()

    def _encoded(self, value: T) -> bytes:
        return encoded(self._codec, value, self._limit, f"set {self}")

    def _set(self, data: bytes, expected: int) -> int:
        while True:
            with self._section:
                self._file.require_open("set")
                try:
                    made = self._try_set(data, expected)
                except BaseException:
                    self._undo()
                    raise
            if made is not None:
                return made
            busy = self._word()
            if busy & _OWNER:
                self._wait(lambda busy=busy: self._word() != busy or None, None, "set")  # type: ignore[misc]

    def _try_set(self, data: bytes, expected: int) -> int | None:
        """The new version; 0 if it is another than expected, None if somebody else writes."""
        word = self._word()
        version, owner = word >> _VERSION, word & _OWNER
        if expected not in (0, version):
            return 0
        if version == _LAST_VERSION:
            raise SpaceError(Problem.FULL, f"set {self}: version={version}, expected one that leaves room for the next")
        if owner:
            if self._file.dead(owner):
                self._replace(word, version << _VERSION)
            return None
        if not self._replace(word, word | self._file.stamp):
            return None
        copy = self._copy(version + 1)
        self._memory.write_int(copy, "i", len(data))
        self._memory.write(copy + 4, data)
        self._replace(word | self._file.stamp, version + 1 << _VERSION)
        self._changed.ring()
        return version + 1

    def _undo(self) -> None:
        """What an interrupt has left: we are in the section, so what carries our stamp is ours."""
        word = self._word()
        if word & _OWNER == self._file.stamp:
            self._replace(word, word & ~_OWNER)
            self._changed.ring()

    def _release(self) -> None:
        word = self._word()
        if word & _OWNER and self._file.buried(word & _OWNER) and self._replace(word, word & ~_OWNER):
            self._changed.ring()
