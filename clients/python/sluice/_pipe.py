"""Messages between two processes, in order."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

from ._ending import Closing
from ._errors import Problem, SpaceError, in_range
from ._file import Layout, Limits, SharedFile
from ._items import encoded, until_finished
from ._memory import Memory, lock_byte
from ._wait import WaitWord
from .codec import Codec

T = TypeVar("T")

_PEERS = 128
_FIRST_DIRECTION = 256
_PARTICIPANTS = 8
_TRIES = 1000
_NEVER, _HELD, _CLOSED, _DIED = range(4)

_TAIL, _HEAD, _NOT_EMPTY, _NOT_FULL, _FINISHED, _MESSAGES = 0, 128, 256, 384, 512, 640


def _room(size: int) -> int:
    return (size + 7) // 8 * 8


def _body_bytes(limits: Limits) -> int:
    return _FIRST_DIRECTION + 2 * (_MESSAGES + _room(in_range("pipe: bytes", limits[0], 1 << 10, 1 << 30)))


def layout(size: int) -> Layout:
    _body_bytes((size, 0, 0, 0))
    return Layout("pipe", _PARTICIPANTS, (size, 0, 0, 0), _body_bytes)


class _Direction:
    """A ring of bytes: one process writes `tail`, the other `head`."""

    def __init__(self, memory: Memory, base: int, room: int) -> None:
        self.memory = memory
        self.base = base
        self.first = base + _MESSAGES
        self.room = room
        self.not_empty = WaitWord(memory, base + _NOT_EMPTY)
        self.not_full = WaitWord(memory, base + _NOT_FULL)
        self.lock = threading.Lock()  # one thread of this process at a time

    def is_finished(self) -> bool:
        return self.memory.load(self.base + _FINISHED) != 0

    def finish(self) -> bool:
        first = self.memory.compare_and_set(self.base + _FINISHED, 0, 1)
        self.not_empty.ring()
        self.not_full.ring()
        return first

    def write(self, message: bytes) -> bool:
        size = _room(4 + len(message))
        with self.lock:
            tail = self.memory.load(self.base + _TAIL)
            if tail + size - self.memory.load(self.base + _HEAD) > self.room:
                return False
            self.memory.write_int(self.first + tail % self.room, "i", len(message))
            at = (tail + 4) % self.room
            until = min(len(message), self.room - at)
            self.memory.write(self.first + at, message[:until])
            self.memory.write(self.first, message[until:])
            self.memory.store(self.base + _TAIL, tail + size)  # nothing was sent before this
        self.not_empty.ring()
        return True

    def read(self, path: str) -> bytes | None:
        with self.lock:
            head = self.memory.load(self.base + _HEAD)
            tail = self.memory.load(self.base + _TAIL)
            if tail == head:
                return None
            length = self.memory.read_int(self.first + head % self.room, "i")
            if length < 0 or not _room(4 + length) <= tail - head <= self.room:
                raise SpaceError(
                    Problem.REFUSED, f"receive pipe {path}: bytes={length}, expected at most {tail - head - 4}"
                )
            at = (head + 4) % self.room
            until = min(length, self.room - at)
            message = self.memory.read(self.first + at, until) + self.memory.read(self.first, length - until)
            self.memory.store(self.base + _HEAD, head + _room(4 + length))
        self.not_full.ring()
        return message


class Pipe(Closing, Generic[T]):
    """One end of a pipe: the first to open its name gets one, the second the other. Threads: any.

    What is sent before the other end is there waits for it. A sender that is killed in the middle of a message has not
    sent it. When one end is closed, or dies, the other gets what was sent before, and then the end.
    """

    def __init__(self, file: SharedFile, end: int, codec: Codec[T]) -> None:
        self.bytes = file.header.limits[0]
        """how many bytes each direction holds; a message has up to a quarter of it"""
        self._file = file
        self._memory = file.memory
        self._end = end
        self._codec = codec
        room = _room(self.bytes)
        to_second = _Direction(file.memory, file.body + _FIRST_DIRECTION, room)
        to_first = _Direction(file.memory, file.body + _FIRST_DIRECTION + _MESSAGES + room, room)
        self._out, self._in = (to_second, to_first) if end == 0 else (to_first, to_second)
        self._peers = WaitWord(file.memory, file.body + _PEERS)
        self._peers.ring()

    @staticmethod
    def open(directory: int, folder: str, name: str, wanted: Layout, codec: Codec[T]) -> Pipe[T]:
        for _ in range(_TRIES):
            file = SharedFile.open(directory, folder, name, wanted)
            file.join(functools.partial(_release, file))
            try:
                file.sweep()
                end = _take_end(file)
                if end is not None:
                    return Pipe(file, end, codec)
                _retire(directory, name, file)
            except BaseException:
                file.close()
                raise
            file.close()
        raise SpaceError(Problem.BUSY, f"open {folder}/{name}: retired {_TRIES} times, expected it to stay")

    def _peer(self) -> int:
        """A peer that closes has said so before its stamp is dead: who still holds its end afterwards has died."""
        word = self._memory.load(self._file.body + 8 * (1 - self._end))
        if word >> 32 != _HELD or not self._file.dead(word & 0xFFFF_FFFF):
            return word >> 32
        after = self._memory.load(self._file.body + 8 * (1 - self._end))
        return _DIED if after == word else after >> 32

    def _has_peer_gone(self) -> bool:
        """Without a system call: deaths are learnt by sweeps."""
        return self._memory.load(self._file.body + 8 * (1 - self._end)) >> 32 > _HELD

    def _tend(self) -> None:
        if self._file.sweep():
            self._ring_all()

    def _ring_all(self) -> None:
        for direction in (self._in, self._out):
            direction.not_empty.ring()
            direction.not_full.ring()
        self._peers.ring()

    # -- sending

    def send(self, message: T, timeout: float | None = None) -> None:
        """Hands a message over; waits while there is no room.

        Raises SpaceError PEER_GONE if nobody will receive it, FINISHED, TOO_LARGE; TimeoutError: then it was not sent.
        """
        data = self._encoded(message)
        self._out.not_full.wait(lambda: self._send(data) or None, timeout, self._tend, f"send {self}")

    def try_send(self, message: T) -> bool:
        """Hands a message over, if there is room at once."""
        return self._send(self._encoded(message))

    def _encoded(self, message: T) -> bytes:
        return encoded(self._codec, message, self.bytes // 4, f"send {self}")

    def _send(self, data: bytes) -> bool:
        self._file.require_open("send pipe")
        if self._out.is_finished():
            raise SpaceError(Problem.FINISHED, f"send {self}: this end has finished")
        if self._has_peer_gone():
            raise SpaceError(Problem.PEER_GONE, f"send {self}: the other end has gone")
        return self._out.write(data)

    def finish(self) -> bool:
        """Says that this end sends no more; whether this call did."""
        self._file.require_open("finish pipe")
        return self._out.finish()

    # -- receiving

    def receive(self, timeout: float | None = None) -> T:
        """Takes the next message; waits while there is none.

        Raises SpaceError FINISHED when the other end has sent all that it will, PEER_GONE if it died, or was aborted;
        TimeoutError.
        """
        data = self._in.not_empty.wait(self._receive, timeout, self._tend, f"receive {self}")
        return self._codec.decode(data)

    def try_receive(self) -> T | None:
        """Takes the next message if there is one; raises as `receive` when none will come."""
        data = self._receive()
        return None if data is None else self._codec.decode(data)

    def _receive(self) -> bytes | None:
        self._file.require_open("receive pipe")
        ended = self._in.is_finished() or self._has_peer_gone()  # before the look: what was sent before it is there
        data = self._in.read(self._file.path)
        if data is None and ended:
            if not self._in.is_finished() and self._peer() == _DIED:
                raise SpaceError(Problem.PEER_GONE, f"receive {self}: the other end has died")
            raise SpaceError(Problem.FINISHED, f"receive {self}: the other end sends no more")
        return data

    def __iter__(self) -> Iterator[T]:
        """Receives until the other end has finished or closed; raises PEER_GONE if it died."""
        return until_finished(self.receive)

    # -- the ends

    def connected(self) -> bool:
        """Whether the other end is held at this moment."""
        self._file.require_open("look at pipe")
        return self._peer() == _HELD

    def await_peer(self, timeout: float | None = None) -> None:
        """Waits until the other end has been taken; it may have gone again since."""

        def there() -> bool | None:
            self._file.require_open("await the other end of pipe")
            return self._memory.load(self._file.body + 8 * (1 - self._end)) >> 32 != _NEVER or None

        self._peers.wait(there, timeout, self._tend, f"await the other end of {self}")

    def close(self) -> None:
        """Gives this end up. What the other end has sent and nobody received is lost."""
        self._leave(_CLOSED)

    def abort(self) -> None:
        """Gives this end up as if this process had died: the other end raises PEER_GONE behind what was sent before."""
        self._leave(_DIED)

    def _leave(self, state: int) -> None:
        if not self._file.closed:
            self._memory.store(self._file.body + 8 * self._end, state << 32)
            self._ring_all()
            self._file.close()

    def __repr__(self) -> str:
        return f"pipe {self._file.path}"


def _release(file: SharedFile) -> None:
    for end in (file.body, file.body + 8):
        word = file.memory.load(end)
        if word >> 32 == _HELD and file.buried(word & 0xFFFF_FFFF):
            file.memory.compare_and_set(end, word, _DIED << 32)


def _take_end(file: SharedFile) -> int | None:
    """The end that we have now; None if both have gone."""
    held = False
    for end in (0, 1):
        if file.memory.compare_and_set(file.body + 8 * end, _NEVER << 32, _HELD << 32 | file.stamp):
            return end
        word = file.memory.load(file.body + 8 * end)
        # That of a dead one may be released by somebody else at this moment.
        held |= word >> 32 == _HELD and not file.dead(word & 0xFFFF_FFFF)
    if held:
        raise SpaceError(Problem.BUSY, f"open {file.path}: held=2, expected an end that nobody has taken")
    return None


def _retire(directory: int, name: str, file: SharedFile) -> None:
    """Takes the name away, under the lock of the first byte: else somebody could take that of a newer file."""
    if lock_byte(file.fd, 0) and file.has_name(directory, name):
        file.unlink(directory, name)
