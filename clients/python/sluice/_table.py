"""Slots and the blocks that are in them: what namespaces and topics are made of.

The protocol is that of docs/shm-format.md, "Table", whose names are used here. Changes come one after the other, and
nobody waits for anybody: one word says which change is being made, and whoever finds one there makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple, TypeVar

from ._errors import Problem, SpaceError
from ._file import SharedFile

R = TypeVar("R")

DONE, PUT, REMOVE, ENDED = range(4)
EMPTY, USED, GONE = range(3)
_FREE, _OWNED, _IN_USE = range(3)

_INDEX_BITS = 22
_VERSION = 24
_INDEX = (1 << _INDEX_BITS) - 1
_LAST_VERSION = (1 << 40) - 2

_LINE = 64
_LOG = 64
_SLOT, _FORMER, _ADDED, _HEADER = 8, 12, 16, 24
_OWNER = (1 << 28) - 1
_LAP = 0xFFFF_FFFF


def version_of(word: int) -> int:
    return word >> _VERSION


def what(word: int) -> int:
    return word >> _INDEX_BITS & 3


def index_of(word: int) -> int:
    return word & _INDEX


def _word(version: int, what: int, index: int) -> int:
    return version << _VERSION | what << _INDEX_BITS | index & _INDEX


def _lines(size: int) -> int:
    return (size + _LINE - 1) // _LINE * _LINE


class Shape(NamedTuple):
    """How many there are."""

    slots: int
    blocks: int
    """more than may be in slots, for those that are being filled"""
    content: int
    """bytes of a block"""
    log: int
    """how many changes are remembered, 0 if nobody asks"""

    @property
    def block_bytes(self) -> int:
        return _lines(_HEADER + self.content)

    @property
    def slots_at(self) -> int:
        return _LOG + 8 * self.log

    @property
    def blocks_at(self) -> int:
        return _lines(self.slots_at + 8 * self.slots)

    @property
    def bytes(self) -> int:
        return self.blocks_at + self.blocks * self.block_bytes


class Table:
    """Threads: any; `undone` one at a time, and while the file is open here."""

    def __init__(self, file: SharedFile, control: int, base: int, shape: Shape) -> None:
        self._file = file
        self._memory = file.memory
        self._control = control
        self._base = base
        self._slots = base + shape.slots_at
        self._blocks = base + shape.blocks_at
        self._block_bytes = shape.block_bytes
        self.shape = shape
        self._next = 0  # where to look for a free block
        self._filling: set[int] = set()  # blocks; a finalizer in the middle of a change may make another one

    # -- words

    def _wrong(self, kind: str, index: int, count: int) -> SpaceError:
        message = f"use {self._file.header.kind} {self._file.path}: {kind}={index}, expected below {count}"
        return SpaceError(Problem.REFUSED, message)

    def _slot_at(self, slot: int) -> int:
        if not 0 <= slot < self.shape.slots:
            raise self._wrong("slot", slot, self.shape.slots)
        return self._slots + 8 * slot

    def _block_at(self, block: int) -> int:
        if not 0 <= block < self.shape.blocks:
            raise self._wrong("block", block, self.shape.blocks)
        return self._blocks + block * self._block_bytes

    def slot(self, slot: int) -> int:
        """What is in a slot."""
        return self._memory.load(self._slot_at(slot))

    def is_still(self, slot: int, seen: int) -> bool:
        """Whether a slot is as it was, and so whatever has been read of its block is whole."""
        self._memory.fence()
        return self.slot(slot) == seen

    def content_of(self, block: int) -> int:
        """Where the content of a block is in the file."""
        return self._block_at(block) + _HEADER

    def count(self) -> int:
        """How many slots are used, after the last change that was made."""
        return index_of(self._memory.load(self._base))

    def changed(self, version: int) -> int | None:
        """The slot that a change was about, if that is remembered."""
        entry = self._memory.load(self._log_at(version))
        return index_of(entry) if version_of(entry) == version else None

    def _log_at(self, version: int) -> int:
        return self._base + _LOG + 8 * (version % self.shape.log)

    # -- blocks

    def undone(self, change: Callable[[], R]) -> R:
        """Makes a change that claims a block, and what it leaves when it is interrupted, undone."""
        others = frozenset(self._filling)
        try:
            return change()
        except BaseException:
            self.release(lambda whose: whose == self._file.stamp, others)
            raise
        finally:
            self._filling &= others

    def claim(self) -> int | None:
        """A block to be filled, and then `put`, or else given back; None if all are in use."""
        for i in range(self.shape.blocks):
            block = (self._next + i) % self.shape.blocks
            at = self._block_at(block)
            word = self._memory.load(at)
            if word >> 28 & 15 == _FREE:
                owned = (word >> 32) << 32 | _OWNED << 28 | self._file.stamp
                if self._memory.compare_and_set(at, word, owned):
                    self._filling.add(block)
                    self._memory.fence()
                    self._next = block + 1
                    return block
        return None

    def may_claim(self) -> bool:
        """Whether there is a free block."""
        blocks = range(self.shape.blocks)
        return any(self._memory.load(self._block_at(block)) >> 28 & 15 == _FREE for block in blocks)

    def give_back(self, block: int) -> None:
        """Frees a block that was claimed and not put."""
        self._free(block, self._memory.load(self._block_at(block)))

    def _free(self, block: int, seen: int) -> None:
        lap = (seen >> 32) + 1 & _LAP
        if self._memory.compare_and_set(self._block_at(block), seen, lap << 32 | _FREE << 28):
            self._next = block

    def release(self, whose: Callable[[int], bool], but: Collection[int] = ()) -> None:
        """Frees the blocks, but some, that these owners have claimed and not put."""
        for block in range(self.shape.blocks):
            word = self._memory.load(self._block_at(block))
            if word >> 28 & 15 == _OWNED and block not in but and whose(word & _OWNER):
                self.settle()  # its owner may have decided to put it: then it is in use from here on
                self._free(block, word)

    # -- changes

    def settle(self) -> int:
        """Makes the change that has been decided, if there is one.

        Gives the control word: what is seen in the slots from now on holds as long as a change can be decided from it.
        """
        while True:
            now = self._memory.load(self._control)
            if what(now) in (DONE, ENDED):
                return now
            self._make(now)

    def put(self, settled: int, block: int, slot: int, former: int | None, added: bool) -> bool:
        """Puts a block into a slot that has the block `former` now; False if others have changed something since."""
        at = self._block_at(block)
        self._memory.write_int(at + _SLOT, "i", slot)
        self._memory.write_int(at + _FORMER, "i", 0 if former is None else former + 1)
        self._memory.write_int(at + _ADDED, "i", int(added))
        return self._decide(settled, PUT, block)

    def remove(self, settled: int, slot: int) -> bool:
        """Takes the block out of a slot that is used; False if others have changed something since."""
        return self._decide(settled, REMOVE, slot)

    def end(self, settled: int) -> bool:
        """Makes no more changes; False if others have changed something since."""
        return self._decide(settled, ENDED, 0)

    def _decide(self, settled: int, change: int, index: int) -> bool:
        version = version_of(settled) + 1
        if what(settled) != DONE or version > _LAST_VERSION:
            message = f"change {self._file.path}: control={settled:x}, expected one that goes on"
            raise SpaceError(Problem.FULL if version > _LAST_VERSION else Problem.REFUSED, message)
        decided = _word(version, change, index)
        if not self._memory.compare_and_set(self._control, settled, decided):
            return False
        if change != ENDED:
            self._make(decided)
        return True

    def _make(self, change: int) -> None:
        """Makes a change; several may be at it. Each step is made once, whoever comes first."""
        if what(change) == PUT:
            self._make_put(change)
        else:
            self._make_remove(change)
        self._memory.compare_and_set(self._control, change, _word(version_of(change), DONE, 0))

    def _make_put(self, change: int) -> None:
        version, block = version_of(change), index_of(change)
        at = self._block_at(block)
        own = self._memory.load(at)
        slot = self._memory.read_int(at + _SLOT, "i")
        former = self._memory.read_int(at + _FORMER, "i") - 1
        added = self._memory.read_int(at + _ADDED, "i")
        # What was read of a change that somebody else has made may be nonsense: it is not looked at before the word.
        replaced = self._memory.load(self._block_at(former)) if 0 <= former < self.shape.blocks else 0
        self._memory.fence()
        if self._memory.load(self._control) != change:
            return
        if own >> 28 & 15 == _OWNED:
            self._memory.compare_and_set(at, own, (own >> 32) << 32 | _IN_USE << 28)
        self._raise(self._slot_at(slot), _word(version, USED, block))
        self._note(version, slot, added)
        if former >= 0 and replaced >> 28 & 15 == _IN_USE:
            self._free(former, replaced)

    def _make_remove(self, change: int) -> None:
        version, slot = version_of(change), index_of(change)
        at = self._slot_at(slot)
        self._raise(at, _word(version, GONE, index_of(self._memory.load(at))))
        gone = self._memory.load(at)
        block = index_of(gone)
        replaced = self._memory.load(self._block_at(block))
        if version_of(gone) != version or self._memory.load(self._control) != change:
            return  # it has been made
        self._note(version, slot, -1)
        if replaced >> 28 & 15 == _IN_USE:
            self._free(block, replaced)

    def _note(self, version: int, slot: int, added: int) -> None:
        before = self._memory.load(self._base)
        if version_of(before) < version:
            self._raise(self._base, _word(version, 0, index_of(before) + added))
        if self.shape.log > 0:
            self._raise(self._log_at(version), _word(version, 0, slot))

    def _raise(self, offset: int, value: int) -> None:
        """Makes a word that of a later change, if it is not."""
        while True:
            seen = self._memory.load(offset)
            if version_of(seen) >= version_of(value) or self._memory.compare_and_set(offset, seen, value):
                return

    def vacate(self, slot: int, seen: int) -> None:
        """A slot whose block is gone becomes empty. Whether it may, the caller knows.

        The version and the block stay: somebody may be in the middle of the removal.
        """
        self._memory.compare_and_set(self._slot_at(slot), seen, _word(version_of(seen), EMPTY, index_of(seen)))
