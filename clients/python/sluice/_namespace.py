"""Keys and values that all members of a space read, change and watch.

The protocol is that of docs/shm-format.md, "Namespace". `_section` lets one thread of this opening at a time change
something, so that a KeyboardInterrupt in the middle can be undone: what carries our stamp then is what it has left.
"""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar, overload

from ._ending import Closing
from ._errors import Problem, SpaceError, in_range
from ._file import Layout, Limits, SharedFile
from ._items import encoded, until_finished
from ._table import EMPTY, GONE, USED, Shape, Table, index_of, version_of, what
from ._wait import WaitWord
from ._words import _OWN, _PARTICIPANTS, _ROOM, _SECOND, _WORD, Words, _signed
from .codec import Codec

T = TypeVar("T")
D = TypeVar("D")

_NEVER = (1 << 63) - 1
_LOOK = 0
_LONGEST_KEY = 255
_SPARE_BLOCKS = 16
_LOG = 1024

_HEADER = struct.Struct("<qIIii")
_KEY, _VALUE = 24, 280
_LONGEST_EXPIRY = 365 * 24 * 3600.0

_FULL = -1
_DIFFERENT = 0


class NamespaceOptions(NamedTuple):
    """What a namespace is made with; one that exists keeps its own."""

    keys: int = 1024
    """how many there may be, 1 to 2^20"""
    item_bytes: int = 1 << 12
    """how large an encoded value may be, 1 to 16 MiB"""

    def check(self) -> NamespaceOptions:
        in_range("namespace options: keys", self.keys, 1, 1 << 20)
        in_range("namespace options: item_bytes", self.item_bytes, 1, 1 << 24)
        return self

    def shape(self) -> Shape:
        slots = 2 << (self.keys - 1).bit_length()  # at most half of them used
        return Shape(slots, self.keys + _SPARE_BLOCKS, _VALUE + self.item_bytes, _LOG)


def _body_bytes(limits: Limits) -> int:
    return _OWN + NamespaceOptions(*limits[:2]).check().shape().bytes


def layout(options: NamespaceOptions) -> Layout:
    limits = (options.keys, options.item_bytes, 0, 0)
    _body_bytes(limits)
    return Layout("namespace", _PARTICIPANTS, limits, _body_bytes)


@dataclass(frozen=True)
class Entry(Generic[T]):
    """What a key stores."""

    key: str
    version: int
    """the number of the change that stored it"""
    data: bytes
    """the encoded value"""
    _codec: Codec[T] = field(repr=False, compare=False)

    @property
    def value(self) -> T:
        """The value, decoded anew each time. Raises CodecError if it is none of this codec."""
        return self._codec.decode(self.data)


class Change(NamedTuple, Generic[T]):
    """What happened to a key."""

    key: str
    entry: Entry[T] | None
    """what it has now; None: it was removed, its time was over, or its owner has gone"""


class _Found(NamedTuple):
    slot: int
    word: int
    used: bool


def _hash(key: bytes) -> int:
    code = 1
    for byte in key:
        code = 31 * code + (byte - 256 if byte > 127 else byte) & 0xFFFF_FFFF
    return code ^ code >> 16


def _order(key: str) -> bytes:
    """By UTF-16 code units, as Java orders its strings."""
    return key.encode("utf-16-be", "surrogatepass")


