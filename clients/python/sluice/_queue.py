"""Work for whoever takes it: each item is done once, or given to another taker if it was not.

The protocol is that of docs/shm-format.md, whose names are used here. `_putting` and `_taking` let one thread of this
opening at a time into the protocol, so that a KeyboardInterrupt in the middle can be undone: what carries our stamp
and nobody here knows of is what the interrupt has left. A finalizer may come in between, in the same thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple, TypeVar

from ._ending import Closing
from ._errors import Problem, SpaceError, in_range
from ._file import Layout, Limits, SharedFile
from ._items import encoded, until_finished
from ._wait import WaitWord
from .codec import Codec

T = TypeVar("T")

_TAIL, _HEAD, _NOT_EMPTY, _NOT_FULL, _RETURNS, _FINISHED, _TAKEN, _SLOTS = 0, 128, 256, 384, 512, 520, 640, 768
_PARTICIPANTS = 128
_MOST_SPARE = 64

_FREE, _CLAIMED, _READY, _LEASED, _STALLED, _RETURNED, _POISONED = range(7)
_HEADER, _LENGTH, _DELIVERIES, _DUE, _SEQUENCE = 32, 8, 12, 16, 24
_MOST_DELIVERIES = 0xFFFF
_ALWAYS_DUE = -(1 << 62)
_OWNER = (1 << 28) - 1
_LAP = 0xFFFF_FFFF

_PUT, _DONE, _GIVEN_BACK, _DEAD = range(4)
_STALL = 1.0


class QueueOptions(NamedTuple):
    """What a queue is made with; one that exists keeps its own."""

    capacity: int = 1024
    """how many items may be not done, 1 to 2^20"""
    item_bytes: int = 1 << 12
    """how large an encoded item may be, 1 to 16 MiB"""
    levels: int = 1
    """how many levels of urgency there are, 1 to 16"""
    deliveries: int = 5
    """how often an item is delivered before it goes to the dead letters, 1 to 32768; 0 for no limit"""

    def check(self) -> QueueOptions:
        in_range("queue options: capacity", self.capacity, 1, 1 << 20)
        in_range("queue options: item_bytes", self.item_bytes, 1, 1 << 24)
        in_range("queue options: levels", self.levels, 1, 16)
        in_range("queue options: deliveries", self.deliveries, 0, 1 << 15)
        return self

    def slots(self) -> int:
        return self.capacity + (min(self.capacity, _MOST_SPARE) if self.levels == 1 else 0)

    def slot_bytes(self) -> int:
        return (_HEADER + self.item_bytes + 63) // 64 * 64


def _body_bytes(limits: Limits) -> int:
    options = QueueOptions(*limits).check()
    return _SLOTS + options.slots() * options.slot_bytes()


def layout(options: QueueOptions) -> Layout:
    limits = (options.capacity, options.item_bytes, options.levels, options.deliveries)
    _body_bytes(limits)
    return Layout("queue", _PARTICIPANTS, limits, _body_bytes)


def _word(lap: int, state: int, owner: int) -> int:
    return (lap & _LAP) << 32 | state << 28 | owner


def _ahead(lap: int, of: int) -> int:
    """How far a lap is before another one; laps begin anew after 2^32."""
    return (lap - of + (1 << 31) & _LAP) - (1 << 31)


class Lease(Closing, Generic[T]):
    """An item taken from a queue and not yet done; the end of a `with`, or of its last reference, gives it back."""

    def __init__(self, queue: Queue[T], slot: int, item: T, delivery: int) -> None:
        self._queue = queue
        self._slot = slot
        self._token = object()
        self.item = item
        self.delivery = delivery
        """how often it was delivered, this time included; above 1 an earlier holder may have done a part"""

    def done(self) -> bool:
        """The work is done: the item is gone. False if the queue was closed, and it went to another taker."""
        return bool(self._end(lambda: self._queue._done(self._slot), "done with"))

    def give_back(self, delay: float = 0.0) -> None:
        """Gives the item to another taker, when `delay` seconds have passed."""
        self._end(lambda: self._queue._give_back(self._slot, delay), "give back")

    def close(self) -> None:
        """Gives the item back, if the lease has not been ended."""
        self._end(lambda: self._queue._give_back(self._slot, 0.0), None)

    def _end(self, how: Callable[[], bool | None], doing: str | None) -> bool | None:
        try:
            if self._queue._leased.pop(self._token, None) is not None:
                return how()
        except BaseException:
            with self._queue._taking:
                self._queue._take_back()  # what an interrupt has left in between
            raise
        if doing is not None:
            raise RuntimeError(f"{doing} an item of {self._queue}: its lease has been ended")
        return None

    def __del__(self) -> None:
        if hasattr(self, "_token"):
            self.close()


class Queue(Generic[T]):
    """A bounded queue. Threads: any.

    A process that is killed has not put what it was putting; what it had leased goes to others at once, with a higher
    `delivery`. So does what was leased by whoever closes its space.
    """

    def __init__(self, file: SharedFile, codec: Codec[T], dead_letters: Callable[[], Queue[T]]) -> None:
        self.options = QueueOptions(*file.header.limits)
        self._file = file
        self._memory = file.memory
        self._codec = codec
        self._dead_letters = dead_letters
        self._grave: Queue[T] | None = None
        self._count = self.options.slots()
        self._size = self.options.slot_bytes()
        self._first = file.body + _SLOTS
        self._tail, self._head = file.body + _TAIL, file.body + _HEAD
        self._not_empty = WaitWord(self._memory, file.body + _NOT_EMPTY)
        self._not_full = WaitWord(self._memory, file.body + _NOT_FULL)
        self._putting = threading.RLock()
        self._taking = threading.RLock()
        self._leased: dict[object, int] = {}  # slots, by the tokens of their leases; who takes one out ends the lease
        self._returns_seen = -1
        self._next_due: int | None = None
        self._returns_buried = -1
        self._pending = (0, 0.0)  # a word that was claimed, and since when
        self._swept = 0.0
        file.join(self._release)

    # -- words

    def _slot(self, position: int) -> int:
        index = position & _LAP
        if index >= self._count:
            raise SpaceError(Problem.REFUSED, f"use {self}: index={index}, expected up to {self._count - 1}")
        return self._first + index * self._size

    def _next(self, position: int) -> int:
        index = (position & _LAP) + 1
        return position + 1 if index < self._count else ((position >> 32) + 1 & _LAP) << 32

    def _advance(self, hint: int, position: int) -> None:
        self._memory.compare_and_set(hint, position, self._next(position))

    def _free_seen(self, slot: int, word: int) -> bool:
        if not self._memory.compare_and_set(slot, word, _word((word >> 32) + 1, _FREE, 0)):
            return False
        self._memory.add(self._file.body + _TAKEN, -1)
        return True

    def _free(self, slot: int) -> bool:
        """Frees a slot of ours; it may have been stepped over meanwhile."""
        while True:
            word = self._memory.load(slot)
            if word & _OWNER != self._file.stamp:
                return False
            if self._free_seen(slot, word):
                return True

    def _is_finished(self) -> bool:
        return self._memory.load(self._file.body + _FINISHED) != 0

    def _all_free(self) -> bool:
        return all(self._memory.load(slot) >> 28 & 15 == _FREE for slot in self._slots())

    def _slots(self) -> range:
        return range(self._first, self._first + self._count * self._size, self._size)

    # -- putting

    def put(self, item: T, level: int | None = None, timeout: float | None = None) -> None:
        """Puts an item behind those of its level, the last one if none is given; waits while the queue is full.

        Raises SpaceError FINISHED or TOO_LARGE, and TimeoutError: then it has not put.
        """
        data, at = self._encoded(item), self._level(level)
        self._not_full.wait(lambda: self._put(data, at) or None, timeout, self._tend, f"put into {self}")

    def try_put(self, item: T, level: int | None = None) -> bool:
        """Puts an item if there is room at once."""
        return self._put(self._encoded(item), self._level(level))

    def _encoded(self, item: T) -> bytes:
        return encoded(self._codec, item, self.options.item_bytes, f"put into {self}")

    def _level(self, level: int | None) -> int:
        if level is None:
            return self.options.levels - 1
        if not 0 <= level < self.options.levels:
            raise ValueError(f"put into {self}: level={level}, expected 0..{self.options.levels - 1}")
        return level

    def _put(self, data: bytes, level: int) -> bool:
        while True:
            with self._putting:
                self._file.require_open("put into")
                if self._is_finished():
                    raise SpaceError(Problem.FINISHED, f"put into {self}: it is finished")
                try:
                    position = self._claim()
                    if position is None:
                        return False
                    if not self._commit(position, data, level):
                        continue
                except BaseException:
                    self._withdraw()
                    raise
            self._file.count(_PUT)
            self._not_empty.ring()
            return True

    def _withdraw(self) -> None:
        """Frees what we have claimed and shall not commit."""
        for slot in self._slots():
            word = self._memory.load(slot)
            if word & _OWNER == self._file.stamp and word >> 28 & 15 in (_CLAIMED, _STALLED):
                self._free(slot)
                self._ring_free()

    def _claim(self) -> int | None:
        taken = self._file.body + _TAKEN
        if self._memory.add(taken, 1) >= self.options.capacity and not self._has_room():
            self._memory.add(taken, -1)
            return None
        position = self._claim_reserved()
        if position is None:
            self._memory.add(taken, -1)
        return position

    def _has_room(self) -> bool:
        """Asks the slots: the count is too high when somebody has died beside it."""
        used = sum(self._memory.load(slot) >> 28 & 15 != _FREE for slot in self._slots())
        return used < self.options.capacity

    def _claim_reserved(self) -> int | None:
        while True:
            position = self._memory.load(self._tail)
            slot = self._slot(position)
            word = self._memory.load(slot)
            lap, state, owner = position >> 32, word >> 28 & 15, word & _OWNER
            ahead = _ahead(word >> 32, lap)
            if state == _FREE and ahead <= 0:
                if self._memory.compare_and_set(slot, word, _word(lap, _CLAIMED, self._file.stamp)):
                    self._advance(self._tail, position)
                    return position
            elif ahead >= 0:
                self._advance(self._tail, position)
            elif state == _CLAIMED and self._file.dead(owner):
                self._free_seen(slot, word)
            elif not self._may_step_over(state) or not self._has_room_behind(position):
                return None
            else:
                self._memory.compare_and_set(slot, word, _word(lap, state, owner))

    def _may_step_over(self, state: int) -> bool:
        return state >= _LEASED or self.options.levels > 1

    def _has_room_behind(self, position: int) -> bool:
        at = self._next(position)
        while at & _LAP != position & _LAP:
            word = self._memory.load(self._slot(at))
            state = word >> 28 & 15
            if _ahead(word >> 32, at >> 32) >= 0 or state == _FREE:
                return True
            if not self._may_step_over(state):
                return False
            at = self._next(at)
        return False

    def _commit(self, position: int, data: bytes, level: int) -> bool:
        """Writes and hands over; False if the position was given up meanwhile: we were stopped for long, or closed."""
        slot = self._slot(position)
        if self._is_finished():  # who finishes it from now on finds our claim
            raise SpaceError(Problem.FINISHED, f"put into {self}: it is finished")
        self._memory.write_int(slot + _LENGTH, "i", len(data))
        self._memory.write_int(slot + _DELIVERIES, "I", level << 16)
        self._memory.write_int(slot + _DUE, "q", _ALWAYS_DUE)
        self._memory.write_int(slot + _SEQUENCE, "Q", position)
        self._memory.write(slot + _HEADER, data)
        while True:
            word = self._memory.load(slot)
            if word & _OWNER != self._file.stamp:
                return False
            if word >> 28 & 15 == _STALLED:
                if self._free_seen(slot, word):
                    return False
            elif self._memory.compare_and_set(slot, word, _word(word >> 32, _READY, 0)):
                return True

    def finish(self) -> bool:
        """Says that nothing more is put, by anybody; whether this call did."""
        self._file.require_open("finish")
        first = self._memory.compare_and_set(self._file.body + _FINISHED, 0, 1)
        self._not_empty.ring()
        self._not_full.ring()
        return first

    # -- taking

    def take(self, timeout: float | None = None) -> Lease[T]:
        """Takes an item; waits while there is none.

        Raises SpaceError FINISHED when the queue is finished and nothing is left that could come, and TimeoutError.
        """
        return self._not_empty.wait(self._take_or_end, timeout, self._tend, f"take from {self}")

    def _take_or_end(self) -> Lease[T] | None:
        ended = self._is_finished() and self._all_free()
        lease = self._take()
        if lease is None and ended:
            raise SpaceError(Problem.FINISHED, f"take from {self}: it is finished")
        return lease

    def try_take(self) -> Lease[T] | None:
        """Takes an item if one is waiting."""
        lease = self._take()
        if lease is None and time.monotonic() - self._swept >= 0.1:
            self._tend()
            lease = self._take()
        return lease

    def __iter__(self) -> Iterator[Lease[T]]:
        """Takes until the end."""
        return until_finished(self.take)

    def _take(self) -> Lease[T] | None:
        with self._taking:
            self._file.require_open("take from")
            try:
                slot = self._take_slot()
                if slot is None:
                    return None
                self._count_delivery(slot)
                item = self._codec.decode(self._item(slot))
                lease = Lease(self, slot, item, self._deliveries(slot))
                self._leased[lease._token] = slot
                return lease
            except BaseException:
                self._take_back()
                raise

    def _take_slot(self) -> int | None:
        slot = self._take_returned() if self._may_have_returned() else None
        if slot is not None:
            return slot
        return self._take_first() if self.options.levels == 1 else self._take_urgent()

    def _take_back(self) -> None:
        """Gives back what we have leased and nobody here knows of."""
        known = set(self._leased.values())
        for slot in self._slots():
            word = self._memory.load(slot)
            if slot not in known and word & _OWNER == self._file.stamp and word >> 28 & 15 == _LEASED:
                self._give_back(slot, 0.0)

    def _lease(self, slot: int, word: int) -> bool:
        return self._memory.compare_and_set(slot, word, _word(word >> 32, _LEASED, self._file.stamp))

    def _take_first(self) -> int | None:
        while True:
            position = self._memory.load(self._head)
            slot = self._slot(position)
            word = self._memory.load(slot)
            state = word >> 28 & 15
            ahead = _ahead(word >> 32, position >> 32)
            if ahead > 0 or (ahead == 0 and state >= _LEASED):
                self._advance(self._head, position)
            elif ahead < 0 or state == _FREE:
                return None
            elif state == _READY:
                if self._lease(slot, word):
                    self._advance(self._head, position)
                    return slot
            elif self._file.dead(word & _OWNER):  # claimed, and never committed: nothing is lost
                self._free_seen(slot, word)
            else:
                return None

    def _take_urgent(self) -> int | None:
        while True:
            end = self._memory.load(self._tail)
            now = time.monotonic_ns()
            best: tuple[int, int, int, int] | None = None  # level, position, slot, word
            behind = False
            for slot in self._slots():
                word = self._memory.load(slot)
                if word >> 28 & 15 != _READY and not self._is_due(slot, word, now):
                    continue
                position = self._memory.read_int(slot + _SEQUENCE, "Q")
                if _is_at_or_behind(position, end):
                    behind = True
                    continue
                level = self._memory.read_int(slot + _DELIVERIES, "I") >> 16 & 0xFF
                if best is None or level < best[0] or (level == best[0] and not _is_at_or_behind(position, best[1])):
                    best = (level, position, slot, word)
            if best is None:
                if not behind:
                    return None
            elif self._lease(best[2], best[3]):
                return best[2]

    def _is_due(self, slot: int, word: int, now: int) -> bool:
        return word >> 28 & 15 == _RETURNED and self._memory.read_int(slot + _DUE, "q") <= now

    def _may_have_returned(self) -> bool:
        if self._memory.load(self._file.body + _RETURNS) != self._returns_seen:
            return True
        return self._next_due is not None and time.monotonic_ns() >= self._next_due

    def _take_returned(self) -> int | None:
        """To look for what was given back is to look at all slots."""
        self._returns_seen = self._memory.load(self._file.body + _RETURNS)
        self._next_due = None
        now = time.monotonic_ns()
        least: int | None = None
        for slot in self._slots():
            word = self._memory.load(slot)
            if word >> 28 & 15 != _RETURNED:
                continue
            if self.options.levels == 1 and self._is_due(slot, word, now) and self._lease(slot, word):
                self._returns_seen = -1  # there may be more
                return slot
            due = self._memory.read_int(slot + _DUE, "q")
            least = due if least is None else min(least, due)
        self._next_due = least
        return None

    # -- what was taken

    def _count_delivery(self, slot: int) -> None:
        word = self._memory.read_int(slot + _DELIVERIES, "I")
        if word & _MOST_DELIVERIES < _MOST_DELIVERIES:
            self._memory.write_int(slot + _DELIVERIES, "I", word + 1)

    def _deliveries(self, slot: int) -> int:
        return self._memory.read_int(slot + _DELIVERIES, "I") & _MOST_DELIVERIES

    def _item(self, slot: int) -> bytes:
        length = self._memory.read_int(slot + _LENGTH, "i")
        if not 0 <= length <= self._size - _HEADER:
            raise SpaceError(
                Problem.REFUSED, f"take from {self}: bytes={length}, expected at most {self._size - _HEADER}"
            )
        return self._memory.read(slot + _HEADER, length)

    def _done(self, slot: int) -> bool:
        if self._file.closed:
            return False
        if not self._free(slot):
            return False
        self._file.count(_DONE)
        self._ring_free()
        return True

    def _ring_free(self) -> None:
        self._not_full.ring()
        if self._is_finished():
            self._not_empty.ring()

    def _give_back(self, slot: int, delay: float) -> None:
        if self._file.closed:
            return
        self._file.count(_GIVEN_BACK)
        most = self.options.deliveries
        if 0 < most <= self._deliveries(slot) and self._bury_item(slot):
            return
        self._return(slot, delay)

    def _return(self, slot: int, delay: float) -> None:
        with self._file.staying:
            word = self._memory.load(slot)
            if self._file.closed or word & _OWNER != self._file.stamp:
                return  # it has gone to others, or is about to
            self._memory.write_int(slot + _DUE, "q", time.monotonic_ns() + max(0, int(delay * 1e9)))
            while not self._memory.compare_and_set(slot, word, _word(word >> 32, _RETURNED, 0)):
                word = self._memory.load(slot)  # it was stepped over
        self._memory.add(self._file.body + _RETURNS, 1)
        self._not_empty.ring()

    # -- the dead

    def dead_letters(self) -> Queue[T]:
        """The queue `NAME.dead`: where items go that were not done after so many deliveries as the options say."""
        if self._grave is None:
            self._grave = self._dead_letters()
        return self._grave

    def _bury_item(self, slot: int) -> bool:
        """Puts an item that we hold into the dead letters; False if there is no room, or no such place."""
        try:
            grave = self.dead_letters()
            item = self._item(slot)
            level = min(self._memory.read_int(slot + _DELIVERIES, "I") >> 16 & 0xFF, grave.options.levels - 1)
            if self._memory.load(slot) & _OWNER != self._file.stamp:
                return False  # the file was closed meanwhile, and this may be another's item
            if len(item) > grave.options.item_bytes or not grave._put(item, level):
                return False
        except SpaceError:
            return False
        self._free(slot)
        self._file.count(_DEAD)
        self._ring_free()
        return True

    def _release(self) -> None:
        """Releases what buried owners have left."""
        most = self.options.deliveries or 1 << 30
        for slot in self._slots():
            while True:
                word = self._memory.load(slot)
                if word & _OWNER == 0 or not self._file.buried(word & _OWNER):
                    break
                if word >> 28 & 15 != _LEASED:
                    if self._free_seen(slot, word):
                        break
                    continue
                state = _POISONED if self._deliveries(slot) >= most else _RETURNED
                if self._memory.compare_and_set(slot, word, _word(word >> 32, state, 0)):
                    break
        self._memory.add(self._file.body + _RETURNS, 1)

    def _tend(self) -> None:
        """What must be done from time to time, so that nothing depends on the dead and the stopped."""
        self._swept = time.monotonic()
        if self._file.sweep():
            self._not_empty.ring()
            self._not_full.ring()
        position = self._memory.load(self._head)
        slot = self._slot(position)
        word = self._memory.load(slot)
        if word >> 28 & 15 != _CLAIMED or word >> 32 != position >> 32:
            self._pending = (0, 0.0)
        elif self._pending[0] != word:
            self._pending = (word, self._swept)
        elif self._swept - self._pending[1] >= _STALL and self._memory.compare_and_set(
            slot, word, _word(word >> 32, _STALLED, word & _OWNER)
        ):
            self._not_empty.ring()
        count = self._memory.load(self._file.body + _RETURNS)
        if count != self._returns_buried and self.options.deliveries:
            self._returns_buried = count
            self._bury_poisoned()

    def _bury_poisoned(self) -> None:
        """What was put aside goes to the dead letters, or back."""
        for slot in self._slots():
            with self._taking:
                self._file.require_open("look after")
                word = self._memory.load(slot)
                try:
                    if word >> 28 & 15 == _POISONED and self._lease(slot, word) and not self._bury_item(slot):
                        self._return(slot, 0.0)
                except BaseException:
                    self._take_back()
                    raise

    # -- all of it

    def join(self, timeout: float | None = None) -> None:
        """Waits until everything that was put is done, or in the dead letters."""

        def done() -> bool | None:
            self._file.require_open("join")
            return self._all_free() or None

        self._not_full.wait(done, timeout, self._tend, f"join {self}")

    def close(self) -> None:
        """Ends this opening: what it has leased goes to others."""
        self._file.close(self._putting, self._taking)
        self._not_empty.ring()
        self._not_full.ring()

    def __repr__(self) -> str:
        return f"queue {self._file.path}"


def _is_at_or_behind(position: int, other: int) -> bool:
    return (position - other) & 1 << 63 == 0
