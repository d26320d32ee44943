"""Where each message goes to all who subscribed, in one order that is the same for all.

The protocol is that of docs/shm-format.md, "Topic". `_section` lets one thread of this opening at a time publish, or
take a place, so that a KeyboardInterrupt in the middle can be undone.
"""

from __future__ import annotations

import enum
import threading
from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

from ._ending import Closing
from ._errors import Problem, SpaceError, in_range
from ._file import Layout, Limits, SharedFile
from ._items import encoded, until_finished
from ._table import ENDED, USED, Shape, Table, index_of, version_of, what
from ._wait import WaitWord
from ._words import _OWN, _OWNER, _PARTICIPANTS, _ROOM, _SECOND, _WORD, Words
from .codec import Codec

T = TypeVar("T")

_PLACES = 256
_PLACE_BYTES = 16
_CURSOR = 8
_FREE, _JOINING, _ACTIVE = range(3)
_TABLE = _OWN + _PLACES * _PLACE_BYTES
_SPARE_BLOCKS = 16
_MESSAGE = 8


class TopicOptions(NamedTuple):
    """What a topic is made with; one that exists keeps its own."""

    capacity: int = 1024
    """how many messages a subscription may be behind, 1 to 2^20"""
    item_bytes: int = 1 << 12
    """how large an encoded message may be, 1 to 16 MiB"""

    def check(self) -> TopicOptions:
        in_range("topic options: capacity", self.capacity, 1, 1 << 20)
        in_range("topic options: item_bytes", self.item_bytes, 1, 1 << 24)
        return self

    def shape(self) -> Shape:
        return Shape(self.capacity, self.capacity + _SPARE_BLOCKS, _MESSAGE + self.item_bytes, 0)


def _body_bytes(limits: Limits) -> int:
    return _TABLE + TopicOptions(*limits[:2]).check().shape().bytes


def layout(options: TopicOptions) -> Layout:
    limits = (options.capacity, options.item_bytes, 0, 0)
    _body_bytes(limits)
    return Layout("topic", _PARTICIPANTS, limits, _body_bytes)


class Lag(enum.Enum):
    """What happens when a subscription is as far behind as it may be."""

    WAIT = "publishers wait for it"
    DROP_OLDEST = "it loses the oldest messages, and counts them"
    FAIL = "it ends"


class _Reach(NamedTuple):
    last: int
    ended: bool


