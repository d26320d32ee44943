"""Where members of a space wait for each other: a lock of readers and writers, a condition.

The protocol is that of docs/shm-format.md, "Small objects".
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from ._file import Layout, SharedFile
from ._wait import Left
from ._words import _OWN, _OWNER, _PARTICIPANTS, _SECOND, Held, Lock, Words

_ENTERED = 1 << 32
_DAMAGED = 1 << 33
_COUNT = 32


def read_write_lock_layout() -> Layout:
    return Layout("read_write_lock", _PARTICIPANTS, (0, 0, 0, 0), lambda limits: _OWN + 8 * _PARTICIPANTS)


class ReadWriteLock(Words):
    """Many readers at a time, or one writer. Threads: any; each has one side of it at most.

    While a writer waits no further reader enters. A reader that dies is forgotten; after a writer that died, or closed
    its space, inside, readers and writers are told until one says that what it guards is whole.
    """

    def __init__(self, file: SharedFile) -> None:
        self._reading: set[int] = set()  # in the section: the threads of this opening that are readers
        self._writing: int | None = None  # in the section: the thread that has claimed it for writing
        self.read = Side(self, False)
        """the side that is shared"""
        self.write = Side(self, True)
        """the side that is exclusive"""
        super().__init__(file)

    def _cell(self, index: int) -> int:
        return self._at + _OWN + 8 * index

    def _is_read(self) -> bool:
        return any(self._memory.load(self._cell(index)) for index in range(_PARTICIPANTS))

    def _is_claimed(self) -> bool:
        owner = self._word() & _OWNER
        if owner and self._file.dead(owner):
            self._file.sweep()
            self._release()  # of whom a sweep finds nothing any more
            owner = self._word() & _OWNER
        return owner != 0

    def _change(self, out: int, into: int) -> None:
        while True:
            word = self._word()
            if self._replace(word, word & ~out | into):
                return

    def _count(self) -> None:
        """Says how many readers of this opening there are."""
        at = self._cell(self._file.stamp >> 16)
        readers = len(self._reading)
        word = readers << _COUNT | self._file.stamp if readers else 0
        while (seen := self._memory.load(at)) != word and not self._memory.compare_and_set(at, seen, word):
            pass  # somebody has released what a former owner of the cell had

    # -- sides

    def _has(self, thread: int) -> bool:
        return thread in self._reading or self._writing == thread

    def _enter(self, exclusive: bool) -> bool:
        if not exclusive and self._is_claimed():
            return False
        with self._section:
            self._file.require_open("acquire")
            return self._try_write() if exclusive else self._try_read()

    def _try_read(self) -> bool:
        me = threading.get_ident()
        self._reading.add(me)
        self._count()
        if self._is_claimed():  # a writer came at the same time
            self._leave(me)
            return False
        return True

    def _try_write(self) -> bool:
        me = threading.get_ident()
        if self._writing != me:
            if self._writing is not None or self._is_claimed():
                return False
            word = self._word()
            self._writing = me
            if word & _OWNER or not self._replace(word, word | self._file.stamp):
                self._writing = None
                return False
        if self._is_read():
            return False
        self._change(0, _ENTERED)
        return True

    def _leave(self, thread: int) -> None:
        """Gives back what a thread has, or has claimed."""
        if self._has(thread):
            try:
                self._give_back(thread)
            except BaseException:
                self._give_back(thread)  # the rest of it, behind an interrupt
                raise

    def _give_back(self, thread: int) -> None:
        with self._section:
            self._reading.discard(thread)
            if not self._file.closed:  # else it was taken back
                self._count()
                if self._writing == thread and self._word() & _OWNER == self._file.stamp:
                    self._change(_OWNER | _ENTERED, 0)
            if self._writing == thread:
                self._writing = None
        self._changed.ring()

    def _repaired(self) -> None:
        with self._section:
            self._file.require_open("repair")
            self._change(_DAMAGED, 0)

    def _begin(self, side: Side) -> Held:
        fence = self._memory.add(self._at + _SECOND, 1) + 1
        return Held(_Possession(side), fence, bool(self._word() & _DAMAGED))

    def _release(self) -> None:
        found = False
        for index in range(_PARTICIPANTS):
            seen = self._memory.load(self._cell(index))
            if seen and self._file.buried(seen & _OWNER):
                found |= self._memory.compare_and_set(self._cell(index), seen, 0)
        word = self._word()
        if word & _OWNER and self._file.buried(word & _OWNER):
            damage = _DAMAGED if word & _ENTERED else 0
            found |= self._replace(word, word & ~(_OWNER | _ENTERED) | damage)
        if found:
            self._changed.ring()


class Side:
    """One side of a read-write lock: what `acquire` gives is ended by `with`."""

    def __init__(self, lock: ReadWriteLock, exclusive: bool) -> None:
        self._lock = lock
        self._exclusive = exclusive

    def acquire(self, timeout: float | None = None) -> Held:
        """Waits for it. Raises TimeoutError, and RuntimeError for who has a side."""
        self._require_not_held()
        doing = "write" if self._exclusive else "read"
        try:
            self._lock._wait(lambda: self._lock._enter(self._exclusive) or None, timeout, doing)
            return self._lock._begin(self)
        except BaseException:
            self._lock._leave(threading.get_ident())
            raise

    def try_acquire(self) -> Held | None:
        """It, if that is possible at once. Raises RuntimeError for who has a side."""
        self._require_not_held()
        try:
            if not (self._exclusive and self._lock._is_read()) and self._lock._enter(self._exclusive):
                return self._lock._begin(self)
        except BaseException:
            self._lock._leave(threading.get_ident())
            raise
        self._lock._leave(threading.get_ident())
        return None

    def _require_not_held(self) -> None:
        if self._lock._has(threading.get_ident()):
            raise RuntimeError(f"acquire {self._lock}: held by the caller, expected somebody else")

    def __repr__(self) -> str:
        return f"{self._lock}" if self._exclusive else f"read {self._lock}"


class _Possession:
    """A side while a thread has it."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._thread = threading.get_ident()

    def _repaired(self) -> None:
        self._side._lock._repaired()

    def _leave(self) -> None:
        self._side._lock._leave(self._thread)

    def __repr__(self) -> str:
        return repr(self._side)


class Condition(Words):
    """Where owners of a lock wait until another owner has changed something. Threads: any.

    Signals are for those who wait already. One may end more waits than it was meant for, so look again at what is
    waited for; `wait_until` does.
    """

    def wait(self, held: Held, timeout: float | None = None) -> bool:
        """Gives the lock away, waits for a signal, and has the lock again; False when `timeout` seconds have passed.

        `held` is what a lock of the same space gave to this thread. After a KeyboardInterrupt, and when the space was
        closed, the lock may be gone.
        """
        lock = held._lock
        if not isinstance(lock, Lock) or not held._held:
            raise ValueError(f"wait for {self}: lock={lock}, expected one that is held")
        before = self._word()
        held.close()
        try:
            self._wait(lambda: self._word() != before or None, timeout, "wait for")
            return True
        except TimeoutError:
            return False
        finally:
            held._take_over(lock.acquire())

    def wait_until(self, held: Held, holds: Callable[[], bool], timeout: float | None = None) -> bool:
        """Waits, signal by signal, until something holds, which is looked at with the lock; gives the last look."""
        left = Left(timeout)
        while not holds():
            if not self.wait(held, left()):
                return holds()
        return True

    def signal(self) -> None:
        """Lets those who wait go on, one after the other."""
        self._file.require_open("signal")
        self._memory.add(self._at, 1)
        self._changed.ring()
