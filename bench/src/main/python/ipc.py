"""The messages of the suite `ipc` by Python's multiprocessing, driven as driving.py says.

usage: ipc.py pipe|queue BYTES stream|echo
"""

import multiprocessing
import sys
import time

from driving import drive


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


def run(wire, message, echo, operations, trips):
    wire.send(b"%d %d" % (operations, echo))
    total = 0
    sent = time.perf_counter_ns()
    for _ in range(operations):
        wire.send(message)
        if echo:
            total += len(wire.receive())
            received = time.perf_counter_ns()
            trips.append(received - sent)
            sent = received
    if not echo:
        wire.receive()
        total = operations * len(message)
    return total


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
    trips = []
    drive(lambda operations: run(wire, message, echo, operations, trips), trips=trips)


main()
