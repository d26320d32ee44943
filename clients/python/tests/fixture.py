"""A space for one test, removed behind it, and what tests do beside: threads, processes, interrupts."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import unittest
import uuid
from collections.abc import Callable, Container
from types import FrameType, TracebackType
from typing import Any

import sluice
from sluice import Problem, SpaceError

PATIENCE = 60.0


def start(*bodies: Callable[[], object]) -> list[threading.Thread]:
    threads = [threading.Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    return threads


def together(*bodies: Callable[[], object]) -> None:
    """Runs each in a thread of its own, to its end."""
    for thread in start(*bodies):
        thread.join(PATIENCE)
        assert not thread.is_alive()


def kill(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.wait()


def interrupts(
    work: Callable[[], object],
    undoing: Container[str] = (),
    after: Callable[[], object] = int,
    where: str = "sluice/_",
) -> int:
    """Does some work again and again, each time with a KeyboardInterrupt at the next line of some files.

    There is none in functions with certain names, which undo it, nor in what these call. Runs `after` behind each.
    Gives how many lines the work has.
    """

    def is_undoing(frame: FrameType | None) -> bool:
        return frame is not None and (frame.f_code.co_name in undoing or is_undoing(frame.f_back))

    def interrupted(at: int) -> bool:
        lines = 0

        def call(frame: FrameType, event: str, argument: Any) -> Any:
            return None if where not in frame.f_code.co_filename or is_undoing(frame) else line

        def line(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal lines
            lines += event == "line"
            if lines == at:
                sys.settrace(None)
                raise KeyboardInterrupt
            return line

        sys.settrace(call)
        try:
            work()
            return False
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(None)

    at = 1
    while interrupted(at):
        after()
        at += 1
    return at


class SpaceCase(unittest.TestCase):
    def setUp(self) -> None:
        self.name = f"sluice-test-{uuid.uuid4()}"
        self.space = sluice.Space(f"shm:{self.name}")
        self.addCleanup(self.remove)

    def remove(self) -> None:
        self.space.close()
        folder = f"/dev/shm/{self.name}.d"
        for name in os.listdir(folder):
            os.unlink(f"{folder}/{name}")
        os.rmdir(folder)

    def other(self) -> sluice.Space:
        """Another opening."""
        space = sluice.Space(f"shm:{self.name}")
        self.addCleanup(space.close)
        return space

    def problem(self, expected: Problem) -> Expecting:
        return Expecting(self, expected)

    def child(self, code: str) -> subprocess.Popen[str]:
        """A process that has the space open as `space`; it lives as long as its code, and the test."""
        program = f"import os, sluice, sys\nspace = sluice.Space('shm:{self.name}')\n{code}"
        child = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(child.__exit__, None, None, None)
        return child

    def holding(self, code: str) -> subprocess.Popen[str]:
        """One that has run its code, and lives on with what that has made."""
        child = self.child(f"{code}\nprint(1, flush=True)\nsys.stdin.read()")
        assert child.stdout is not None and child.stdout.readline() == "1\n"
        return child


class Expecting:
    def __init__(self, test: unittest.TestCase, problem: Problem) -> None:
        self.test = test
        self.problem = problem

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        assert isinstance(error, SpaceError), error
        self.test.assertIs(error.problem, self.problem, str(error))
        return True
