"""The memory of a file that other processes see, by offsets, and the system calls on it.

Python has no compare-and-set. GCC's libatomic has: its functions of 4 and 8 bytes are single instructions, which the
library says itself. A word of a shared file is only touched through them. Everything else is copied.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import mmap
import os
import platform
import struct
from collections.abc import Callable
from typing import Any

from ._errors import Problem, SpaceError

_SEQ_CST = 5
_MADV_POPULATE_WRITE = 23

_SYS_FUTEX = {"x86_64": 202, "aarch64": 98}.get(platform.machine(), -1)
_FUTEX_WAIT = 0
_FUTEX_WAKE = 1
_EVERYBODY = 0x7FFF_FFFF

_LONG = 0xFFFF_FFFF_FFFF_FFFF


class _Atomics:
    """libatomic, by PyDLL: these calls do not wait, so that they may keep the interpreter's lock."""

    def __init__(self) -> None:
        if _SYS_FUTEX < 0 or not hasattr(fcntl, "F_OFD_SETLK"):
            raise SpaceError(
                Problem.UNAVAILABLE,
                f"shared memory on {platform.system()} {platform.machine()}: expected Linux on x86_64 or aarch64",
            )
        try:
            library = ctypes.PyDLL("libatomic.so.1")
        except OSError as missing:
            raise SpaceError(
                Problem.UNAVAILABLE, f"load libatomic.so.1: {missing}, expected it: apt-get install libatomic1"
            ) from missing
        address, order, int4, int8 = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32, ctypes.c_uint64

        def function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
            found = library["__atomic_" + name]
            found.restype = result
            found.argtypes = arguments
            return found

        self.load8 = function("load_8", int8, address, order)
        self.load4 = function("load_4", int4, address, order)
        self.store8 = function("store_8", None, address, int8, order)
        self.add8 = function("fetch_add_8", int8, address, int8, order)
        self.compare8 = function("compare_exchange_8", ctypes.c_bool, address, address, int8, order, order)
        self.compare4 = function("compare_exchange_4", ctypes.c_bool, address, address, int4, order, order)
        self.fence = library["atomic_thread_fence"]
        self.fence.restype = None
        self.fence.argtypes = (order,)
        lock_free = function("is_lock_free", ctypes.c_bool, ctypes.c_size_t, address)
        if not lock_free(8, None) or not lock_free(4, None):
            raise SpaceError(Problem.UNAVAILABLE, "atomic words of 8 bytes: with a lock, expected none")


_atomics: _Atomics | None = None
_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


