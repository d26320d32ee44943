"""A space for one test, removed behind it."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest
import uuid
from types import TracebackType

import sluice
from sluice import Problem, SpaceError

PATIENCE = 60.0


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
