"""Namespaces of the Python end alone. With the Java end: PythonNamespaceTest, in sluice-testing."""

from __future__ import annotations

import os
import random
import struct
import unittest
from typing import Any

from fixture import PATIENCE, SpaceCase, interrupts, kill, start, together

import sluice
from sluice import CodecError, Namespace, NamespaceOptions, Problem, SpaceError, Watch
from sluice._namespace import _hash

SMALL = NamespaceOptions(keys=6, item_bytes=40)


def changes(watch: Watch[Any]) -> list[str]:
    return [f"{c.key}={c.entry.value}" if c.entry else f"-{c.key}" for c in iter(watch.poll, None)]


def free_blocks(namespace: Namespace[Any]) -> int:
    table = namespace._table
    return sum(
        table._memory.load(table._block_at(block)) >> 28 & 15 == 0  #
        for block in range(table.shape.blocks)
    )


class NamespaceTest(SpaceCase):
    def small(self, space: sluice.Space | None = None) -> Namespace[Any]:
        return (space or self.space).namespace("n", SMALL)

    def test_hash_is_that_of_java(self) -> None:
        # Arrays.hashCode of the bytes, mixed; from jshell
        self.assertEqual(_hash(b"a"), 128)
        self.assertEqual(_hash("ü".encode()), (31 * (31 - 61) - 68) & 0xFFFF_FFFF ^ 0xFFFF)

    def test_put_get_remove(self) -> None:
        n = self.small()
        self.assertEqual((n.get("a"), n.get("a", 7), n.read("a"), "a" in n), (None, 7, None, False))
        self.assertEqual([n.put("a", 1), n.put("ü", "two"), n.put("a", [3])], [1, 2, 3])
        entry = n.read("a")
        assert entry is not None
        self.assertEqual((entry.key, entry.version, entry.value, n.get("ü")), ("a", 3, [3], "two"))
        self.assertEqual([each.key for each in n.list()], ["a", "ü"])
        self.assertEqual([each.key for each in n.list("ü")], ["ü"])
        self.assertFalse(n.remove("a", 1))
        self.assertTrue(n.remove("a", 3))
        self.assertFalse(n.remove("a"))
        self.assertIsNone(n.compare_and_set("a", 3, 0))
        self.assertEqual(n.compare_and_set("a", 0, 0), 5)
        self.assertIsNone(n.compare_and_set("a", 0, 0))
        self.assertEqual(n.update("a", 0, lambda now: now + 1), 1)
        self.assertEqual(n.update("b", 10, lambda now: now + 1), 11)
        self.assertTrue(n.remove("b"))

    def test_what_is_refused(self) -> None:
        n = self.small()
        for key in ("", "x" * 256, "ü" * 128):
            with self.subTest(key), self.assertRaises(ValueError):
                n.put(key, 1)
        self.assertIsNone(n.get("x" * 300))
        with self.problem(Problem.TOO_LARGE):
            n.put("a", "x" * 40)
        for expiry in (0.0, -1.0, 366 * 86400.0, float("nan")):
            with self.subTest(expiry), self.assertRaises(ValueError):
                n.put("a", 1, expiry=expiry)
        with self.assertRaises(ValueError):
            n.compare_and_set("a", -1, 1)
        with self.assertRaises(ValueError):
            n.remove("a", 0)
        for options in (NamespaceOptions(0), NamespaceOptions(1 << 21), NamespaceOptions(1, 0)):
            with self.subTest(options), self.assertRaises(ValueError):
                self.space.namespace("m", options)
        for i in range(6):
            n.put(f"k{i}", i)
        with self.problem(Problem.FULL):
            n.put("a", 1)
        self.assertIsNone(n.compare_and_set("a", 3, 1))
        n.put("k5", 6)
        n.remove("k5")
        n.put("a", 1)
        self.assertEqual(free_blocks(n), 16)
        raw = self.space.namespace("n", SMALL, codec=sluice.raw)
        raw.put("a", b"\xff")
        with self.assertRaises(CodecError):
            n.get("a")
        self.assertEqual(n.list("a")[0].data, b"\xff")

    def test_random_histories_are_those_of_a_dict(self) -> None:
        seed = int(os.environ.get("SLUICE_SEED", random.getrandbits(32)))
        chance = random.Random(seed)
        n: Namespace[int] = self.space.namespace("n", NamespaceOptions(16, 20))
        watch = n.watch()
        values: dict[str, int] = {}
        versions: dict[str, int] = {}
        seen: dict[str, int] = {}
        for step in range(3000):
            key = f"key{chance.randrange(20)}"
            version = versions.get(key, 0)
            what = chance.randrange(6)
            with self.subTest(SLUICE_SEED=seed, step=step):
                try:
                    if what <= 1:
                        versions[key] = n.put(key, step)
                        values[key] = step
                    elif what == 2:
                        expected = version + chance.randrange(2)
                        made = n.compare_and_set(key, expected, step)
                        self.assertEqual(made is not None, expected == version)
                        if made is not None:
                            versions[key], values[key] = made, step
                except SpaceError as full:
                    self.assertIs(full.problem, Problem.FULL)
                    self.assertEqual((len(values), version), (16, 0))
                if what == 3:
                    self.assertEqual(n.remove(key), key in values)
                    values.pop(key, None)
                    versions.pop(key, None)
                elif what == 4:
                    self.assertEqual(n.get(key), values.get(key))
                elif what == 5 and step % 10 == 0:
                    self.see(watch, seen)
                    self.assertEqual(seen, values)
        self.assertEqual({e.key: e.value for e in n.list()}, values, f"SLUICE_SEED={seed}")
        self.assertEqual(free_blocks(n), 32 - len(values))

    def see(self, watch: Watch[int], seen: dict[str, int]) -> None:
        for change in iter(watch.poll, None):
            if change.entry is None:
                del seen[change.key]
            else:
                seen[change.key] = change.entry.value

    def test_updates_of_threads_and_processes(self) -> None:
        code = "n = space.namespace('n')\nfor _ in range(200): n.update('c', 0, lambda now: now + 1)"
        n = self.small()
        children = [self.child(code) for _ in range(2)]

        def count() -> None:
            for _ in range(200):
                n.update("c", 0, lambda now: now + 1)

        together(count, count)
        for child in children:
            self.assertEqual(child.wait(PATIENCE), 0)
        self.assertEqual((n.get("c"), n._table.count(), free_blocks(n)), (800, 1, 21))

    # -- watches

    def test_watch_gives_what_is_there_and_then_what_changes(self) -> None:
        n: Namespace[int] = self.space.namespace("n")
        for key in ("b", "a", "other"):
            n.put(key, 1)
        n.put("gone", 1)
        with n.watch() as all_keys, n.watch("a") as one:
            self.assertEqual(changes(all_keys), ["a=1", "b=1", "gone=1", "other=1"])
            self.assertEqual(changes(one), ["a=1"])
            for i in range(1500):  # more than the log has
                n.put("a", i)
            n.remove("gone")
            n.put("unseen", 1)
            n.remove("unseen")
            self.assertEqual(sorted(changes(all_keys)), ["-gone", "a=1499"])
            self.assertEqual(changes(one), ["a=1499"])
            n.remove("a")
            n.put("ab", 1)
            self.assertEqual(changes(one), ["-a", "ab=1"])
            with self.assertRaises(TimeoutError):
                one.next(0.01)

    def test_watch_waits_until_it_is_closed(self) -> None:
        n = self.small()
        watch = n.watch()
        seen: list[str] = []

        def look() -> None:
            seen.extend(change.key for change in watch)

        (thread,) = start(look)
        child = self.child("n = space.namespace('n'); n.put('a', 1); n.put('mine', 1, ephemeral=True)")
        child.wait()
        with n.watch("mine") as other:  # which it has put and, as it ended, taken away
            self.assertIsNone(other.poll())
        n.put("last", 1)
        with n.watch("last") as last:
            last.next(PATIENCE)
        while "last" not in seen:
            self.assertTrue(thread.is_alive())
        watch.close()
        thread.join(PATIENCE)
        self.assertEqual([key for key in seen if key != "mine"], ["a", "last"])
        with self.problem(Problem.FINISHED):
            watch.next()
        self.assertIsNone(watch.poll())
        self.space.close()
        with self.problem(Problem.CLOSED):
            watch.next()

    # -- what goes by itself

    def test_what_is_ephemeral_goes_with_its_opening(self) -> None:
        n = self.small()
        other = self.other()
        m = self.small(other)
        m.put("mine", 1, ephemeral=True)
        m.put("taken", 1, ephemeral=True)
        m.put("kept", 1)
        n.put("taken", 2)
        with n.watch("mine") as watch:
            self.assertIsNotNone(watch.next(PATIENCE).entry)
            other.close()
            self.assertIsNone(watch.next(PATIENCE).entry)
        self.assertEqual([each.key for each in n.list()], ["kept", "taken"])

    def test_what_is_ephemeral_goes_with_a_killed_process(self) -> None:
        n = self.small()
        child = self.holding("space.namespace('n').put('mine', 1, ephemeral=True)")
        self.assertEqual(n.get("mine"), 1)
        with n.watch("mine") as watch:
            watch.next(PATIENCE)
            kill(child)
            self.assertIsNone(watch.next(PATIENCE).entry)
        child = self.child("space.namespace('n').put('mine', 1, ephemeral=True)\nos.kill(os.getpid(), 9)")
        child.wait()
        self.assertNotIn("mine", self.small(self.other()))

    def test_what_expires_is_not_seen(self) -> None:
        n = self.small()
        n.put("late", 1, expiry=3600)
        n.put("replaced", 1, expiry=0.01)
        n.put("replaced", 2)
        with n.watch("soon") as watch:
            expiry, change = 0.05, None
            while change is None:  # a machine may be slow
                n.put("soon", 1, expiry=expiry)
                expiry, change = 2 * expiry, watch.poll()
            self.assertIsNone(watch.next(PATIENCE).entry)
        self.assertNotIn("soon", n)
        self.assertEqual([each.key for each in n.list()], ["late", "replaced"])
        for i in range(4):
            n.put(f"short{i}", 1, expiry=1e-9)
        for i in range(4):  # there is room for others
            self.assertEqual(n.compare_and_set(f"k{i}", 0, 1) is not None, True)
        self.assertEqual(free_blocks(n), 16)

    # -- what goes wrong

    def test_an_interrupt_anywhere_leaves_nothing(self) -> None:
        n = self.small()

        def work() -> None:
            n.put("a", 1)
            n.put("b", 1)
            n.compare_and_set("a", 0, 1)
            n.remove("a")

        at = interrupts(work, ("release", "give_back", "_free"))
        self.assertGreater(at, 200)
        n.remove("b")
        self.assertLessEqual(22 - free_blocks(n), 3)  # but for interrupts of what undoes them
        for i in range(6):
            n.put(f"k{i}", i)
        self.assertEqual([each.value for each in n.list()], list(range(6)))

    def test_nonsense_is_refused(self) -> None:
        seed = int(os.environ.get("SLUICE_SEED", random.getrandbits(32)))
        chance = random.Random(seed)
        for number in range(100):
            n: Namespace[Any] = self.space.namespace(f"n{number}", SMALL)
            n.put("a", "1")
            n.put("b", "1")
            words = (n._memory._size - n._at) // 8
            for _ in range(3):
                word = chance.randrange(64 if chance.randrange(2) else words)
                nonsense = struct.unpack("<Q", chance.randbytes(8))[0]
                n._memory.store(n._at + 8 * word, nonsense)
            for use in range(6):
                with self.subTest(SLUICE_SEED=seed, number=number):
                    try:
                        self.use(n, use)
                    except (SpaceError, CodecError):
                        pass

    def use(self, n: Namespace[Any], how: int) -> None:
        if how == 0:
            n.get("a")
        elif how == 1:
            n.put("a", "2")
        elif how == 2:
            n.list()
        elif how == 3:
            n.remove("b")
        elif how == 4:
            n.watch().poll()
        else:
            n.close()


if __name__ == "__main__":
    unittest.main()
