"""How a load of Python's is driven, as the JVMs of the other sides are:

    warm MILLIS  ->  the nanoseconds of an operation, after having done it for that long
    run COUNT    ->  what the load returned, and the metrics of an operation
"""

import resource
import sys
import time


def drive(once, batch=1, settle=lambda: None, trips=()):
    """Obeys until the input ends.

    once: takes the number of operations, and returns a value that depends on it only
    batch: the least number of operations
    settle: what ends the warm-up
    trips: a list that gets the nanoseconds of each operation, of loads that time them
    """
    for line in sys.stdin:
        order, number = line.split()
        if order == "warm":
            print(_warm_up(once, int(number) * 1_000_000, batch, settle), flush=True)
        else:
            print(_sample(once, int(number), trips), flush=True)


def _warm_up(once, nanos, batch, settle):
    start = time.perf_counter_ns()
    operations = batch
    while True:
        before = time.perf_counter_ns()
        once(operations)
        after = time.perf_counter_ns()
        if after - start >= nanos:
            settle()
            return (after - before) / operations
        if after - before < nanos / 8:
            operations *= 2


def _sample(once, operations, trips):
    if trips:
        trips.clear()
    user = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    start = time.perf_counter_ns()
    check = once(operations)
    wall = time.perf_counter_ns() - start
    user = (resource.getrusage(resource.RUSAGE_SELF).ru_utime - user) * 1e9
    answer = f"{check} WALL={wall / operations} USER_CPU={user / operations}"
    if trips:
        trips.sort()
        answer += f" LATENCY={trips[len(trips) // 2]} LATENCY_99={trips[int(len(trips) * 0.99)]}"
    return answer