class _Timespec(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanos", ctypes.c_long)]


class Memory:
    """A mapped file. Each access is checked against its size.

    It is never unmapped while somebody has it, so that a thread which uses it while another closes its object finds
    memory: the last reference gives it back.
    """

    def __init__(self, fd: int, size: int) -> None:
        global _atomics
        if _atomics is None:
            _atomics = _Atomics()
        self._atomics = _atomics
        # mmap keeps a duplicate of its descriptor, and with it would keep the locks of a participant that has left.
        own = os.open(f"/proc/self/fd/{fd}", os.O_RDWR | os.O_CLOEXEC)
        try:
            self._map = mmap.mmap(own, size)
        finally:
            os.close(own)
        try:
            self._map.madvise(_MADV_POPULATE_WRITE)
        except OSError as refused:
            if refused.errno != errno.EINVAL:  # which an old kernel says
                raise
        self._size = size
        self._first = ctypes.c_char.from_buffer(self._map)
        self._base = ctypes.addressof(self._first)

    def _address(self, offset: int, size: int) -> int:
        if offset < 0 or offset % size != 0 or offset + size > self._size:
            raise IndexError(
                f"access shared memory: offset={offset}, expected 0..{self._size - size}, a multiple of {size}"
            )
        return self._base + offset

    # -- words: each access is sequentially consistent

    def load(self, offset: int) -> int:
        """A word of 8 bytes, without a sign."""
        return int(self._atomics.load8(self._address(offset, 8), _SEQ_CST))

    def load4(self, offset: int) -> int:
        """A word of 4 bytes, without a sign."""
        return int(self._atomics.load4(self._address(offset, 4), _SEQ_CST))

    def store(self, offset: int, value: int) -> None:
        self._atomics.store8(self._address(offset, 8), value & _LONG, _SEQ_CST)

    def add(self, offset: int, delta: int) -> int:
        """Adds, and gives what was there before."""
        return int(self._atomics.add8(self._address(offset, 8), delta & _LONG, _SEQ_CST))

    def compare_and_set(self, offset: int, expected: int, value: int) -> bool:
        seen = ctypes.c_uint64(expected & _LONG)
        at = self._address(offset, 8)
        return bool(self._atomics.compare8(at, ctypes.addressof(seen), value & _LONG, _SEQ_CST, _SEQ_CST))

    def compare_and_set4(self, offset: int, expected: int, value: int) -> bool:
        seen = ctypes.c_uint32(expected)
        at = self._address(offset, 4)
        return bool(self._atomics.compare4(at, ctypes.addressof(seen), value, _SEQ_CST, _SEQ_CST))

    def fence(self) -> None:
        """Keeps a look at a word behind the copies that were made before it."""
        self._atomics.fence(_SEQ_CST)

    # -- bytes: plain copies, of what a word has handed over

    def read(self, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0 or offset + length > self._size:
            raise IndexError(f"read shared memory: offset={offset}, bytes={length}, expected up to {self._size}")
        return self._map[offset : offset + length]

    def write(self, offset: int, data: bytes) -> None:
        if offset < 0 or offset + len(data) > self._size:
            raise IndexError(f"write shared memory: offset={offset}, bytes={len(data)}, expected up to {self._size}")
        self._map[offset : offset + len(data)] = data

    def read_int(self, offset: int, form: str) -> int:
        return int(struct.unpack("<" + form, self.read(offset, struct.calcsize("<" + form)))[0])

    def write_int(self, offset: int, form: str, value: int) -> None:
        self.write(offset, struct.pack("<" + form, value))

    # -- sleeping at words of 4 bytes

    def sleep(self, offset: int, expected: int, seconds: float) -> None:
        """Sleeps while the word is as expected, until somebody wakes it, or a signal comes; other threads go on."""
        limit = _Timespec(int(seconds), int(seconds % 1 * 1e9))
        _libc.syscall(
            ctypes.c_long(_SYS_FUTEX),
            ctypes.c_void_p(self._address(offset, 4)),
            ctypes.c_long(_FUTEX_WAIT),
            ctypes.c_uint(expected),
            ctypes.byref(limit),
        )

    def wake(self, offset: int) -> None:
        _libc.syscall(
            ctypes.c_long(_SYS_FUTEX),
            ctypes.c_void_p(self._address(offset, 4)),
            ctypes.c_long(_FUTEX_WAKE),
            ctypes.c_int(_EVERYBODY),
        )


# -- locks of single bytes, which belong to an open file description

_FLOCK = "hh4xqqi4x"


def _flock(kind: int, offset: int) -> bytes:
    return struct.pack(_FLOCK, kind, os.SEEK_SET, offset, 1, 0)


def lock_byte(fd: int, offset: int) -> bool:
    """Locks a byte, without waiting; the kernel unlocks it when the last descriptor of its description is closed."""
    try:
        fcntl.fcntl(fd, fcntl.F_OFD_SETLK, _flock(fcntl.F_WRLCK, offset))
        return True
    except (BlockingIOError, PermissionError):
        return False


def unlock_byte(fd: int, offset: int) -> None:
    fcntl.fcntl(fd, fcntl.F_OFD_SETLK, _flock(fcntl.F_UNLCK, offset))


def is_locked_by_other(fd: int, offset: int) -> bool:
    answer = fcntl.fcntl(fd, fcntl.F_OFD_GETLK, _flock(fcntl.F_WRLCK, offset))
    return int(struct.unpack(_FLOCK, answer)[0]) != fcntl.F_UNLCK
