"""One decode at a time on a machine: several servers (one a window) would only slow each other down."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO

from crashlight.settings.paths import home, private_folder

PAUSE_S = 0.02


@asynccontextmanager
async def turn() -> AsyncIterator[None]:
    """Hold the machine's one turn. The kernel gives it back when this process ends, however it ends."""
    path = private_folder(home("state")) / "inference.lock"
    with path.open("ab") as file:
        while not _take(file):  # noqa: ASYNC110, who holds it is another process
            await asyncio.sleep(PAUSE_S)
        yield  # closing the file gives the turn back


def _take(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            # Unlike lockf, this also excludes another holder in the same process.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
