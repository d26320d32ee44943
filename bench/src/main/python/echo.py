"""The echo servers of the suite `net` on asyncio: protocols with callbacks, its fastest way.

Says its port, and answers each line with 0: what it costs is measured from outside. Ends with its input.

usage: echo.py asyncio|uvloop
"""

import asyncio
import socket
import sys


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data):
        self.transport.write(data)


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    ended = loop.create_future()

    def order():
        if sys.stdin.readline():
            print(0, flush=True)
        elif not ended.done():
            ended.set_result(None)

    loop.add_reader(sys.stdin, order)
    await ended
    loop.remove_reader(sys.stdin)


def main():
    if sys.argv[1] == "uvloop":
        import uvloop

        uvloop.install()
    asyncio.run(serve())


main()
