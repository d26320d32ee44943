"""Read-write locks of the Python end alone. With the Java end: PythonReadWriteLockTest."""

from __future__ import annotations

import signal
import sys
import threading
import unittest
from collections.abc import Callable
from types import FrameType
from typing import Any

from fixture import PATIENCE, SpaceCase

import sluice


def start(*bodies: Callable[[], object]) -> list[threading.Thread]:
    threads = [threading.Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    return threads


class SyncTest(SpaceCase):
    def other(self) -> sluice.Space:
        space = sluice.Space(f"shm:{self.name}")
        self.addCleanup(space.close)
        return space

    def interrupts(self, acquire: Callable[[], sluice.Held]) -> int:
        """A KeyboardInterrupt at each line of an acquire, which is undone; how many lines it has."""

        def interrupted(at: int) -> bool:
            lines = 0

            def trace(frame: FrameType, event: str, argument: Any) -> Any:
                nonlocal lines
                if "sluice/_" not in frame.f_code.co_filename:
                    return None
                if event == "line":
                    lines += 1
                    if lines == at:
                        sys.settrace(None)
                        raise KeyboardInterrupt
                return trace

            sys.settrace(trace)
            try:
                held = acquire()
                sys.settrace(None)
                held.close()
                return False
            except KeyboardInterrupt:
                return True
            finally:
                sys.settrace(None)

        at = 1
        while interrupted(at):
            at += 1
        return at

    # -- read-write lock

    def test_many_readers_or_one_writer(self) -> None:
        lock, other = self.space.read_write_lock("rw"), self.other().read_write_lock("rw")
        with lock.read.acquire() as first:
            with self.assertRaises(RuntimeError):
                lock.write.acquire()
            with self.assertRaises(RuntimeError):
                lock.read.try_acquire()
            with other.read.acquire(PATIENCE) as second:
                self.assertGreater(second.fence, first.fence)
            self.assertIsNone(other.write.try_acquire())
            with self.assertRaises(TimeoutError):
                other.write.acquire(0.01)
            again = other.read.try_acquire()  # who gave up keeps nobody out
            assert again is not None
            again.close()
        with other.write.acquire(PATIENCE) as writing:
            self.assertIsNone(lock.read.try_acquire())
            self.assertIsNone(lock.write.try_acquire())
            with self.assertRaises(TimeoutError):
                lock.read.acquire(0.01)
            self.assertFalse(writing.recovered)
        held = lock.write.try_acquire()
        assert held is not None
        held.close()
        held.close()
        with self.assertRaises(RuntimeError):
            held.repaired()

    def test_a_writer_that_waits_keeps_readers_out(self) -> None:
        lock, other = self.space.read_write_lock("rw"), self.other().read_write_lock("rw")
        wrote = threading.Event()

        def write() -> None:
            with other.write.acquire(PATIENCE):
                wrote.set()

        with lock.read.acquire():
            (writer,) = start(write)
            third = self.other().read_write_lock("rw")
            while (reading := third.read.try_acquire()) is not None:
                reading.close()
            self.assertFalse(wrote.is_set())
        writer.join(PATIENCE)
        self.assertTrue(wrote.is_set())
        with third.read.acquire(PATIENCE):
            pass

    def test_threads_of_one_opening(self) -> None:
        lock = self.space.read_write_lock("rw")
        inside: list[int] = []
        most: list[int] = []
        numbers = [0, 0]

        def read() -> None:
            for _ in range(50):
                with lock.read.acquire(PATIENCE):
                    inside.append(1)
                    most.append(len(inside))
                    assert numbers[0] == numbers[1]
                    inside.pop()

        def write() -> None:
            for _ in range(50):
                with lock.write.acquire(PATIENCE):
                    assert not inside
                    numbers[0] += 1
                    numbers[1] += 1

        for thread in start(read, read, write, write):
            thread.join(PATIENCE)
        self.assertEqual((numbers, len(most)), ([100, 100], 100))
        self.assertEqual(lock._reading, set())
        self.assertFalse(lock._is_read())

    def test_who_is_killed_with_a_side(self) -> None:
        lock = self.space.read_write_lock("rw")
        for side in ("read", "write"):
            child = self.child(
                f"h = space.read_write_lock('rw').{side}.acquire()\nprint(1, flush=True)\nsys.stdin.read()"
            )
            assert child.stdout is not None
            child.stdout.readline()
            self.assertIsNone(lock.write.try_acquire())
            child.send_signal(signal.SIGKILL)
            child.wait()
            with lock.write.acquire(PATIENCE) as held:
                self.assertEqual(held.recovered, side == "write")
        with lock.read.acquire() as held:
            self.assertTrue(held.recovered)
            held.repaired()
        with lock.read.acquire() as held:
            self.assertFalse(held.recovered)

    def test_an_interrupt_anywhere_leaves_no_side(self) -> None:
        lock = self.space.read_write_lock("rw")
        for side in (lock.read, lock.write):
            self.assertGreater(self.interrupts(lambda side=side: side.acquire(0)), 20)  # type: ignore[misc]
            self.assertEqual((lock._word(), lock._is_read(), lock._reading, lock._writing), (0, False, set(), None))
        self.assertIsNotNone(self.other().read_write_lock("rw").write.try_acquire())

    def test_who_closes_its_space_inside(self) -> None:
        lock = self.space.read_write_lock("rw")
        for side in ("read", "write"):
            other = self.other()
            held = getattr(other.read_write_lock("rw"), side).acquire()
            other.close()
            with lock.write.acquire(PATIENCE) as writing:
                self.assertEqual(writing.recovered, side == "write")
                held.close()  # it was taken back
                self.assertIsNone(self.other().read_write_lock("rw").read.try_acquire())
            with self.assertRaises(RuntimeError):
                held.repaired()


if __name__ == "__main__":
    unittest.main()
