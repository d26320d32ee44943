"""The loads of the suites `channel` and `sync` on asyncio, driven line by line (driving.py).

usage: peers.py SHAPE CAPACITY [COUNT]; asyncio has no rendezvous: a capacity is 1 or more, 0 is unlimited.
"""

import asyncio
import gc
import sys

import driving

BATCH = 200  # what each load divides


async def send(queue, operations):
    for i in range(operations):
        await queue.put(i & 127)


async def receive(queue, operations):
    total = 0
    for _ in range(operations):
        total += await queue.get()
    return total


async def stream(capacity, _, operations):
    queue = asyncio.Queue(capacity)
    sender = asyncio.create_task(send(queue, operations))
    total = await receive(queue, operations)
    await sender
    return total


async def select(capacity, count, operations):
    queues = [asyncio.Queue(capacity) for _ in range(count)]
    senders = [asyncio.create_task(send(queue, operations // count)) for queue in queues]
    getting = {asyncio.create_task(queue.get()): queue for queue in queues}
    left = operations
    total = 0
    while left:
        done, _ = await asyncio.wait(getting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            total += task.result()
            left -= 1
            queue = getting.pop(task)
            getting[asyncio.create_task(queue.get())] = queue
    for task in getting:
        task.cancel()
    await asyncio.gather(*getting, return_exceptions=True)
    await asyncio.gather(*senders)
    return total


async def ping_pong(capacity, _, operations):
    words, answers = asyncio.Queue(capacity), asyncio.Queue(capacity)

    async def answer():
        total = 0
        for _ in range(operations // 2):
            word = await words.get()
            await answers.put(word)
            total += word
        return total

    answering = asyncio.create_task(answer())
    total = 0
    for i in range(operations // 2):
        await words.put(i & 127)
        total += await answers.get()
    return total + await answering


async def fan_in(capacity, count, operations):
    queue = asyncio.Queue(capacity)
    senders = [asyncio.create_task(send(queue, operations // count)) for _ in range(count)]
    total = await receive(queue, operations)
    await asyncio.gather(*senders)
    return total


async def broadcast(capacity, count, operations):
    queues = [asyncio.Queue(capacity) for _ in range(count)]
    receivers = [asyncio.create_task(receive(queue, operations)) for queue in queues]
    for i in range(operations):
        for queue in queues:
            await queue.put(i & 127)
    return sum(await asyncio.gather(*receivers))


async def hand_over(permits, _, operations):
    turn = asyncio.Semaphore(permits) if permits else asyncio.Lock()

    async def play():
        for _ in range(operations // 2):
            await turn.acquire()
            turn.release()
        return operations // 2

    await turn.acquire()
    players = [asyncio.create_task(play()) for _ in range(2)]
    await asyncio.sleep(0)  # both wait
    turn.release()
    return sum(await asyncio.gather(*players))


SHAPES = {
    "stream": stream,
    "select": select,
    "ping-pong": ping_pong,
    "fan-in": fan_in,
    "broadcast": broadcast,
    "hand-over": hand_over,  # its capacity: 0 a lock, 1 a semaphore
}


def main():
    shape = SHAPES[sys.argv[1]]
    capacity = int(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with asyncio.Runner() as runner:

        def run(operations):
            return runner.run(shape(capacity, count, operations))

        driving.drive(run, batch=BATCH, settle=gc.collect)


main()
