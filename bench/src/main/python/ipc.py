"""The loads of the suite `ipc` by Python's multiprocessing, driven as the JVMs of the other sides are:

    warm MILLIS  ->  the nanoseconds of an operation, after having done it for that long
    run COUNT    ->  what the load returned, and the metrics of an operation

usage: ipc.py pipe|queue BYTES stream|echo
"""

import multiprocessing
import resource
import sys
import time


class Pipe:
    def __init__(self, connection):
        self.send = connection.send_bytes
        self.receive = connection.recv_bytes


class Queue:
    def __init__(self, out, back):
        self.send = out.put
        self.receive = back.get


def partner(wire_of, ends):
    wire = wire_of(*ends)
    while True:
        count, echo = wire.receive().split()
        for _ in range(int(count)):
            message = wire.receive()
            if echo == b"1":
                wire.send(message)
        if echo == b"0":
            wire.send(b"done")


def run(wire, message, echo, operations):
    wire.send(b"%d %d" % (operations, echo))
    total = 0
    for _ in range(operations):
        wire.send(message)
        if echo:
            total += len(wire.receive())
    if not echo:
        wire.receive()
        total = operations * len(message)
    return total


def warm_up(once, nanos):
    start = time.perf_counter_ns()
    operations = 1
    while True:
        before = time.perf_counter_ns()
        once(operations)
        after = time.perf_counter_ns()
        if after - start >= nanos:
            return (after - before) / operations
        if after - before < nanos / 8:
            operations *= 2


def sample(once, operations):
    user = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    start = time.perf_counter_ns()
    check = once(operations)
    wall = time.perf_counter_ns() - start
    user = (resource.getrusage(resource.RUSAGE_SELF).ru_utime - user) * 1e9
    return f"{check} WALL={wall / operations} USER_CPU={user / operations}"


def main():
    kind, message, echo = sys.argv[1], b"x" * int(sys.argv[2]), sys.argv[3] == "echo"
    context = multiprocessing.get_context("fork")
    if kind == "pipe":
        mine, theirs = context.Pipe()
        wire_of, ends, wire = Pipe, (theirs,), Pipe(mine)
    else:
        there, back = context.Queue(1024), context.Queue(1024)
        wire_of, ends, wire = Queue, (back, there), Queue(there, back)
    context.Process(target=partner, args=(wire_of, ends), daemon=True).start()
    for line in sys.stdin:
        order, number = line.split()
        once = lambda operations: run(wire, message, echo, operations)
        answer = warm_up(once, int(number) * 1_000_000) if order == "warm" else sample(once, int(number))
        print(answer, flush=True)


main()
