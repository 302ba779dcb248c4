# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source on the simulator, and a TCP relay that counts connections in between."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

from extensions.eda.plugins.event_source.bonds import Event, main
from lab.process import Running

SEED = Path(__file__).parent / "seed.yml"
USER, PASSWORD, TOKEN = "watch@example.com", "watch-s3cret", "t0ken-of-watch"
SECRETS = (PASSWORD, TOKEN, "d2F0Y2hAZXhhbXBsZS5jb206d2F0Y2gtczNjcmV0")
"""The last one is user and password as Basic authentication sends them."""
FAST = {"interval": 0.05, "bonds_interval": 0.1, "after": 0.2, "quiet": 0.05}
PATIENCE = 20.0


class Source:
    """A running event source.

    :ivar events: those that it has put, and nobody has taken
    """

    def __init__(self, server: Running) -> None:
        self.server = server
        self.events: asyncio.Queue[Event] = asyncio.Queue()

    async def event(self) -> Event:
        """Return the next event."""
        return await asyncio.wait_for(self.events.get(), PATIENCE)

    async def asked(self, path: str, times: int = 1) -> None:
        """Wait until the server has got so many requests whose path ends like this, from now on."""
        self.server.clear_log()
        async with asyncio.timeout(PATIENCE):
            while sum(one["path"].endswith(path) for one in self.server.log()) < times:
                await asyncio.sleep(0.02)

    async def move(self, bond: int, aggregator: int) -> None:
        await control(self.server, "move", bond=bond, aggregator=aggregator)


async def control(server: Running, what: str, **body: Any) -> None:
    await asyncio.to_thread(server.control, "POST", what, body)


@contextlib.asynccontextmanager
async def source(server: Running, **options: Any) -> AsyncIterator[Source]:
    """Run the event source. At the end it must still run: nothing but a wrong option ends it."""
    running = Source(server)
    login = {"api_url": server.url, "api_username": USER, "api_password": PASSWORD}
    task = asyncio.create_task(main(running.events, {**login, **FAST, **options}))
    try:
        yield running
        assert not task.done(), task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@contextlib.asynccontextmanager
async def watching(server: Running, **options: Any) -> AsyncIterator[Source]:
    """Run the event source, from its baseline on."""
    async with source(server, **options) as running:
        await running.asked("/bonds_current/", 2)
        yield running


def run(scenario: Coroutine[Any, Any, None]) -> None:
    """Run a scenario to its end."""
    asyncio.run(asyncio.wait_for(scenario, 3 * PATIENCE))


@contextlib.asynccontextmanager
async def relay(server: Running) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Yield a URL that leads to the server, and the first bytes of each connection that was made to it."""
    connections: list[bytes] = []
    host, port = server.url.rpartition("/")[2].split(":")

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readuntil(b"\r\n\r\n")
        connections.append(first)
        there, onward = await asyncio.open_connection(host, int(port))
        onward.write(first)
        await asyncio.gather(pump(reader, onward), pump(there, writer))

    listener = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}", connections
    finally:
        listener.close()
