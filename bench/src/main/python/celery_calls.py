"""Empty calls of the suite `ipc` by Celery: a worker with two processes, and a Redis of its own between, which keeps
nothing on disk. Driven as driving.py says.

usage: celery_calls.py IN-FLIGHT, how many calls have been sent and not been waited for, at most
"""

import collections
import contextlib
import gc
import os
import subprocess
import sys
import tempfile
import time

import celery
from driving import drive

WORKERS = 2
NUMBERS = 1000
PATIENCE_SECONDS = 30

app = celery.Celery("celery_calls")
app.conf.worker_hijack_root_logger = False


def use(directory):
    redis = "redis+socket://" + os.path.join(directory, "socket")
    app.conf.update(broker_url=redis, result_backend=redis)


@app.task(name="same")
def same(number):
    return number


def calls(in_flight, operations):
    total = 0
    tasks = collections.deque()
    for i in range(operations):
        if len(tasks) == in_flight:
            total += tasks.popleft().get()
        tasks.append(same.delay(i % NUMBERS))
    return total + sum(task.get() for task in tasks)


@contextlib.contextmanager
def running(directory, *command):
    """Runs a command meanwhile; what it says is shown if it ended by itself."""
    with open(os.path.join(directory, "said-by-" + os.path.basename(command[0])), "w+") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            yield
        finally:
            if process.poll() is not None:
                said.seek(0)
                sys.stderr.write(said.read())
            process.terminate()
            process.wait()


def redis(directory):
    socket = os.path.join(directory, "socket")
    return running(directory, "redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--dir", directory)


def await_socket(directory):
    end = time.monotonic() + PATIENCE_SECONDS
    while not os.path.exists(os.path.join(directory, "socket")):
        if time.monotonic() > end:
            sys.exit("celery_calls.py: redis-server has no socket after %d s" % PATIENCE_SECONDS)
        time.sleep(0.01)


def main():
    if sys.argv[1] == "worker":
        use(sys.argv[2])
        app.worker_main(["worker", "--concurrency=%d" % WORKERS, "--loglevel=error"])
        return
    with tempfile.TemporaryDirectory() as directory, redis(directory):
        await_socket(directory)
        use(directory)
        with running(directory, sys.executable, __file__, "worker", directory):
            same.delay(0).get(timeout=PATIENCE_SECONDS)
            drive(lambda operations: calls(int(sys.argv[1]), operations))
            gc.collect()  # results say goodbye to Redis while it is there


main()
