"""A proxy on loopback that makes every byte late, in a process of its own.

    python latency.py TARGET_PORT ROUND_TRIP_MS

prints its port. Half of the round trip is added to each direction, and a whole one to a new
connection, for TCP's own handshake. There is no limit on bandwidth.
"""

import asyncio
import contextlib
import subprocess
import sys
from pathlib import Path


@contextlib.contextmanager
def delayed(port, round_trip_ms):
    """Yield the port of a proxy to ``port``; with 0 ms there is none."""
    if not round_trip_ms:
        yield port
        return
    command = [sys.executable, Path(__file__), str(port), str(round_trip_ms)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


async def serve(port, seconds):
    server = await asyncio.start_server(
        lambda reader, writer: connection(reader, writer, port, seconds), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def connection(reader, writer, port, seconds):
    await asyncio.sleep(seconds)
    upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(
        pump(reader, upstream_writer, seconds / 2), pump(upstream_reader, writer, seconds / 2)
    )


async def pump(reader, writer, seconds):
    """Pass on what comes, each piece late by so much; pieces do not wait for each other."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            loop.call_later(seconds, writer.write, data)
    loop.call_later(seconds, writer.close)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000))
