"""Empty calls of the suite `ipc` by a ProcessPoolExecutor of two workers, driven as driving.py says.

usage: pool.py IN-FLIGHT, how many calls have been submitted and not been waited for, at most
"""

import collections
import concurrent.futures
import multiprocessing
import sys

from driving import drive

WORKERS = 2
NUMBERS = 1000


def same(number):
    return number


def calls(pool, in_flight, operations):
    total = 0
    tasks = collections.deque()
    for i in range(operations):
        if len(tasks) == in_flight:
            total += tasks.popleft().result()
        tasks.append(pool.submit(same, i % NUMBERS))
    return total + sum(task.result() for task in tasks)


def main():
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        drive(lambda operations: calls(pool, int(sys.argv[1]), operations))


main()
