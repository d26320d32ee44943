"""A thread closes a space while another one is in the middle of taking something.

What carries the stamp of one who has left, nobody finds: it would be lost until somebody else dies.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from fixture import PATIENCE, SpaceCase

import sluice
from sluice import Lag, NamespaceOptions, Problem, QueueOptions, SpaceError, TopicOptions

_OWNER = (1 << 28) - 1


class ClosingTest(SpaceCase):
    def interrupt(self, opened: Callable[[sluice.Space], Any], use: Callable[[Any], object]) -> None:
        """Closes a space at the moment at which its stamp is put into a word, if anybody lets it."""
        space = sluice.Space(f"shm:{self.name}")
        thing = opened(space)
        memory, stamp = thing._file.memory, thing._file.stamp
        change = memory.compare_and_set
        closer = threading.Thread(target=space.close)

        def change_late(offset: int, expected: int, value: int) -> bool:
            if value & _OWNER == stamp and not closer.is_alive():
                memory.compare_and_set = change
                closer.start()
                closer.join(0.2)
            return bool(change(offset, expected, value))

        memory.compare_and_set = change_late
        try:
            use(thing)
        except SpaceError as error:
            self.assertIs(error.problem, Problem.CLOSED)
        closer.join(PATIENCE)
        self.assertTrue(thing._file.closed)

    def test_lock(self) -> None:
        self.interrupt(lambda space: space.lock("l"), lambda lock: lock.try_acquire())
        self.assertIsNotNone(self.space.lock("l").try_acquire())

    def test_lock_that_was_lost_is_not_repaired(self) -> None:
        space = sluice.Space(f"shm:{self.name}")
        held = space.lock("l").acquire()
        space.close()
        with self.problem(Problem.CLOSED):
            held.repaired()
        with self.space.lock("l").acquire(PATIENCE) as mine:
            self.assertTrue(mine.recovered)

    def test_semaphore(self) -> None:
        self.interrupt(lambda space: space.semaphore("s", 1), lambda semaphore: semaphore.try_acquire())
        self.assertIsNotNone(self.space.semaphore("s", 1).try_acquire())

    def test_value(self) -> None:
        self.interrupt(lambda space: space.value("v", 0), lambda value: value.set(1))
        value = self.space.value("v", 0)
        self.assertEqual(value._word() & _OWNER, 0)

    def test_put_into_queue(self) -> None:
        options = QueueOptions(capacity=1)
        self.interrupt(lambda space: space.queue("q", options), lambda queue: queue.try_put(1))
        queue: sluice.Queue[Any] = self.space.queue("q", options)
        while (lease := queue.try_take()) is not None:
            lease.done()
        queue.join(0)
        self.assertTrue(queue.try_put(2))

    def test_take_from_queue(self) -> None:
        queue: sluice.Queue[Any] = self.space.queue("q")
        queue.put(1)
        self.interrupt(lambda space: space.queue("q"), lambda queue: queue.try_take())
        lease = queue.try_take()
        assert lease is not None
        self.assertEqual((lease.item, lease.delivery), (1, 2))

    def test_put_into_namespace(self) -> None:
        options = NamespaceOptions(1, 8)
        self.interrupt(lambda space: space.namespace("n", options), lambda n: n.put("a", 1, ephemeral=True))
        table = self.space.namespace("n", options)._table
        self.assertEqual(table.count(), 0)
        states = [table._memory.load(table._block_at(block)) >> 28 & 15 for block in range(17)]
        self.assertEqual(states, [0] * 17)

    def test_publish_to_topic(self) -> None:
        options = TopicOptions(1, 8)
        self.interrupt(lambda space: space.topic("t", options), lambda topic: topic.try_publish(1))
        topic: sluice.Topic[Any] = self.space.topic("t", options)
        for number in range(20):
            self.assertTrue(topic.try_publish(number))
        states = [topic._memory.load(topic._table._block_at(block)) >> 28 & 15 for block in range(17)]
        self.assertEqual(sorted(states), [0] * 16 + [2])

    def test_subscribe_to_topic(self) -> None:
        options = TopicOptions(1, 8)
        self.interrupt(lambda space: space.topic("t", options), lambda topic: topic.subscribe(Lag.WAIT))
        topic: sluice.Topic[Any] = self.space.topic("t", options)
        for number in range(3):
            self.assertTrue(topic.try_publish(number))

    def test_either_side_of_a_read_write_lock(self) -> None:
        for side in ("read", "write"):
            with self.subTest(side):
                self.interrupt(
                    lambda space: space.read_write_lock("rw"),
                    lambda lock, side=side: getattr(lock, side).try_acquire(),  # type: ignore[misc]
                )
                held = self.space.read_write_lock("rw").write.try_acquire()
                assert held is not None
                held.close()

    def test_arrive_at_barrier(self) -> None:
        def arrive(barrier: sluice.Barrier) -> None:
            try:
                barrier.wait(0)
            except TimeoutError:
                pass

        self.interrupt(lambda space: space.barrier("b", 2), arrive)
        barrier = self.space.barrier("b", 2)
        self.assertEqual([barrier._memory.load(barrier._at_cell(place)) & _OWNER for place in range(2)], [0, 0])