class Namespace(Words, Generic[T]):
    """Keys of 1 to 255 bytes of UTF-8, and values. Threads: any.

    Each change of a key gives it a version: above zero, and greater than all that it has had, also when it was removed
    in between. Version 0 means that there is no such key. A change that somebody was in the middle of who is killed is
    made by the next who comes, or has not happened. Another codec is another opening.
    """

    def __init__(self, file: SharedFile, codec: Codec[T]) -> None:
        self.options = NamespaceOptions(*file.header.limits[:2])
        self._codec = codec
        self._table = Table(file, file.body + _WORD, file.body + _OWN, self.options.shape())
        self._mask = self._table.shape.slots - 1
        self._room = WaitWord(file.memory, file.body + _ROOM)
        super().__init__(file)
        file.sweep()  # what belonged to the dead is not seen

    # -- looking

    @overload
    def get(self, key: str) -> T | None: ...

    @overload
    def get(self, key: str, absent: D) -> T | D: ...

    def get(self, key: str, absent: D | None = None) -> T | D | None:
        """The value of a key; `absent` if there is no such key."""
        entry = self.read(key)
        return absent if entry is None else entry.value

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.read(key) is not None

    def read(self, key: str) -> Entry[T] | None:
        """What is stored under a key, with its version; None if there is no such key."""
        name = self._name("get from", key)
        self._tend_at_times()
        while True:
            found = self._find(name, _hash(name))
            if not found.used:
                return None
            entry = self._entry_in(found.slot, time.monotonic_ns(), "")
            if self._table.is_still(found.slot, found.word):
                return entry

    def list(self, prefix: str = "") -> list[Entry[T]]:
        """The entries whose keys begin so, in the order of the UTF-16 code units of their keys.

        Each is whole, and was there at some moment of the call.
        """
        self._file.require_open("list")
        self._tend_at_times()
        self._table.settle()
        now = time.monotonic_ns()
        found: dict[str, Entry[T]] = {}
        for slot in range(self._table.shape.slots):
            entry = self._entry_in(slot, now, prefix)
            if entry is not None:  # a key that moved meanwhile is seen twice
                known = found.get(entry.key)
                if known is None or known.version < entry.version:
                    found[entry.key] = entry
        return sorted(found.values(), key=lambda each: _order(each.key))

    def watch(self, prefix: str = "") -> Watch[T]:
        """Gives what is there whose key begins so, and then what changes. Close it, or let it end with a `with`."""
        self._file.require_open("watch")
        return Watch(self, prefix)

    def _name(self, doing: str, key: str) -> bytes:
        self._file.require_open(doing)
        return key.encode()

    def _head(self, block: int) -> tuple[int, int, int, int, int, int]:
        """Where the content of a block is, when it is due, its hash, its owner, the lengths of key and value."""
        at = self._table.content_of(block)
        due, code, owner, key, value = _HEADER.unpack(self._memory.read(at, _HEADER.size))
        return at, due, code, owner, min(max(0, key), _LONGEST_KEY), min(max(0, value), self.options.item_bytes)

    def _find(self, key: bytes, code: int) -> _Found:
        """Where a key is, or where it would go."""
        free: _Found | None = None
        for i in range(self._mask + 1):
            slot = code + i & self._mask
            word = self._table.slot(slot)
            while what(word) == USED:
                at, _, has, _, length, _ = self._head(index_of(word))
                same = has == code and length == len(key) and self._memory.read(at + _KEY, length) == key
                if self._table.is_still(slot, word):
                    if same:
                        return _Found(slot, word, True)
                    break
                word = self._table.slot(slot)
            if free is None and what(word) in (EMPTY, GONE):
                free = _Found(slot, word, False)
            if what(word) == EMPTY:
                break
        if free is None:
            raise SpaceError(Problem.REFUSED, f"use {self}: used slots={self._mask + 1}, expected half of them")
        return free

    def _entry_in(self, slot: int, now: int, prefix: str) -> Entry[T] | None:
        """The entry in a slot, if it is not due by `now` and its key begins so."""
        while True:
            word = self._table.slot(slot)
            if what(word) != USED:
                return None
            at, due, _, _, length, size = self._head(index_of(word))
            key = self._memory.read(at + _KEY, length).decode(errors="replace")
            there = due > now and key.startswith(prefix)
            data = self._memory.read(at + _VALUE, size) if there else b""
            if self._table.is_still(slot, word):
                return Entry(key, version_of(word), data, self._codec) if there else None

    def _key_in(self, slot: int) -> str | None:
        """The key in a slot, due or not."""
        while True:
            word = self._table.slot(slot)
            if what(word) != USED:
                return None
            at, _, _, _, length, _ = self._head(index_of(word))
            key = self._memory.read(at + _KEY, length)
            if self._table.is_still(slot, word):
                return key.decode(errors="replace")

    # -- changing

    def put(self, key: str, value: T, *, ephemeral: bool = False, expiry: float | None = None) -> int:
        """Stores a value, and gives its version.

        It stays until somebody replaces or removes it; if it is `ephemeral`, as long as the space is open here at the
        most, and for `expiry` seconds at the most, above 0 to 365 days. Raises SpaceError TOO_LARGE, and FULL if there
        are as many keys as may be.
        """
        return self._store(key, value, None, ephemeral, expiry)

    def compare_and_set(
        self, key: str, version: int, value: T, *, ephemeral: bool = False, expiry: float | None = None
    ) -> int | None:
        """Stores a value, as `put`, if the key has a version, 0 if there shall be no such key.

        Gives the new version; None if the key had another one, and nothing has changed.
        """
        if version < 0:
            raise ValueError(f"compare and set in {self}: version={version}, expected 0 or more")
        return self._store(key, value, version, ephemeral, expiry) or None

    def update(self, key: str, absent: T, change: Callable[[T], T]) -> T:
        """Changes a value in one step, again and again until nobody came in between; gives the new one.

        It begins with `absent` if there is no such key. What it stores is permanent.
        """
        while True:
            entry = self.read(key)
            value = change(absent if entry is None else entry.value)
            if self.compare_and_set(key, 0 if entry is None else entry.version, value) is not None:
                return value

    def remove(self, key: str, version: int | None = None) -> bool:
        """Removes a key, if it has a version, or any; whether it had."""
        if version is not None and version < 1:
            raise ValueError(f"remove from {self}: version={version}, expected 1 or more")
        name = self._name("remove from", key)
        self._tend_at_times()
        while True:
            settled = self._table.settle()
            found = self._find(name, _hash(name))
            if not found.used or version not in (None, version_of(found.word)):
                return False
            due = self._due(found.word) <= time.monotonic_ns()
            if self._remove_at(settled, found.slot):
                return not due

    def _store(self, key: str, value: T, expected: int | None, ephemeral: bool, expiry: float | None) -> int:
        name = self._name("put in", key)
        if not 1 <= len(name) <= _LONGEST_KEY:
            raise ValueError(f"put in {self}: bytes of key={len(name)}, expected 1..{_LONGEST_KEY}")
        data = encoded(self._codec, value, self.options.item_bytes, f"put {key} in {self}")
        due = _NEVER
        if expiry is not None:
            if not 0 < expiry <= _LONGEST_EXPIRY:
                raise ValueError(f"put in {self}: expiry={expiry} s, expected above 0 to 365 days")
            due = time.monotonic_ns() + int(expiry * 1e9)
        self._tend_at_times()

        def attempt() -> int | None:
            with self._section:
                self._file.require_open("put in")
                content = _Content(name, _hash(name), data, self._file.stamp if ephemeral else 0, due)
                return self._table.undone(lambda: self._change(content, expected))

        made = self._room.wait(attempt, None, self._tend, f"put in {self}")  # for a block, of many who are stopped
        if made == _FULL:
            raise SpaceError(Problem.FULL, f"put {key} in {self}: keys={self.options.keys}, expected room for one more")
        return made

    def _change(self, content: _Content, expected: int | None) -> int | None:
        """The new version, _FULL or _DIFFERENT; None if there is no block."""
        block: int | None = None
        result: int | None = None
        while result is None:
            settled = self._table.settle()
            found = self._find(content.key, content.code)
            if found.used and self._due(found.word) <= time.monotonic_ns():
                self._remove_at(settled, found.slot)  # it was as good as gone
            elif expected is not None and expected != (version_of(found.word) if found.used else 0):
                result = _DIFFERENT if self._table.settle() == settled else None
            elif not found.used and self._table.count() >= self.options.keys:
                # Whatever the hint says: who is in the middle of it may be stopped.
                self._remove_due(time.monotonic_ns())
                result = _FULL if self._table.settle() == settled else None
            else:
                if block is None:
                    block = self._table.claim()
                    if block is None:
                        return None
                    self._fill(block, content)
                former = index_of(found.word) if found.used else None
                if self._table.put(settled, block, found.slot, former, not found.used):
                    self._note_due(content.due)
                    self._changed.ring()
                    return version_of(settled) + 1
        if block is not None:
            self._table.give_back(block)
        return result

    def _fill(self, block: int, content: _Content) -> None:
        at = self._table.content_of(block)
        head = _HEADER.pack(content.due, content.code, content.owner, len(content.key), len(content.data))
        self._memory.write(at, head + content.key)
        self._memory.write(at + _VALUE, content.data)

    def _due(self, word: int) -> int:
        return self._memory.read_int(self._table.content_of(index_of(word)), "q")

    def _remove_at(self, settled: int, slot: int) -> bool:
        if not self._table.remove(settled, slot):
            return False
        for i in range(self._mask + 1):
            each = slot - i & self._mask
            word = self._table.slot(each)
            if what(word) != GONE or what(self._table.slot(each + 1 & self._mask)) != EMPTY:
                break
            self._table.vacate(each, word)  # no search has to go on behind it
        self._changed.ring()
        return True

    # -- what goes by itself

    def _note_due(self, due: int) -> None:
        while due < (seen := _signed(self._memory.load(self._at + _SECOND))):
            if self._memory.compare_and_set(self._at + _SECOND, seen, due):
                return

    def _expire(self) -> None:
        """Removes what is due, unless somebody else is in the middle of it."""
        now = time.monotonic_ns()
        hint = _signed(self._memory.load(self._at + _SECOND))
        if hint > now:
            return
        least = _NEVER
        try:
            if self._memory.compare_and_set(self._at + _SECOND, hint, _NEVER):
                least = self._remove_due(now)  # meanwhile the hint says too little; whoever sweeps resets it
        except BaseException:
            least = _LOOK
            raise
        finally:
            self._note_due(least)

    def _remove_due(self, now: int) -> int:
        """Gives when the first of those that stay is due."""
        self._table.settle()
        least = _NEVER
        for slot in range(self._mask + 1):
            due = self._remove_if(slot, lambda due, owner: due <= now)
            least = least if due == _LOOK else min(least, due)
        return least

    def _remove_if(self, slot: int, doomed: Callable[[int, int], bool]) -> int:
        """_LOOK if the entry in a slot was one of these, by when it is due and its owner; else when it is due."""
        while True:
            if what(self._table.slot(slot)) != USED:
                return _NEVER
            settled = self._table.settle()
            word = self._table.slot(slot)
            if what(word) != USED:
                return _NEVER
            _, due, _, owner, _, _ = self._head(index_of(word))
            if not self._table.is_still(slot, word):
                continue
            if not doomed(due, owner):
                return max(due, _LOOK + 1)
            if self._remove_at(settled, slot):
                return _LOOK

    def _tend(self) -> None:
        super()._tend()
        self._expire()

    def _release(self) -> None:
        self._table.release(self._file.buried)
        self._table.settle()  # what they had decided is in the slots from here on
        for slot in range(self._mask + 1):
            self._remove_if(slot, lambda due, owner: owner != 0 and self._file.buried(owner))
        self._memory.store(self._at + _SECOND, _LOOK)  # they may have died before they had said when an entry is due


