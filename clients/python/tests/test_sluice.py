"""The Python end alone. With the Java end: PythonSpaceTest, in sluice-testing."""

from __future__ import annotations

import functools
import os
import struct
import time
import unittest
from typing import Any

from fixture import PATIENCE, SpaceCase, interrupts, kill, start, together

import sluice
from sluice import Problem, QueueOptions
from sluice._file import crc32c


class CodecTest(unittest.TestCase):
    def test_examples_of_the_rfc(self) -> None:
        for value, encoded in (
            (0, "00"),
            (23, "17"),
            (24, "1818"),
            (1000, "1903e8"),
            (1 << 64, "c249010000000000000000"),
            (-1, "20"),
            (-1 - (1 << 64), "c349010000000000000000"),
            (1.5, "f93e00"),
            (100000.0, "fa47c35000"),
            (1.1, "fb3ff199999999999a"),
            (float("inf"), "f97c00"),
            (False, "f4"),
            (None, "f6"),
            ("ü", "62c3bc"),
            (b"\1\2", "420102"),
            ([1, [2, 3]], "8201820203"),
            ({"a": 1, "b": [2]}, "a26161016162" + "8102"),
            (sluice.Tagged(1, 1363896240), "c11a514b67b0"),
        ):
            self.assertEqual(sluice.cbor.encode(value).hex(), encoded)
            self.assertEqual(sluice.cbor.decode(bytes.fromhex(encoded)), value)

    def test_keys_in_the_order_of_their_bytes(self) -> None:
        self.assertEqual(sluice.cbor.encode({"bb": 1, "c": 2, 9: 3}).hex(), "a30903616302626262" + "01")

    def test_what_is_no_value(self) -> None:
        for encoded in "| 18 61 61ff 9f01ff 82 a1 a2616101616102 0000 9b7fffffffffffffff e0".replace("|", "").split(
            " "
        ):
            with self.subTest(encoded), self.assertRaises(sluice.CodecError):
                sluice.cbor.decode(bytes.fromhex(encoded))
        with self.assertRaises(sluice.CodecError):
            sluice.cbor.decode(b"\x81" * 1000)
        for value in (object(), {"a": {1}}, "\ud800"):
            with self.subTest(value), self.assertRaises(sluice.CodecError):
                sluice.cbor.encode(value)

    def test_check_value_of_crc(self) -> None:
        self.assertEqual(crc32c(b"123456789"), 0xE306_9283)


