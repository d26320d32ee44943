"""Read-write locks of the Python end alone. With the Java end: PythonReadWriteLockTest."""

from __future__ import annotations

import functools
import threading
import unittest

from fixture import PATIENCE, SpaceCase, interrupts, kill, start, together

import sluice
from sluice import Problem


class SyncTest(SpaceCase):
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

        together(read, read, write, write)
        self.assertEqual((numbers, len(most)), ([100, 100], 100))
        self.assertEqual(lock._reading, set())
        self.assertFalse(lock._is_read())

    def test_who_is_killed_with_a_side(self) -> None:
        lock = self.space.read_write_lock("rw")
        for side in ("read", "write"):
            child = self.holding(f"h = space.read_write_lock('rw').{side}.acquire()")
            self.assertIsNone(lock.write.try_acquire())
            kill(child)
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
            self.assertGreater(interrupts(lambda side=side: side.acquire(0).close(), ("close",)), 20)  # type: ignore[misc]
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

    # -- barrier

    def test_rounds_of_parties(self) -> None:
        barriers = [space.barrier("b", 3) for space in (self.space, self.space, self.other())]
        places: list[list[int]] = [[], [], []]

        def arrive(who: int) -> None:
            for _ in range(30):
                places[who].append(barriers[who].wait(PATIENCE))

        together(*(functools.partial(arrive, who) for who in range(3)))
        self.assertEqual([sorted(turn) for turn in zip(*places, strict=True)], [[0, 1, 2]] * 30)
        with self.problem(Problem.MISMATCH):
            self.space.barrier("b", 4)
        with self.assertRaises(ValueError):
            self.space.barrier("c", 0)

    def test_who_gives_up_has_not_arrived(self) -> None:
        barrier, other = self.space.barrier("b", 2), self.other().barrier("b", 2)
        for each in (barrier, other, barrier):
            with self.assertRaises(TimeoutError):
                each.wait(0.01)
        got: list[int] = []
        together(lambda: got.append(barrier.wait(PATIENCE)), lambda: got.append(other.wait(PATIENCE)))
        self.assertEqual(sorted(got), [0, 1])

    def test_who_is_late_to_a_round_takes_no_place_of_one_who_has_left(self) -> None:
        gone = self.other()
        barrier, other, leaving = self.space.barrier("b", 2), self.other().barrier("b", 2), gone.barrier("b", 2)
        turn = barrier._word() >> 32  # it looks, and is held
        together(lambda: other.wait(PATIENCE), lambda: leaving.wait(PATIENCE))
        gone.close()
        self.assertIsNone(barrier._take(turn, 0))

    def test_broken_until_it_is_reset(self) -> None:
        barrier, other = self.space.barrier("b", 2), self.other().barrier("b", 2)
        said: list[str] = []

        def wait() -> None:
            try:
                other.wait(PATIENCE)
            except sluice.SpaceError as broken:
                assert broken.problem is Problem.BROKEN
                said.append(str(broken).rpartition(": ")[2])

        def arrived() -> bool:
            return bool(other._places) and other._memory.load(other._at_cell(0)) != 0

        (waiting,) = start(wait)
        while not arrived():
            pass
        self.assertTrue(barrier.abort("ü" * 40))
        self.assertFalse(barrier.abort("again"))
        waiting.join(PATIENCE)
        with self.problem(Problem.BROKEN):
            barrier.wait()
        barrier.reset()
        (waiting,) = start(wait)
        while not arrived():
            pass
        barrier.reset()
        waiting.join(PATIENCE)
        self.assertEqual(said, ["ü" * 32, "reset"])
        (waiting,) = start(lambda: said.append(str(other.wait(PATIENCE))))
        barrier.wait(PATIENCE)
        waiting.join(PATIENCE)
        self.assertEqual(len(said), 3)

    def test_a_party_that_is_killed_has_not_arrived(self) -> None:
        barrier = self.space.barrier("b", 2)
        child = self.child("space.barrier('b', 2).wait()")
        while barrier._memory.load(barrier._at_cell(0)) == 0:
            self.assertIsNone(child.poll())
        kill(child)
        with self.assertRaises(TimeoutError):
            barrier.wait(0.3)

    def test_an_interrupt_anywhere_has_not_arrived(self) -> None:
        barrier = self.space.barrier("b", 2)

        def arrive() -> None:
            with self.assertRaises(TimeoutError):
                barrier.wait(0)

        def look() -> None:
            turn = barrier._word() >> 32
            cells = [barrier._memory.load(barrier._at_cell(place)) for place in range(2)]
            self.assertEqual([cell for cell in cells if not barrier._is_free(cell, turn)], [])
            self.assertEqual(barrier._places, {})

        self.assertGreater(interrupts(arrive, ("_withdraw",), look, "sluice/_barrier"), 20)
        alone = self.space.barrier("alone", 1)
        self.assertGreater(interrupts(lambda: self.assertEqual(alone.wait(0), 0)), 20)
        self.assertEqual(alone.wait(0), 0)

    # -- condition

    def test_owners_of_a_lock_wait_for_each_other(self) -> None:
        lock, changed, array = self.space.lock("l"), self.space.condition("c"), self.space.array("a", 1)

        def change() -> None:
            with lock.acquire(PATIENCE):
                array[0] = 7
                changed.signal()

        with lock.acquire() as held:
            fence = held.fence
            self.assertFalse(changed.wait(held, 0.01))
            self.assertFalse(changed.wait_until(held, lambda: array[0] == 7, 0.01))
            self.assertGreater(held.fence, fence)
            (thread,) = start(change)
            self.assertTrue(changed.wait_until(held, lambda: array[0] == 7, PATIENCE))
            self.assertIsNone(self.other().lock("l").try_acquire())
        thread.join(PATIENCE)
        with self.assertRaises(ValueError):
            changed.wait(held)
        with self.space.read_write_lock("rw").read.acquire() as reading, self.assertRaises(ValueError):
            changed.wait(reading)
        changed.signal()


if __name__ == "__main__":
    unittest.main()
