"""A shared file: found or made, checked before it is mapped, and this opening's place among those who use it.

docs/shm-format.md has the bytes.
"""

from __future__ import annotations

import errno
import os
import stat
import struct
import threading
import time
import uuid
import weakref
from collections.abc import Callable
from typing import NamedTuple

from ._errors import Problem, SpaceError
from ._memory import Memory, is_locked_by_other, lock_byte, unlock_byte

_HEADER = struct.Struct("<QHHIIIQQQqqqqQQqi12xI4x")
_HEADER_BYTES = 128
_MAGIC = 0x4D53_6563_696C_5321
_MAJOR = 1
_CRC_AT = 120
_MOST_BYTES = 1 << 40
_TRIES = 100

_TABLE = 128
_ENTRY = 128
_MOST_PARTICIPANTS = 1 << 12
_GENERATIONS = 0xFFFF
_FREE, _JOINING, _LIVE, _SWEEPING = range(4)

KINDS = {
    "queue": 1,
    "pipe": 2,
    "topic": 3,
    "namespace": 4,
    "value": 5,
    "array": 6,
    "lock": 7,
    "semaphore": 8,
    "event": 9,
    "barrier": 10,
    "condition": 11,
    "counter": 12,
    "read_write_lock": 13,
    "ranks": 14,
}
_NAMES = {number: name for name, number in KINDS.items()}

Limits = tuple[int, int, int, int]


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F6_3B78 if byte & 1 else 0)
        table.append(byte)
    return table


_CRC = _crc_table()


def crc32c(data: bytes) -> int:
    """Castagnoli's CRC, RFC 3720 B.4."""
    crc = 0xFFFF_FFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFF_FFFF


def _boot() -> int:
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return uuid.UUID(file.read().strip()).int


class Header(NamedTuple):
    kind: str
    total: int
    participants: int
    limits: Limits

    def encode(self) -> bytes:
        boot = _boot()
        fields = (
            *(_MAGIC, _MAJOR, 0, _HEADER_BYTES, KINDS[self.kind], 0, self.total, self.participants, _ENTRY),
            *self.limits,
            *(boot >> 64, boot & (1 << 64) - 1, time.monotonic_ns(), os.getpid()),
        )
        head = _HEADER.pack(*fields, 0)
        return _HEADER.pack(*fields, crc32c(head[:_CRC_AT]))

    @staticmethod
    def decode(head: bytes, path: str) -> Header:
        """Raises SpaceError REFUSED for what is no header, or one of another version or boot."""

        def refused(what: str) -> SpaceError:
            return SpaceError(Problem.REFUSED, f"open {path}: {what}")

        if len(head) < _HEADER_BYTES:
            raise refused(f"bytes={len(head)}, expected {_HEADER_BYTES}")
        magic, major, _, size, kind, required, total, participants, entry, *rest = _HEADER.unpack(head)
        if magic != _MAGIC:
            raise refused(f"magic={magic:x}, expected {_MAGIC:x}")
        if major != _MAJOR or required != 0:
            raise refused(f"layout version={major} with features={required:x}, expected version {_MAJOR} with none")
        if rest[-1] != crc32c(head[:_CRC_AT]):
            raise refused(f"checksum={rest[-1]:x}, expected {crc32c(head[:_CRC_AT]):x}")
        if rest[4] << 64 | rest[5] != _boot():
            raise refused("it is left from before the machine started, remove it")
        if size != _HEADER_BYTES or entry != _ENTRY or not 1 <= participants <= _MOST_PARTICIPANTS:
            raise refused(f"participants={participants}, expected 1..{_MOST_PARTICIPANTS}")
        if kind not in _NAMES:
            raise refused(f"kind={kind}, expected one that is known")
        return Header(_NAMES[kind], total, participants, (rest[0], rest[1], rest[2], rest[3]))


def check_ours(status: os.stat_result, path: str) -> None:
    """Raises SpaceError REFUSED for what belongs to others, or what others may use."""
    if status.st_uid != os.geteuid():
        raise SpaceError(Problem.REFUSED, f"open {path}: owner={status.st_uid}, expected {os.geteuid()}")
    if status.st_mode & 0o077:
        mode = stat.S_IMODE(status.st_mode)
        raise SpaceError(Problem.REFUSED, f"open {path}: permissions={mode:o}, expected none for others")


