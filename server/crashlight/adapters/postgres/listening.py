"""What other servers change, within a second: LISTEN on a connection of its own, outside the pool.

A notice is only a hint. What changed is read from the table ``changes``, from the oldest transaction
that was running at the last reading; also after a reconnect, and every half minute without any notice.
"""

from collections.abc import Awaitable, Callable

import psycopg

from crashlight.adapters.postgres.connecting import connect_arguments
from crashlight.adapters.postgres.database import Database
from crashlight.adapters.postgres.locked_groups import CHANNEL
from crashlight.adapters.postgres.reading import changed_since, horizon

LOOK_S = 30.0

OnChanged = Callable[[dict[str, bool]], Awaitable[None]]
"""Called with fingerprints, and for each whether another server changed it."""


class Listener:
    """Reads changes until its connection breaks. ``since`` outlives the connection."""

    def __init__(self, server: str, on_changed: OnChanged) -> None:
        self._server = server
        self._on_changed = on_changed
        self._since: str | None = None

    async def listen(self, database: Database, on_ready: Callable[[], Awaitable[None]]) -> None:
        """Listen for ever. Raises psycopg.Error and SQLAlchemyError when the connection breaks."""
        connection = await psycopg.AsyncConnection.connect(
            database.address.libpq(),
            autocommit=True,
            **connect_arguments({"idle_session_timeout": "0"}),  # type: ignore[arg-type]  # keyword arguments of libpq
        )
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            await self._look(database)
            await on_ready()
            while True:
                async for _ in connection.notifies(timeout=LOOK_S, stop_after=1):
                    pass
                await self._look(database)

    def forget(self) -> None:
        """The database was replaced: its transactions are numbered anew."""
        self._since = None

    async def _look(self, database: Database) -> None:
        async with database.transaction() as connection:
            # The horizon is taken first: what commits between the two readings is read twice, never missed.
            since, self._since = self._since, await horizon(connection)
            changed = {} if since is None else await changed_since(connection, since, self._server)
        if changed:
            await self._on_changed(changed)
