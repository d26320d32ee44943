"""The other process of messages between Java and Python: as the class Partner.

usage: partner.py pipe|unix PLACE
"""

import os
import socket
import struct
import sys
import threading

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "..")
sys.path.insert(0, os.path.join(ROOT, "clients", "python"))

import sluice  # noqa: E402
import sluice.codec  # noqa: E402


class Unix:
    """Each message behind its length."""

    def __init__(self, place):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(f"/tmp/{place}.sock")
        self.come = b""

    def send(self, message):
        self.socket.sendall(struct.pack(">i", len(message)) + message)

    def receive(self):
        return self.take(struct.unpack(">i", self.take(4))[0])

    def take(self, count):
        while len(self.come) < count:
            more = self.socket.recv(1 << 18)
            if not more:
                raise EOFError("receive")
            self.come += more
        taken, self.come = self.come[:count], self.come[count:]
        return taken


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


def main():
    threading.Thread(target=end_with_parent, daemon=True).start()
    kind, place = sys.argv[1:]
    if kind == "pipe":
        wire = sluice.Space(f"shm:{place}").pipe("pipe", codec=sluice.codec.raw)
    else:
        wire = Unix(place)
    while True:
        count, echo = struct.unpack(">qi", wire.receive())
        for _ in range(count):
            message = wire.receive()
            if echo:
                wire.send(message)
        if not echo:
            wire.send(bytes(8))


main()
