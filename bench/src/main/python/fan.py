"""Items of the suite `ipc` from some processes to others by multiprocessing's JoinableQueue, driven as driving.py says.
Who puts or takes alone is this process.

usage: fan.py PUTTERS TAKERS
"""

import multiprocessing
import sys

from driving import drive

BYTES = 64
CAPACITY = 1024


def put(items, count):
    item = bytes(BYTES)
    for _ in range(count):
        items.put(item)


def take(items, count):
    for _ in range(count):
        items.get()
        items.task_done()


def puts(items, orders):
    while True:
        put(items, orders.get())
        orders.task_done()


def takes(items):
    while True:
        take(items, 1)


def run(items, orders, putters, takers, operations):
    if putters == 1:
        put(items, operations)
    else:
        for _ in range(putters):
            orders.put(operations // putters)
    if takers == 1:
        take(items, operations)
    orders.join()
    items.join()
    return operations


def main():
    putters, takers = int(sys.argv[1]), int(sys.argv[2])
    context = multiprocessing.get_context("fork")
    items, orders = context.JoinableQueue(CAPACITY), context.JoinableQueue()
    for _ in range(putters if putters > 1 else 0):
        context.Process(target=puts, args=(items, orders), daemon=True).start()
    for _ in range(takers if takers > 1 else 0):
        context.Process(target=takes, args=(items,), daemon=True).start()
    drive(lambda operations: run(items, orders, putters, takers, operations), batch=putters)


main()
