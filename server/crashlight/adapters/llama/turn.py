"""One decode at a time on a machine: several servers (one a window) would only slow each other down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import fasteners

from crashlight.settings.paths import home, private_folder

PAUSE_S = 0.02


@asynccontextmanager
async def turn() -> AsyncIterator[None]:
    """Hold the machine's one turn. The kernel gives it back when this process ends, however it ends."""
    lock = fasteners.InterProcessLock(private_folder(home("state")) / "inference.lock")
    while not lock.acquire(blocking=False):  # noqa: ASYNC110, who holds it is another process
        await asyncio.sleep(PAUSE_S)
    try:
        yield
    finally:
        lock.release()