class _Content(NamedTuple):
    key: bytes
    code: int
    data: bytes
    owner: int
    due: int


class Watch(Closing, Generic[T]):
    """What changes, for one who looks. Threads: any; each change goes to one of those who wait.

    It keeps the last state of each key, not each change: who is slow may miss those in between, never the last.
    """

    def __init__(self, namespace: Namespace[T], prefix: str) -> None:
        self._namespace = namespace
        self._table = namespace._table
        self._prefix = prefix
        self._lock = threading.RLock()
        self._ended = False
        self._seen = -1  # the version up to which the log was read
        self._keys: dict[int, str] = {}  # by slot
        self._given: dict[str, int] = {}
        self._pending = {entry.key: None for entry in namespace.list(prefix)}  # a set in the order of its keys
        with self._lock:
            self._catch_up()

    def next(self, timeout: float | None = None) -> Change[T]:
        """The next change; waits while there is none.

        Raises TimeoutError, and SpaceError FINISHED if the watch was closed, CLOSED if the space was.
        """
        doing = "watch"

        def attempt() -> Change[T] | None:
            self._namespace._file.require_open(doing)
            change = self.poll()
            if change is None and self._ended:
                raise SpaceError(Problem.FINISHED, f"{doing} {self._namespace}: the watch was closed")
            return change

        return self._namespace._changed.wait(attempt, timeout, self._namespace._tend, f"{doing} {self._namespace}")

    def poll(self) -> Change[T] | None:
        """The next change, if there is one."""
        self._namespace._file.require_open("watch")
        self._namespace._tend_at_times()
        with self._lock:
            if self._ended:
                return None
            self._catch_up()
            return self._first()

    def __iter__(self) -> Iterator[Change[T]]:
        """Changes until the watch is closed."""
        return until_finished(self.next)

    def _catch_up(self) -> None:
        """Makes pending what has changed."""
        now = version_of(self._table.settle())
        logged = self._seen >= 0 and now - self._seen <= self._table.shape.log
        for version in range(self._seen + 1, now + 1) if logged else ():
            slot = self._table.changed(version)
            if slot is None:
                logged = False
                break
            self._look(slot)
        if not logged:
            for slot in range(self._table.shape.slots):
                self._look(slot)
        self._seen = now

    def _look(self, slot: int) -> None:
        key = self._namespace._key_in(slot)
        before = self._keys.get(slot)
        if before is not None and before != key:
            self._pending.setdefault(before)
        if key is not None and key.startswith(self._prefix):
            self._pending.setdefault(key)
            self._keys[slot] = key
        else:
            self._keys.pop(slot, None)

    def _first(self) -> Change[T] | None:
        """The first of what is pending and still news."""
        while self._pending:
            key = next(iter(self._pending))
            entry = self._namespace.read(key)
            change: Change[T] | None = None
            if entry is None:
                if key in self._given:
                    change = Change(key, None)
            elif self._given.get(key) != entry.version:
                change = Change(key, entry)
            # Nothing comes between these: a KeyboardInterrupt before them gives the change once more.
            if entry is None:
                self._given.pop(key, None)
            else:
                self._given[key] = entry.version
            del self._pending[key]
            if change is not None:
                return change
        return None

    def close(self) -> None:
        """Ends the watch; who waits gets the end. Again it does nothing."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
        if not self._namespace._file.closed:
            self._namespace._changed.ring()

    def __repr__(self) -> str:
        return f"watch of {self._namespace}"
