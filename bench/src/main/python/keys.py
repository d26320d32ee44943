"""Gets and puts of the suite `ipc` by a dictionary of a multiprocessing Manager, driven as driving.py says. As the
namespace's, its keys take turns, and what was put last is looked at.

usage: keys.py get|put
"""

import multiprocessing
import sys

from driving import drive

NAMES = [f"key{i}" for i in range(64)]
BYTES = 64


def get(shared, operations):
    return sum(len(shared[NAMES[i % len(NAMES)]]) for i in range(operations))


def put(shared, operations):
    for i in range(operations):
        shared[NAMES[i % len(NAMES)]] = bytes([i % 100]) * BYTES
    return shared[NAMES[(operations - 1) % len(NAMES)]][0]


def main():
    with multiprocessing.get_context("fork").Manager() as manager:
        shared = manager.dict({name: bytes(BYTES) for name in NAMES})
        load = get if sys.argv[1] == "get" else put
        drive(lambda operations: load(shared, operations))


main()
