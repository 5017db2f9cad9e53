"""How handlers are called: a short pause in which a cancel can still arrive, and a table of how long each took."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from crashlight.lsp.session import Session
from crashlight.observe.latency import LatencyTable

PAUSE_S = 0.002  # a cancel that was sent right behind the request arrives within it


def request(
    session: Session, table: LatencyTable, method: str, handler: Callable[[Session, Any], Awaitable[Any]]
) -> Callable[[Any], Awaitable[Any]]:
    """A handler that pygls can call: awaited, cancellable before it costs anything, timed."""

    async def handle(params: Any) -> Any:
        started = time.perf_counter()
        try:
            await asyncio.sleep(PAUSE_S)
            return await handler(session, params)
        finally:
            table.add(method, time.perf_counter() - started)

    return handle
