"""Topics of the Python end alone. With the Java end: PythonTopicTest, in sluice-testing."""

from __future__ import annotations

import functools
import random
import threading
import unittest
from typing import Any

from fixture import PATIENCE, SpaceCase, interrupts, kill, start

import sluice
from sluice import Lag, Problem, SpaceError, Topic, TopicOptions

SMALL = TopicOptions(capacity=4, item_bytes=40)


class TopicTest(SpaceCase):
    def small(self, space: sluice.Space | None = None) -> Topic[Any]:
        return (space or self.space).topic("t", SMALL)

    def free_blocks(self, topic: Topic[Any]) -> int:
        table = topic._table
        blocks = range(table.shape.blocks)
        return sum(table._memory.load(table._block_at(block)) >> 28 & 15 == 0 for block in blocks)

    def test_each_message_to_everybody_from_then_on(self) -> None:
        topic = self.small()
        topic.publish("nobody")
        with topic.subscribe(Lag.WAIT) as one, topic.subscribe(Lag.FAIL) as two:
            topic.publish("first")
            with topic.subscribe(Lag.DROP_OLDEST) as three:
                self.assertTrue(topic.try_publish("second"))
                self.assertEqual([one.receive(), one.receive()], ["first", "second"])
                self.assertEqual([two.receive(), two.try_receive(), two.try_receive()], ["first", "second", None])
                self.assertEqual(three.receive(), "second")
                self.assertTrue(topic.finish())
                self.assertFalse(topic.finish())
                for each in (one, two, three):
                    self.assertEqual(list(each), [])
                    with self.problem(Problem.FINISHED):
                        each.try_receive()
        with self.problem(Problem.FINISHED):
            topic.publish("third")
        with self.problem(Problem.FINISHED):
            topic.subscribe(Lag.WAIT).receive()

    def test_who_is_slow(self) -> None:
        topic = self.small()
        dropping, failing = topic.subscribe(Lag.DROP_OLDEST), topic.subscribe(Lag.FAIL)
        waited_for = topic.subscribe(Lag.WAIT)
        for number in range(4):
            self.assertTrue(topic.try_publish(number))
        self.assertFalse(topic.try_publish(4))
        with self.assertRaises(TimeoutError):
            topic.publish(4, timeout=0.01)
        self.assertEqual(waited_for.receive(), 0)
        topic.publish(4, timeout=0)
        self.assertEqual((dropping.dropped, failing.dropped, waited_for.dropped), (1, 0, 0))
        with self.problem(Problem.LAGGED):
            failing.receive()
        with self.problem(Problem.LAGGED):
            failing.try_receive()
        waited_for.close()
        waited_for.close()
        for number in range(5, 20):
            self.assertTrue(topic.try_publish(number))
        self.assertEqual([dropping.receive() for _ in range(4)], [16, 17, 18, 19])
        self.assertEqual(dropping.dropped, 16)
        with self.problem(Problem.FINISHED):
            waited_for.receive()
        with self.problem(Problem.TOO_LARGE):
            topic.publish("x" * 40)
        for options in (TopicOptions(0), TopicOptions(1 << 21), TopicOptions(1, 0)):
            with self.subTest(options), self.assertRaises(ValueError):
                self.space.topic("u", options)

    def test_a_subscription_says_how_it_lags(self) -> None:
        topic: Any = self.small()
        for unknown in (None, "WAIT", 0):
            with self.assertRaises(TypeError):
                topic.subscribe(unknown)

    def test_a_subscription_that_nobody_has_any_more_is_not_waited_for(self) -> None:
        topic = self.small()
        for number in range(20):
            if number % 4 == 0:
                topic.subscribe(Lag.WAIT)
            self.assertTrue(topic.try_publish(number))

    def test_as_many_as_may_be(self) -> None:
        topic = self.small()
        held = [topic.subscribe(Lag.WAIT) for _ in range(256)]
        with self.problem(Problem.BUSY):
            topic.subscribe(Lag.WAIT)
        topic.subscribe(Lag.FAIL)
        held.pop()
        topic.subscribe(Lag.WAIT)

    def test_publishers_wait_for_a_subscriber_that_waits_for_them(self) -> None:
        topic = self.small()
        code = "for i in range(100): t.publish([os.getpid(), i])"
        got: dict[int, list[int]] = {}
        with topic.subscribe(Lag.WAIT) as own:
            children = [self.child(f"t = space.topic('t')\n{code}") for _ in range(2)]
            for _ in range(200):
                process, number = own.receive(PATIENCE)
                got.setdefault(process, []).append(number)
            for child in children:
                self.assertEqual(child.wait(PATIENCE), 0)
        self.assertEqual(list(got.values()), [list(range(100))] * 2)
        self.assertEqual(self.free_blocks(topic), 16)

    def test_a_subscriber_that_is_killed_is_not_waited_for(self) -> None:
        topic = self.small()
        child = self.holding("s = space.topic('t').subscribe(sluice.Lag.WAIT)")
        for number in range(4):
            topic.publish(number, timeout=0)
        with self.assertRaises(TimeoutError):
            topic.publish(4, timeout=0.01)
        kill(child)
        topic.publish(4, PATIENCE)

    def test_subscribers_that_come_and_go_lose_nothing(self) -> None:
        """What `Lag.WAIT` promises, while it begins."""
        topic = self.small()
        over = threading.Event()
        seed = random.getrandbits(32)
        chance = random.Random(seed)

        def publish() -> None:
            number = 0
            while not over.is_set():
                try:
                    topic.publish(number, timeout=0.05)
                    number += 1
                except TimeoutError:
                    pass

        (publisher,) = start(publish)
        try:
            for _ in range(100):
                with topic.subscribe(Lag.WAIT) as own:
                    numbers = [own.receive(PATIENCE) for _ in range(chance.randrange(8))]
                    self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))) if numbers else [])
                    self.assertEqual(own.dropped, 0, f"seed {seed}")
        finally:
            over.set()
            publisher.join()

    def test_an_interrupt_anywhere_leaves_nothing(self) -> None:
        topic = self.small()

        def work() -> None:
            with topic.subscribe(Lag.WAIT) as own:
                topic.publish(1)
                own.receive()

        at = interrupts(work, ("release", "give_back", "_free", "_leave_places", "__del__"))
        self.assertGreater(at, 100)
        for number in range(20):
            topic.publish(number, PATIENCE)
        self.assertGreater(self.free_blocks(topic), 12)

    def test_closing(self) -> None:
        topic = self.small()
        waiting, own = topic.subscribe(Lag.WAIT), topic.subscribe(Lag.FAIL)
        other = self.other()
        self.space.close()
        for use in (waiting.receive, own.try_receive, topic.finish):
            with self.problem(Problem.CLOSED):
                use()
        with self.problem(Problem.CLOSED):
            topic.publish(1)
        waiting.close()
        for number in range(20):
            self.assertTrue(self.small(other).try_publish(number))

    def test_nonsense_is_refused(self) -> None:
        seed = random.getrandbits(32)
        chance = random.Random(seed)
        for number in range(100):
            topic: Topic[Any] = self.space.topic(f"t{number}", SMALL)
            own = topic.subscribe(Lag.WAIT)
            topic.publish(1)
            words = (topic._memory._size - topic._at) // 8
            for _ in range(3):
                word = chance.randrange(64 if chance.randrange(2) else words)
                topic._memory.store(topic._at + 8 * word, chance.getrandbits(64))
            for use in (functools.partial(topic.try_publish, 2), own.try_receive, topic.finish, own.close, topic.close):
                with self.subTest(seed=seed, number=number):
                    try:
                        use()
                    except (SpaceError, sluice.CodecError):
                        pass


if __name__ == "__main__":
    unittest.main()