class Topic(Words, Generic[T]):
    """A subscription gets what is published after it began; without any, messages go nowhere. Threads: any.

    A message that somebody was publishing who is killed is published to all, or to nobody. A subscriber that is killed
    is waited for no longer than a tenth of a second. Up to 256 subscriptions can be waited for. Another codec is
    another opening.
    """

    def __init__(self, file: SharedFile, codec: Codec[T]) -> None:
        self.options = TopicOptions(*file.header.limits[:2])
        self._codec = codec
        self._table = Table(file, file.body + _WORD, file.body + _TABLE, self.options.shape())
        self._room = WaitWord(file.memory, file.body + _ROOM)
        self._allowed = 0  # the last version that may be published without a look; in the section
        self._places: dict[int, object] = {}  # whose they are, of the subscriptions of this opening; in the section
        super().__init__(file)

    # -- publishing

    def publish(self, message: T, timeout: float | None = None) -> None:
        """Publishes a message; waits while a subscription is behind that asked for it, by `Lag.WAIT`.

        Raises SpaceError FINISHED or TOO_LARGE, and TimeoutError: then it has not published.
        """
        data = self._encoded(message)
        self._room.wait(lambda: self._publish(data) or None, timeout, self._tend, f"publish to {self}")

    def try_publish(self, message: T) -> bool:
        """Publishes a message if nobody has to be waited for."""
        self._tend_at_times()
        return self._publish(self._encoded(message))

    def _encoded(self, message: T) -> bytes:
        self._file.require_open("publish to")
        return encoded(self._codec, message, self.options.item_bytes, f"publish to {self}")

    def _publish(self, data: bytes) -> bool:
        with self._section:
            self._file.require_open("publish to")
            return self._table.undone(lambda: self._publish_once(data))

    def _publish_once(self, data: bytes) -> bool:
        block: int | None = None
        while True:
            settled = self._table.settle()
            if what(settled) == ENDED:
                raise SpaceError(Problem.FINISHED, f"publish to {self}: it is finished")
            version = version_of(settled) + 1
            if version > self._allowed:
                self._allowed = self._allowed_after(version - 1)
            if block is None and version <= self._allowed:
                block = self._table.claim()
                if block is not None:
                    at = self._table.content_of(block)
                    self._memory.write(at, len(data).to_bytes(_MESSAGE, "little") + data)
            if block is None:
                return False
            if version > self._allowed:
                self._table.give_back(block)
                return False
            slot = version % self.options.capacity
            word = self._table.slot(slot)
            used = what(word) == USED
            if self._table.put(settled, block, slot, index_of(word) if used else None, not used):
                self._changed.ring()
                return True

    def _place_at(self, place: int) -> int:
        return self._at + _OWN + place * _PLACE_BYTES

    def _allowed_after(self, settled: int) -> int:
        """Up to which version nobody has to be waited for. What this says stays true."""
        least = settled
        for place in range(min(_PLACES, self._memory.load(self._at + _SECOND))):
            if self._memory.load(self._place_at(place)) >> 28 & 15 == _ACTIVE:
                least = min(least, self._memory.load(self._place_at(place) + _CURSOR))
        return least + self.options.capacity

    def finish(self) -> bool:
        """Says that nothing more is published, by anybody; whether this call did."""
        self._file.require_open("finish")
        while True:
            settled = self._table.settle()
            if what(settled) == ENDED:
                return False
            if self._table.end(settled):
                self._changed.ring()
                self._room.ring()
                return True

    # -- receiving

    def subscribe(self, lag: Lag) -> Subscription[T]:
        """Begins to receive what is published from now on. Close it, or end it by a `with`; its last reference does.

        Raises SpaceError BUSY if there are 256 that are waited for.
        """
        if not isinstance(lag, Lag):
            raise TypeError(f"subscribe to {self}: lag={lag!r}, expected one of sluice.Lag")
        self._file.require_open("subscribe to")
        if lag is not Lag.WAIT:
            return Subscription(self, lag, None, self._reach().last)
        with self._section:
            self._file.require_open("subscribe to")
            try:
                place = self._take_place()
                begun = Subscription(self, lag, place, self._memory.load(self._place_at(place) + _CURSOR))
                self._places[place] = begun._token
                return begun
            except BaseException:
                self._leave_places()
                raise

    def _reach(self) -> _Reach:
        """How far it has come."""
        settled = self._table.settle()
        ended = what(settled) == ENDED  # which has a version, too
        return _Reach(version_of(settled) - ended, ended)

    def _take_place(self) -> int:
        joining = _JOINING << 28 | self._file.stamp
        for place in range(_PLACES):
            at = self._place_at(place)
            if self._memory.load(at) == 0 and self._memory.compare_and_set(at, 0, joining):
                while (places := self._memory.load(self._at + _SECOND)) <= place:
                    self._memory.compare_and_set(self._at + _SECOND, places, place + 1)
                self._move(place, self._reach().last)
                self._memory.compare_and_set(at, joining, _ACTIVE << 28 | self._file.stamp)
                self._move(place, self._reach().last)  # not below what a publisher has settled who has not seen us
                return place
        raise SpaceError(Problem.BUSY, f"subscribe to {self}: waited for={_PLACES}, expected fewer subscriptions")

    def _move(self, place: int, version: int) -> None:
        """What has been received at a place."""
        self._memory.store(self._place_at(place) + _CURSOR, version)
        self._room.ring()

    def _received(self, place: int, version: int) -> None:
        with self._file.staying:  # else the place may be another's by now
            if not self._file.closed:
                self._move(place, version)

    def _leave_place(self, place: int, token: object) -> None:
        """Leaves a place, if it still is that subscription's. A finalizer may do it in the middle of anything."""
        with self._section:
            if not self._file.closed and self._places.get(place) is token:
                self._free_place(place)
                self._places.pop(place)

    def _leave_places(self) -> None:
        """Leaves what is ours and belongs to no subscription."""
        for place in range(_PLACES):
            if place not in self._places:
                self._free_place(place)

    def _free_place(self, place: int) -> None:
        word = self._memory.load(self._place_at(place))
        if word & _OWNER == self._file.stamp and self._memory.compare_and_set(self._place_at(place), word, _FREE):
            self._room.ring()

    def _message(self, version: int, reach: _Reach) -> bytes | None:
        """The message of a version; None if it has been lost since the topic came so far."""
        slot = version % self.options.capacity
        word = self._table.slot(slot)
        if version_of(word) == version and what(word) == USED:
            at = self._table.content_of(index_of(word))
            length = min(max(0, self._memory.read_int(at, "i")), self.options.item_bytes)
            data = self._memory.read(at + _MESSAGE, length)
            if self._table.is_still(slot, word):
                return data
        if self._reach() == reach:
            raise SpaceError(Problem.REFUSED, f"receive from {self}: version={version_of(word)}, expected {version}")
        return None

    def _release(self) -> None:
        self._table.release(self._file.buried)
        found = False
        for place in range(_PLACES):
            word = self._memory.load(self._place_at(place))
            if word & _OWNER and self._file.buried(word & _OWNER):
                found |= self._memory.compare_and_set(self._place_at(place), word, _FREE)
        if found:
            self._room.ring()

    def close(self) -> None:
        """Ends this opening, with its subscriptions. Who waits here learns it within 0.1 s."""
        super().close()
        self._room.ring()


