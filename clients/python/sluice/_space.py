"""Where named objects live that processes of one machine share."""

from __future__ import annotations

import atexit
import os
import re
import threading
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeVar

from . import _barrier, _namespace, _pipe, _queue, _sync, _topic, _words
from ._barrier import Barrier
from ._ending import Closing
from ._errors import Problem, SpaceError
from ._file import Layout, SharedFile, check_ours, kind_of
from ._items import encoded
from ._namespace import Namespace, NamespaceOptions
from ._pipe import Pipe
from ._queue import Queue, QueueOptions
from ._sync import Condition, ReadWriteLock
from ._topic import Topic, TopicOptions
from ._words import Array, Counter, Event, Lock, Semaphore, Value
from .codec import Codec, cbor

T = TypeVar("T")

_BASE = "/dev/shm"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}", re.ASCII)


class _Object(Protocol):
    _file: SharedFile

    def close(self) -> None: ...


O = TypeVar("O", bound=_Object)


class Item(NamedTuple):
    """One object of a space: its name, and what it is."""

    name: str
    kind: str


def _check_name(doing: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{doing}: name={name!r}, expected 1..64 of A-Z a-z 0-9 . _ -, the first of them no dot and no dash"
        )


class Space(Closing):
    """An opening of `shm:NAME`, which is made if nobody has. Threads: any.

    An object is made by the first who opens its name, with the options that it gives; whoever opens it later gets it as
    it is. The same name with the same codec gives the same Python object. Closing the space ends what this opening
    holds: leases, permits and locks return. What was put stays. A child that is forked has to open the space anew.
    """

    def __init__(self, address: str) -> None:
        scheme, _, name = address.partition(":")
        if scheme != "shm":
            raise ValueError(f"open space {address}: expected shm:NAME")
        _check_name(f"open space {address}", name)
        self.address = address
        self._folder = f"{_BASE}/{name}.d"
        self._directory = _open_directory(self._folder)
        self._lock = threading.RLock()
        self._open: dict[tuple[str, str, int], _Object] = {}
        self._others: list[_Object] = []  # ends of pipes, and what has lost its name
        self._closed = False
        _spaces.add(self)

    # -- objects

    def _object(self, name: str, layout: Layout, codec: object, make: Callable[[SharedFile], O]) -> O:
        _check_name(f"open object of {self.address}", name)
        with self._lock:
            self._require_open(name)
            key = (name, layout.kind, id(codec))
            known = self._open.get(key)
            if known is not None:
                if not known._file.closed and known._file.has_name(self._directory, name):
                    return known  # type: ignore[return-value]
                self._others.append(self._open.pop(key))
            made = make(SharedFile.open(self._directory, self._folder, name, layout))
            self._open[key] = made
            return made

    def _require_open(self, name: str) -> None:
        if self._closed:
            raise SpaceError(Problem.CLOSED, f"open {name} of {self.address}: the space was closed here")

    def queue(self, name: str, options: QueueOptions = QueueOptions(), codec: Codec[T] = cbor) -> Queue[T]:
        """Work with acknowledgement. The name has room for that of its dead letters, unless it has none."""
        if options.deliveries > 0:
            _check_name(f"open object of {self.address}", name)
            _check_name(f"open dead letters of {self.address}", name + ".dead")

        def dead_letters() -> Queue[T]:
            of = queue.options
            return self.queue(name + ".dead", of._replace(deliveries=0), codec)

        queue: Queue[T] = self._object(
            name, _queue.layout(options), codec, lambda file: Queue(file, codec, dead_letters)
        )
        return queue

    def pipe(self, name: str, size: int = 1 << 18, codec: Codec[T] = cbor) -> Pipe[T]:
        """One end of a pipe whose directions hold `size` bytes: the first who asks gets one, the second the other."""
        _check_name(f"open object of {self.address}", name)
        with self._lock:
            self._require_open(name)
            self._others = [other for other in self._others if not other._file.closed]
            pipe = Pipe.open(self._directory, self._folder, name, _pipe.layout(size), codec)
            self._others.append(pipe)
            return pipe

    def topic(self, name: str, options: TopicOptions = TopicOptions(), codec: Codec[T] = cbor) -> Topic[T]:
        """Each message to everybody."""
        return self._object(name, _topic.layout(options), codec, lambda file: Topic(file, codec))

    def namespace(
        self, name: str, options: NamespaceOptions = NamespaceOptions(), codec: Codec[T] = cbor
    ) -> Namespace[T]:
        """Keys and values."""
        return self._object(name, _namespace.layout(options), codec, lambda file: Namespace(file, codec))

    def value(self, name: str, initial: T, size: int = 1 << 10, codec: Codec[T] = cbor) -> Value[T]:
        """A value of up to `size` bytes."""
        first = encoded(codec, initial, size, f"set {name} of {self.address}")
        return self._object(name, Value.layout(size, first), codec, lambda file: Value(file, codec))

    def array(self, name: str, length: int) -> Array:
        """Numbers, all zero."""
        array = self._object(name, _words.layout("array", length, Array.MOST, 8), None, Array)
        return self._sized(array, "length", len(array), length)

    def counter(self, name: str) -> Counter:
        """A number, zero at first."""
        return self._object(name, _words.layout("counter"), None, Counter)

    def event(self, name: str) -> Event:
        """Something that has not happened yet."""
        return self._object(name, _words.layout("event"), None, Event)

    def lock(self, name: str) -> Lock:
        """A lock that is recovered when its owner dies."""
        return self._object(name, _words.layout("lock"), None, Lock)

    def read_write_lock(self, name: str) -> ReadWriteLock:
        """A lock of many readers, or one writer."""
        return self._object(name, _sync.read_write_lock_layout(), None, ReadWriteLock)

    def condition(self, name: str) -> Condition:
        """Where owners of a lock wait for each other's changes."""
        return self._object(name, _words.layout("condition"), None, Condition)

    def barrier(self, name: str, parties: int) -> Barrier:
        """Where 1 to 4096 parties wait for each other."""
        barrier = self._object(name, _barrier.layout(parties), None, Barrier)
        return self._sized(barrier, "parties", barrier.parties, parties)

    def semaphore(self, name: str, permits: int) -> Semaphore:
        """1 to 4096 permits."""
        wanted = _words.layout("semaphore", permits, Semaphore.MOST, 8)
        semaphore = self._object(name, wanted, None, Semaphore)
        return self._sized(semaphore, "permits", semaphore.permits, permits)

    def _sized(self, made: T, what: str, there: int, asked: int) -> T:
        if there != asked:
            raise SpaceError(Problem.MISMATCH, f"open {made}: {what}={asked}, expected {there} as it was made")
        return made

    # -- what there is

    def list(self) -> list[Item]:
        """The objects that there are, by name."""
        self._require_open("list")
        found = [(name, kind_of(self._directory, name)) for name in sorted(os.listdir(self._directory))]
        return [Item(name, kind) for name, kind in found if kind is not None]

    def remove(self, name: str) -> bool:
        """Takes an object away; whether there was one. Who has it open may go on with it."""
        _check_name(f"remove object of {self.address}", name)
        self._require_open(name)
        return SharedFile.unlink(self._directory, name)

    def close(self) -> None:
        """Ends this opening. Again it does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            objects = [*self._open.values(), *self._others]
            self._open.clear()
            self._others.clear()
        for each in objects:
            if not each._file.closed:
                each.close()
        os.close(self._directory)

    def __repr__(self) -> str:
        return self.address


def _open_directory(folder: str) -> int:
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        pass
    except OSError as failed:
        raise SpaceError(Problem.UNAVAILABLE, f"make {folder}: {failed.strerror}") from failed
    try:
        directory = os.open(folder, os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as failed:
        raise SpaceError(Problem.REFUSED, f"open {folder}: {failed.strerror}, expected a directory of ours") from failed
    try:
        check_ours(os.fstat(directory), folder)
        return directory
    except BaseException:
        os.close(directory)
        raise


_spaces: weakref.WeakSet[Space] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """At the end of the program: what it holds goes to others at once, not when they find it dead."""
    for space in list[Any](_spaces):
        space.close()