class SpaceTest(SpaceCase):
    # -- queue

    def test_queue_gives_back_and_buries(self) -> None:
        queue: sluice.Queue[Any] = self.space.queue("q", QueueOptions(capacity=2, deliveries=2))
        queue.put("a")
        queue.put("b")
        self.assertFalse(queue.try_put("c"))
        with self.assertRaises(TimeoutError):
            queue.put("c", timeout=0.05)
        with queue.take() as lease:
            self.assertEqual((lease.item, lease.delivery), ("a", 1))
        with queue.take() as lease:
            self.assertEqual((lease.item, lease.delivery), ("a", 2))
        with queue.dead_letters().take(PATIENCE) as lease:
            self.assertEqual(lease.item, "a")
            self.assertTrue(lease.done())
            with self.assertRaises(RuntimeError):
                lease.done()
        queue.finish()
        with self.problem(Problem.FINISHED):
            queue.put("d")
        items = []
        for lease in queue:
            items.append(lease.item)
            lease.done()
        self.assertEqual(items, ["b"])
        queue.join(PATIENCE)

    def test_what_nobody_has_any_more_returns(self) -> None:
        queue: sluice.Queue[Any] = self.space.queue("q")
        queue.put(1)
        self.assertEqual(queue.take().item, 1)
        with queue.take(PATIENCE) as lease:
            self.assertEqual(lease.delivery, 2)

    def test_queue_of_levels(self) -> None:
        queue: sluice.Queue[Any] = self.space.queue("q", QueueOptions(capacity=8, levels=3))
        for item, level in (("late", 2), ("soon", 1), ("now", 0), ("now too", 0), ("soon too", 1)):
            queue.put(item, level)
        items = []
        for _ in range(5):
            with queue.take(PATIENCE) as lease:
                items.append(lease.item)
                lease.done()
        self.assertEqual(items, ["now", "now too", "soon", "soon too", "late"])

    def test_given_back_for_later(self) -> None:
        queue: sluice.Queue[Any] = self.space.queue("q")
        queue.put(1)
        began = time.monotonic()
        queue.take().give_back(0.2)
        self.assertIsNone(queue.try_take())
        with queue.take(PATIENCE) as lease:
            self.assertEqual(lease.delivery, 2)
            self.assertGreaterEqual(time.monotonic() - began, 0.2)

    def test_many_laps_of_threads(self) -> None:
        queue: sluice.Queue[Any] = self.space.queue("q", QueueOptions(capacity=3, item_bytes=16, deliveries=0))
        got: list[int] = []

        def take() -> None:
            for number, lease in enumerate(queue):
                if number % 7 == 0 and lease.delivery == 1:
                    lease.close()
                else:
                    got.append(lease.item)
                    lease.done()

        def put(first: int) -> None:
            for item in range(first, 300, 3):
                queue.put(item, timeout=PATIENCE)

        takers = start(take, take)
        together(*(functools.partial(put, first) for first in range(3)))
        queue.finish()
        for thread in takers:
            thread.join(PATIENCE)
        self.assertEqual(sorted(got), list(range(300)))

    def test_interrupt_anywhere_loses_and_holds_nothing(self) -> None:
        """A KeyboardInterrupt at each line of put and take."""
        queue: sluice.Queue[Any] = self.space.queue("q", QueueOptions(capacity=4, deliveries=0))

        def work() -> None:
            queue.put("x")
            queue.take(0).done()

        def again() -> None:
            for item in range(4):  # whatever is left in there does not take a place for ever
                while not queue.try_put(item):
                    queue.take(PATIENCE).done()
            while (lease := queue.try_take()) is not None:
                lease.done()
            queue.join(PATIENCE)

        undoing = {"_withdraw", "_take_back", "_give_back", "_return", "_bury_item", "_slots", "_deliveries"}
        at = interrupts(work, undoing | {"__del__", "__exit__", "_end"}, again, "sluice/_queue")
        self.assertGreater(at, 50)

    # -- pipe

    def test_pipe_around_its_end(self) -> None:
        one: sluice.Pipe[Any] = self.space.pipe("p", 1024)
        other: sluice.Pipe[Any] = self.space.pipe("p", 1024)
        self.assertTrue(one.connected())
        with self.problem(Problem.BUSY):
            self.space.pipe("p", 1024)
        sent = [os.urandom(length) for length in list(range(250)) * 2]

        def send() -> None:
            for message in sent:
                one.send(message, PATIENCE)
            one.finish()

        (thread,) = start(send)
        self.assertEqual(list(other), sent)
        thread.join()
        other.send("back")
        other.close()
        self.assertEqual(one.receive(), "back")
        with self.problem(Problem.FINISHED):
            one.receive()
        with self.problem(Problem.FINISHED):
            one.send("there")
        one.close()
        again: sluice.Pipe[Any] = self.space.pipe("p")
        with again:
            self.assertEqual(again.bytes, 1 << 18)
            self.assertFalse(again.connected())
            with self.problem(Problem.TOO_LARGE):
                again.send(bytes(1 << 17))

    def test_pipe_whose_other_end_is_killed(self) -> None:
        pipe: sluice.Pipe[Any] = self.space.pipe("p")
        child = self.child("p = space.pipe('p'); p.send(1); p.send(2); os.kill(os.getpid(), 9)")
        self.assertEqual((pipe.receive(PATIENCE), pipe.receive(PATIENCE)), (1, 2))
        with self.problem(Problem.PEER_GONE):
            pipe.receive(PATIENCE)
        child.wait()

    def test_pipe_whose_other_end_is_aborted(self) -> None:
        one: sluice.Pipe[Any] = self.space.pipe("p")
        other: sluice.Pipe[Any] = self.space.pipe("p")
        one.send("last")
        one.abort()
        one.abort()
        self.assertEqual(other.receive(), "last")
        with self.problem(Problem.PEER_GONE):
            other.receive()
        with self.problem(Problem.CLOSED):
            one.send("closed")

    # -- small objects

    def test_value_of_threads(self) -> None:
        value: sluice.Value[Any] = self.space.value("v", 0)

        def count() -> None:
            for _ in range(100):
                value.update(lambda now: now + 1)

        together(count, count, count)
        self.assertEqual(value.read(), (300, 301))
        self.assertIsNone(value.compare_and_set(300, 7))
        with self.problem(Problem.TOO_LARGE):
            value.set("x" * 2000)

    def test_words(self) -> None:
        event, counter, array = self.space.event("e"), self.space.counter("c"), self.space.array("a", 3)
        self.assertFalse(event.wait(0.01))
        (thread,) = start(lambda: (event.set(), counter.add(-3), counter.add(5)))
        self.assertTrue(event.wait(PATIENCE))
        self.assertEqual(counter.await_at_least(2, PATIENCE), 2)
        thread.join()
        array[1] = -7
        self.assertEqual((array.add(1, 10), list(array), len(array)), (3, [0, 3, 0], 3))
        counter.set(-1 << 63)
        self.assertEqual((counter.add(-1), counter.get()), ((1 << 63) - 1, (1 << 63) - 1))
        for refused in (
            lambda: array.__setitem__(0, 1 << 64),
            lambda: array.add(0, 1 << 63),
            lambda: array.compare_and_set(0, 0, 1 << 64),
            lambda: counter.set(1 << 63),
            lambda: counter.add(-1 << 64),
            lambda: counter.compare_and_set(1 << 64, 1),
        ):
            with self.assertRaises(OverflowError):
                refused()
        self.assertEqual((array[0], counter.get()), (0, (1 << 63) - 1))
        with self.problem(Problem.MISMATCH):
            self.space.array("a", 4)
        with self.problem(Problem.MISMATCH):
            self.space.counter("a")

    def test_what_a_killed_process_had_is_free(self) -> None:
        lock, permits = self.space.lock("l"), self.space.semaphore("s", 1)
        child = self.holding("h = space.lock('l').acquire(); p = space.semaphore('s', 1).acquire()")
        self.assertIsNone(lock.try_acquire())
        self.assertIsNone(permits.try_acquire())
        with self.assertRaises(TimeoutError):
            lock.acquire(0.05)
        kill(child)
        with lock.acquire(PATIENCE) as held, permits.acquire(PATIENCE):
            self.assertTrue(held.recovered)
            held.repaired()
            with self.assertRaises(RuntimeError):
                lock.acquire()
        with lock.acquire(PATIENCE) as again:
            self.assertFalse(again.recovered)
            self.assertGreater(again.fence, held.fence)

    # -- spaces

    def test_a_child_that_is_forked_keeps_nothing_alive(self) -> None:
        child = self.child(
            "q = space.queue('q'); q.put(1); l = q.take()\n"
            "if os.fork() == 0:\n"
            "    print('closed' if q._file.closed else 'open', flush=True); sys.stdin.read(); os._exit(0)\n"
            "os.kill(os.getpid(), 9)"
        )
        assert child.stdout is not None
        self.assertEqual(child.stdout.readline(), "closed\n")
        child.wait()
        queue: sluice.Queue[Any] = self.space.queue("q")
        with queue.take(PATIENCE) as lease:
            self.assertEqual(lease.delivery, 2)

    def test_an_end_without_closing_gives_back_at_once(self) -> None:
        queue: sluice.Queue[Any] = self.space.queue("q")
        queue.put(1)
        self.child("l = space.queue('q').take()").wait()
        lease = queue.try_take()
        assert lease is not None
        self.assertEqual(lease.delivery, 2)

    def test_list_remove_and_close(self) -> None:
        one = self.space.event("e")
        self.assertIs(one, self.space.event("e"))
        one.set()
        self.assertEqual(self.space.list(), [("e", "event")])
        self.assertTrue(self.space.remove("e"))
        self.assertFalse(self.space.remove("e"))
        self.assertFalse(self.space.event("e").is_set())
        self.assertTrue(one.is_set())
        with self.assertRaises(ValueError):
            self.space.event(".e")
        with self.assertRaises(ValueError):
            self.space.queue("q" * 60)  # as Java does: its dead letters would have no name
        self.space.queue("q" * 59)
        self.space.remove("q" * 59)
        queue: sluice.Queue[Any] = self.space.queue("q")
        queue.put(1)
        lease = queue.take()
        self.space.close()
        self.assertFalse(lease.done())
        with self.problem(Problem.CLOSED):
            queue.put(1)
        with self.problem(Problem.CLOSED):
            self.space.event("e")
        with sluice.Space(f"shm:{self.name}") as again, again.queue("q").take(PATIENCE) as lease:
            self.assertEqual(lease.delivery, 2)

    def test_files_that_are_not_ours_are_refused(self) -> None:
        path = f"/dev/shm/{self.name}.d/e"
        self.space.event("e")
        self.space.close()
        with open(path, "rb") as file:
            whole = file.read()
        damages = [
            b"",
            whole[:-8],
            whole + bytes(8),
            os.urandom(len(whole)),
            struct.pack("<Q", 1) + whole[8:],
            whole[:8] + b"\2" + whole[9:],
            whole[:49] + b"\1" + whole[50:],
        ]
        for damage in damages:
            with self.subTest(len=len(damage)), sluice.Space(f"shm:{self.name}") as space:
                os.unlink(path)
                with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                    file.write(damage)
                with self.problem(Problem.REFUSED):
                    space.event("e")
        with sluice.Space(f"shm:{self.name}") as space:
            os.chmod(path, 0o644)
            with self.problem(Problem.REFUSED):
                space.event("e")
            os.unlink(path)
            os.symlink("/etc/passwd", path)
            with self.problem(Problem.REFUSED):
                space.event("e")


if __name__ == "__main__":
    unittest.main()