class Subscription(Closing, Generic[T]):
    """One subscriber's end. Threads: any; each message goes to one of those who receive from it."""

    def __init__(self, topic: Topic[T], lag: Lag, place: int | None, begin: int) -> None:
        self._topic = topic
        self._lag = lag
        self._place = place
        self._token = object()
        self._lock = threading.RLock()
        self._at = begin  # the version that was received last
        self._ended = False
        self._lagged = False
        self._dropped = 0

    def receive(self, timeout: float | None = None) -> T:
        """Takes the next message; waits while there is none.

        Raises SpaceError FINISHED behind the last message of a finished topic and when this was closed, LAGGED if it
        fell behind and had asked for that, by `Lag.FAIL`; and TimeoutError.
        """
        topic = self._topic
        data = topic._changed.wait(self._receive, timeout, topic._tend, f"receive from {topic}")
        return topic._codec.decode(data)

    def try_receive(self) -> T | None:
        """Takes the next message if there is one; raises as `receive` when none will come."""
        data = self._receive()
        return None if data is None else self._topic._codec.decode(data)

    def _receive(self) -> bytes | None:
        topic = self._topic
        with self._lock:
            while True:
                topic._file.require_open("receive from")
                if self._ended:
                    raise SpaceError(Problem.FINISHED, f"receive from {topic}: the subscription was closed")
                reach = topic._reach()
                lost = self._lost(reach)
                self._lagged |= self._lag is Lag.FAIL and lost > 0
                if self._lagged:
                    most = topic.options.capacity
                    raise SpaceError(Problem.LAGGED, f"receive from {topic}: behind by more than {most}")
                self._dropped += lost
                self._at += lost
                if self._at == reach.last:
                    if reach.ended:
                        raise SpaceError(Problem.FINISHED, f"receive from {topic}: no more messages come")
                    return None
                data = topic._message(self._at + 1, reach)
                if data is not None:
                    self._at += 1
                    if self._place is not None:
                        topic._received(self._place, self._at)
                    return data

    def _lost(self, reach: _Reach) -> int:
        return max(0, reach.last - self._topic.options.capacity - self._at)

    @property
    def dropped(self) -> int:
        """How many messages it has lost because it was slow, by `Lag.DROP_OLDEST`."""
        self._topic._file.require_open("look at")
        with self._lock:
            return self._dropped + (self._lost(self._topic._reach()) if self._lag is Lag.DROP_OLDEST else 0)

    def __iter__(self) -> Iterator[T]:
        """Receives until the topic is finished."""
        return until_finished(self.receive)

    def close(self) -> None:
        """Ends the subscription; who waits gets the end. Again it does nothing."""
        with self._lock:
            first = not self._ended
            self._ended = True
            if self._place is not None:
                self._topic._leave_place(self._place, self._token)  # again, where an interrupt came before
        if first and not self._topic._file.closed:
            self._topic._changed.ring()

    def __del__(self) -> None:
        if hasattr(self, "_dropped"):  # else it has never begun
            self.close()

    def __repr__(self) -> str:
        return f"subscription of {self._topic}"
