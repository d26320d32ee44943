"""The Python end in a process of its own, for tests: runs each line of standard input, and answers with a line.

    > jobs = space.queue("jobs")
    ok None
    > jobs.take(5).item
    ok 'report'
    > space.lock("jobs")
    error SpaceError MISMATCH open /dev/shm/…

`late(use)` says whether it ended by its timeout. `killed(step, work)` runs `work(space)` in a child that kills itself
before its access number `step` to shared memory.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import sluice
from sluice import _memory


def killed(step: int, work: Callable[[sluice.Space], None]) -> bool:
    """Whether it came so far."""
    child = os.fork()
    if child == 0:
        try:
            _die_before(step)
            opened = sluice.Space(space.address)
            work(opened)
            opened.close()
            os._exit(0)
        except BaseException as failed:
            print(f"child: {failed!r}", file=sys.stderr, flush=True)
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return True
    if os.WEXITSTATUS(status) != 0:
        raise RuntimeError("child: it failed")
    return False


def _die_before(step: int) -> None:
    """What others can see of a process are its changes of the memory, and its system calls."""
    left = step

    def dying(change: Callable[..., object]) -> Callable[..., object]:
        def instead(*arguments: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*arguments)

        return instead

    for name in ("store", "add", "compare_and_set", "compare_and_set4", "write", "wake"):
        setattr(_memory.Memory, name, dying(getattr(_memory.Memory, name)))


def late(use: Callable[[], object]) -> bool:
    """Whether the time of something was over."""
    try:
        use()
        return False
    except TimeoutError:
        return True


space = sluice.Space(sys.argv[1])
names = {"sluice": sluice, "space": space, "killed": killed, "late": late, "os": os, "signal": signal}
for line in sys.stdin:
    try:
        try:
            answer = f"ok {eval(line, names)!r}"
        except SyntaxError:
            exec(line, names)
            answer = "ok None"
    except sluice.SpaceError as failed:
        answer = f"error SpaceError {failed.problem.name} {failed}"
    except Exception as failed:
        answer = f"error {type(failed).__name__} {failed}"
    print(answer.replace("\n", " "), flush=True)