def kind_of(directory: int, name: str) -> str | None:
    """What a file is; None if it is none of ours, or has gone."""
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=directory)
    except OSError:
        return None
    try:
        status = os.fstat(fd)
        check_ours(status, name)
        return Header.decode(os.pread(fd, _HEADER_BYTES, 0), name).kind if stat.S_ISREG(status.st_mode) else None
    except SpaceError:
        return None
    finally:
        os.close(fd)


class Layout(NamedTuple):
    """What an object looks like: how to make it, and how large it must be."""

    kind: str
    participants: int
    limits: Limits
    body_bytes: Callable[[Limits], int]  # raises ValueError for limits that make no sense
    initialise: Callable[[Memory, int], None] = lambda memory, body: None


class SharedFile:
    """An open file. Threads: any, after `join`.

    The descriptor `fd` belongs to this opening alone: whoever holds its description holds this participant's lock.
    """

    def __init__(self, path: str, fd: int, header: Header) -> None:
        self.path = path
        self.fd = fd
        self.header = header
        self.memory = Memory(fd, header.total)
        self.body = _TABLE + header.participants * _ENTRY
        self.stamp = 0
        self.closed = False
        self._release: Callable[[], None] = lambda: None
        self.staying = threading.RLock()  # of who needs the descriptor, or the stamp, so that nobody leaves meanwhile
        _opened.add(self)

    # -- found or made

    @staticmethod
    def open(directory: int, folder: str, name: str, layout: Layout) -> SharedFile:
        path = f"{folder}/{name}"
        for _ in range(_TRIES):
            try:
                flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
                fd = os.open(name, flags, dir_fd=directory)
            except FileNotFoundError:
                SharedFile._make(directory, name, path, layout)
                continue
            except OSError as failed:
                problem = Problem.REFUSED if failed.errno == errno.ELOOP else Problem.UNAVAILABLE
                raise SpaceError(problem, f"open {path}: {failed.strerror}") from failed
            try:
                return SharedFile._existing(fd, path, layout)
            except BaseException:
                os.close(fd)
                raise
        raise SpaceError(Problem.UNAVAILABLE, f"open {path}: removed {_TRIES} times, expected it to stay")

    @staticmethod
    def _make(directory: int, name: str, path: str, layout: Layout) -> None:
        body = _TABLE + layout.participants * _ENTRY
        total = body + layout.body_bytes(layout.limits)
        header = Header(layout.kind, total, layout.participants, layout.limits)
        try:
            fd = os.open(".", os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600, dir_fd=directory)
            try:
                os.posix_fallocate(fd, 0, total)
                memory = Memory(fd, total)
                memory.write(0, header.encode())
                layout.initialise(memory, body)
                os.link(f"/proc/self/fd/{fd}", name, dst_dir_fd=directory, follow_symlinks=True)
            finally:
                os.close(fd)
        except FileExistsError:
            pass  # somebody else was faster, theirs is opened
        except OSError as failed:
            full = " shared memory is full" if failed.errno in (errno.ENOSPC, errno.ENOMEM) else ""
            message = f"make {path} of {total} bytes: {failed.strerror}{full and ':' + full}"
            raise SpaceError(Problem.UNAVAILABLE, message) from failed

    @staticmethod
    def _existing(fd: int, path: str, layout: Layout) -> SharedFile:
        status = os.fstat(fd)
        check_ours(status, path)
        if not stat.S_ISREG(status.st_mode):
            raise SpaceError(Problem.REFUSED, f"open {path}: not a regular file")
        header = Header.decode(os.pread(fd, _HEADER_BYTES, 0), path)
        if header.kind != layout.kind:
            raise SpaceError(Problem.MISMATCH, f"open {path}: kind={header.kind}, expected {layout.kind}")
        try:
            expected = _TABLE + header.participants * _ENTRY + layout.body_bytes(header.limits)
        except ValueError as wrong:
            raise SpaceError(Problem.REFUSED, f"open {path}: {wrong}") from wrong
        backed = status.st_blocks * 512
        if not header.total == status.st_size == expected <= min(backed, _MOST_BYTES):
            raise SpaceError(
                Problem.REFUSED,
                f"open {path}: bytes={status.st_size} of which {backed} have memory, header says {header.total}, "
                f"expected {expected}",
            )
        return SharedFile(path, fd, header)

    # -- participants

    def _entry(self, index: int) -> int:
        return _TABLE + index * _ENTRY

    def _word(self, index: int) -> tuple[int, int]:
        word = self.memory.load(self._entry(index))
        return word & 0xFF, word >> 16 & _GENERATIONS

    def _set(self, index: int, state: int, generation: int) -> None:
        self.memory.store(self._entry(index), generation << 16 | state)

    def join(self, release: Callable[[], None]) -> None:
        """Takes an entry, or ends. `release` gives back what buried owners have left; it may run twice, at any time."""
        self._release = release
        try:
            self._take_entry()
        except BaseException:
            self.closed = True
            os.close(self.fd)
            raise

    def _take_entry(self) -> None:
        for only_free in (True, False):
            for index in range(self.header.participants):
                free = self._word(index)[0] == _FREE
                if (free or not only_free) and lock_byte(self.fd, self._entry(index)):
                    self._enter(index)
                    return
        raise SpaceError(Problem.BUSY, f"open {self.path}: participants={self.header.participants}, all of them live")

    def _enter(self, index: int) -> None:
        state, generation = self._word(index)
        if state != _FREE:
            self._bury(index, generation)
        self._set(index, _JOINING, generation)
        with open("/proc/self/stat", encoding="utf-8", errors="replace") as file:
            ticks = int(file.read().rpartition(")")[2].split()[19])
        namespace = os.stat("/proc/self/ns/pid").st_ino
        at = self._entry(index)
        name = b"python"
        self.memory.write(at + 8, struct.pack("<IIQQB", os.getpid(), os.geteuid(), namespace, ticks, len(name)) + name)
        generation = generation % _GENERATIONS + 1
        self._set(index, _LIVE, generation)
        self.stamp = index << 16 | generation

    def _bury(self, index: int, generation: int) -> None:
        self._set(index, _SWEEPING, generation)
        self._release()

    def buried(self, owner: int) -> bool:
        """Whether the table alone says that an owner has ended; it may be late."""
        index = owner >> 16
        return index >= self.header.participants or self._word(index) != (_LIVE, owner & _GENERATIONS)

    def dead(self, owner: int) -> bool:
        """Whether an owner has ended. The kernel says it, no time does."""
        if owner == self.stamp:
            return False
        if self.buried(owner):
            return True
        with self.staying:
            self.require_open("look at")
            return not is_locked_by_other(self.fd, self._entry(owner >> 16))

    def require_open(self, doing: str) -> None:
        if self.closed:
            raise SpaceError(Problem.CLOSED, f"{doing} {self.path}: it was closed here, or opened before a fork")

    def sweep(self) -> bool:
        """Releases what those who died since the last time have left, and says whether somebody had."""
        if not self.staying.acquire(blocking=False):
            return False
        try:
            found = False
            self.require_open("look after")
            for index in range(self.header.participants):
                if index == self.stamp >> 16 or self._word(index)[0] == _FREE:
                    continue
                at = self._entry(index)
                if is_locked_by_other(self.fd, at) or not lock_byte(self.fd, at):
                    continue
                try:
                    state, generation = self._word(index)
                    if state != _FREE:
                        self._bury(index, generation)
                        self._set(index, _FREE, generation)
                        found = True
                finally:
                    unlock_byte(self.fd, at)
            return found
        finally:
            self.staying.release()

    def count(self, which: int) -> None:
        """Counts something that this participant has done."""
        self.memory.add(self._entry(self.stamp >> 16) + 96 + 8 * which, 1)

    # -- its name

    def has_name(self, directory: int, name: str) -> bool:
        """Whether a name is that of this file."""
        try:
            return os.stat(name, dir_fd=directory, follow_symlinks=False).st_ino == os.fstat(self.fd).st_ino
        except FileNotFoundError:
            return False

    @staticmethod
    def unlink(directory: int, name: str) -> bool:
        """Takes a name away; whether there was one."""
        try:
            os.unlink(name, dir_fd=directory)
            return True
        except FileNotFoundError:
            return False

    # -- the end

    def close(self, *sections: threading.RLock) -> None:
        """Leaves: what this opening owns is released. Once.

        Who puts our stamp into words does it in one of these sections, and looks there first whether the file is open;
        who is in one is waited for. Else a word would carry the stamp of one who has left, and whom nobody buries.
        """
        with self.staying:
            if self.closed:
                return
            self.closed = True
        for section in sections:
            with section:
                pass
        with self.staying:
            index = self.stamp >> 16
            generation = self._word(index)[1]
            try:
                self._bury(index, generation)
                self._set(index, _FREE, generation)
            finally:
                os.close(self.fd)


_opened: weakref.WeakSet[SharedFile] = weakref.WeakSet()


def _forked() -> None:
    """A child does not take part: it would keep the locks of its parent after the parent's death."""
    for file in list(_opened):
        if not file.closed:
            file.closed = True
            os.close(file.fd)


os.register_at_fork(after_in_child=_forked)
