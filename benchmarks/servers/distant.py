"""A server that is far away: what it is told and what it answers takes its time each way, on loopback."""

import asyncio
from collections import deque
from contextlib import suppress

DELAY_SECONDS = 0.010
PIECE = 1 << 16


async def _carried(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry bytes one way, each piece so long after it came; how many are under way does not matter."""
    loop = asyncio.get_running_loop()
    under_way: deque[tuple[float, bytes]] = deque()
    came = asyncio.Event()

    async def leave() -> None:
        while True:
            while not under_way:
                came.clear()
                await came.wait()
            at, piece = under_way.popleft()
            await asyncio.sleep(max(at - loop.time(), 0))
            if not piece:
                writer.close()
                return
            writer.write(piece)

    leaving = asyncio.create_task(leave())
    with suppress(OSError):
        while piece := await reader.read(PIECE):
            under_way.append((loop.time() + DELAY_SECONDS, piece))
            came.set()
    under_way.append((loop.time() + DELAY_SECONDS, b""))
    came.set()
    with suppress(OSError):
        await leaving


async def run(port: int, to: int) -> None:
    """Listen on a port of loopback and carry what comes to another one, until it is ended."""

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", to)
        await asyncio.gather(_carried(reader, back), _carried(there, writer))

    server = await asyncio.start_server(met, "127.0.0.1", port, backlog=500)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Run with two ports: where to listen, where to lead."""
    import sys

    import uvloop

    uvloop.run(run(int(sys.argv[1]), int(sys.argv[2])))


if __name__ == "__main__":
    main()
