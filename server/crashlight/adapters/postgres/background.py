"""The database thread: it finds the database, feeds it from the journal, and listens to it.

All of SQLAlchemy, psycopg and Alembic is loaded and used in here, on a loop of its own: the language
server's loop never waits for a database, and psycopg cannot use the loop that is Windows' default.
"""

import asyncio
import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from crashlight.adapters.postgres.entries import Entry, entry
from crashlight.adapters.postgres.errors import DatabaseUnavailable
from crashlight.adapters.postgres.journal import Journal, Row
from crashlight.adapters.postgres.memory import Memory
from crashlight.settings.schema import DatabaseSettings

if TYPE_CHECKING:
    from crashlight.adapters.postgres.database import Database
    from crashlight.adapters.postgres.health import Figures
    from crashlight.adapters.postgres.listening import Listener
    from crashlight.adapters.postgres.servers import Server

State = Literal["idle", "starting", "ready", "down", "closed"]
R = TypeVar("R")

BATCH_ROWS = 500
ADOPT_S = 30.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 10.0
"""A database that was there this long and goes away is looked for at once; one that comes and goes, ever less often."""
REMOVE_AFTER_S = 300.0
DAY_S = 86_400.0
LOOK_S = 300.0

log = logging.getLogger("crashlight.database")


class DatabaseThread:
    """Runs from the first :meth:`start` to :meth:`close`, through all faults of the database."""

    def __init__(
        self,
        settings: DatabaseSettings,
        data_home: Path,
        journal: Journal,
        memory: Memory,
        on_changed: Callable[[frozenset[str]], None],
    ) -> None:
        self.state: State = "idle"
        self.trouble: DatabaseUnavailable | None = None
        self.database: Database | None = None
        self.server: Server | None = None
        self.figures: Figures | None = None
        self._settings = settings
        self.data_home = data_home
        self._journal = journal
        self._memory = memory
        self._on_changed = on_changed
        self._id = str(uuid.uuid4())
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()
        self._closing = threading.Event()
        self._remove_at = time.monotonic() + REMOVE_AFTER_S
        self._look_at = 0.0
        self._said = ""

    # ---------------------------------------------------------------- from any thread

    def start(self) -> None:
        """Begin, if that was not done before. Returns at once."""
        with self._guard:
            if self._thread is None and not self._closing.is_set():
                self.state = "starting"
                self._thread = threading.Thread(target=self._main, name="crashlight-database", daemon=True)
                self._thread.start()

    def wake(self) -> None:
        """There is something in the journal."""
        self._call(self._wake.set)

    def submit(self, work: "Callable[[Database], Coroutine[Any, Any, R]]") -> "Future[R] | None":
        """Run ``work`` with the database, on the thread's loop; None while there is no database."""
        database, loop = self.database, self._loop
        if self.state != "ready" or database is None or loop is None or loop.is_closed():
            return None
        return asyncio.run_coroutine_threadsafe(work(database), loop)

    def close(self, timeout_s: float) -> None:
        """Stop, and leave the server. After ``timeout_s`` the thread is left to itself: it keeps nothing alive."""
        self._closing.set()
        self.wake()
        with self._guard:
            thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        self.state = "closed"

    # ---------------------------------------------------------------- on the thread

    def _main(self) -> None:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(self._live())

    async def _live(self) -> None:
        from crashlight.adapters.postgres.listening import Listener

        self._loop = asyncio.get_running_loop()
        listener = Listener(self._id, self._changed)
        pause = FIRST_PAUSE_S / 2
        while not self._closing.is_set():
            begun = time.monotonic()
            try:
                await self._serve(listener)
            except DatabaseUnavailable as error:
                pause = FIRST_PAUSE_S if time.monotonic() - begun > STEADY_S else min(LONGEST_PAUSE_S, pause * 2)
                self._is_down(error)
                await self._rest(LONGEST_PAUSE_S if error.permanent else pause)
            except Exception as error:
                # Nobody foresaw it. The thread lives on all the same, since the journal waits for it.
                log.exception("the database cannot be used")
                self._is_down(DatabaseUnavailable(f"{type(error).__name__}: {error}", "See Crashlight's log."))
                await self._rest(LONGEST_PAUSE_S)
        if self.server is not None:
            with contextlib.suppress(Exception):
                self.server.leave()

    async def _serve(self, listener: "Listener") -> None:
        """Find the database and use it until it is gone or we are closing. Raises DatabaseUnavailable."""
        from crashlight.adapters.postgres.database import Database
        from crashlight.adapters.postgres.servers import Server

        self.server = self.server or Server.of(self._settings, self.data_home)
        address = self.server.enter()  # waits: this thread has nothing else to do until the database is there
        database = Database(address, self._settings.pool_size, self._id)
        try:
            await self._use(database, listener)
        finally:
            self.database = None
            if self.state == "ready":
                self.state = "starting"
            with contextlib.suppress(Exception):
                await database.close()

    async def _use(self, database: "Database", listener: "Listener") -> None:
        async def ready() -> None:
            self.database = database
            await self._look(database)
            self.state, self.trouble = "ready", None
            await self._refresh(database)
            self._wake.set()

        listening = asyncio.create_task(listener.listen(database, ready))
        try:
            while not self._closing.is_set():
                waiting = asyncio.create_task(self._wait_for_work())
                await asyncio.wait({waiting, listening}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if listening.done():
                    listening.result()
                self._journal.adopt()
                if self.state == "ready":
                    await self._drain(database)
                    await self._remove_old(database)
                    if time.monotonic() > self._look_at:
                        await self._look(database)
            await self._drain(database)
        except Exception as error:
            raise self._told(error, database) from error
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _wait_for_work(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), ADOPT_S)
        self._wake.clear()

    async def _drain(self, database: "Database") -> None:
        while (batch := self._journal.next_batch()) is not None:
            known: list[tuple[Row, Entry]] = []
            for row in batch.rows:
                try:
                    known.append((row, entry(row)))
                except ValueError as error:  # msgspec.DecodeError is one
                    self._journal.bury(row.body, f"this version of Crashlight cannot read it: {error}")
            for first in range(0, len(known), BATCH_ROWS):
                await self._write(database, known[first : first + BATCH_ROWS])
            self._journal.done(batch)

    async def _write(self, database: "Database", rows: list[tuple[Row, Entry]]) -> None:
        """Write rows; of a batch that is refused the good half goes in, down to the row that is to blame."""
        from crashlight.adapters.postgres.database import fault

        entries = [one for _, one in rows]
        try:
            await database.write(entries)
        except Exception as error:
            if fault(error) != "row":
                raise
            if len(rows) > 1:
                middle = len(rows) // 2
                await self._write(database, rows[:middle])
                await self._write(database, rows[middle:])
            else:
                log.warning("a row of the journal cannot be stored; it was set aside")
                self._journal.bury(rows[0][0].body, f"the database refuses it: {error}")
        else:
            # Nothing comes between the commit and this, so no reading counts these rows twice.
            self._memory.settle(entries)

    async def _look(self, database: "Database") -> None:
        """Figures for ``doctor``, taken now and then so that a check never waits."""
        from crashlight.adapters.postgres.health import Figures

        async with database.transaction() as connection:
            self.figures = await Figures.of(connection)
        self._look_at = time.monotonic() + LOOK_S

    async def _remove_old(self, database: "Database") -> None:
        """One portion at a time, some minutes after the start and then once a day."""
        if time.monotonic() < self._remove_at:
            return
        from crashlight.adapters.postgres.database import fault
        from crashlight.adapters.postgres.retention import remove_old

        try:
            async with database.transaction() as connection:
                removed = await remove_old(connection)
        except Exception as error:
            # A member of a team's server may not remove anything: that is its owner's work.
            if fault(error) != "refused":
                raise
            removed = 0
        self._remove_at = time.monotonic() + (ADOPT_S if removed else DAY_S)

    async def _refresh(self, database: "Database") -> None:
        """What was told while there was no database may be wrong: read it, and tell what differs."""
        fingerprints = self._memory.asked()
        if fingerprints:
            await self._changed(dict.fromkeys(fingerprints, False), database)

    async def _changed(self, changed: dict[str, bool], database: "Database | None" = None) -> None:
        from crashlight.adapters.postgres.reading import histories

        database = database or self.database
        if database is None:
            return
        before = self._memory.histories(changed)
        async with database.transaction() as connection:
            self._memory.learn(await histories(connection, list(changed)))
        after = self._memory.histories(changed)
        news = {name for name, by_another in changed.items() if by_another or before.get(name) != after.get(name)}
        if news:
            self._on_changed(frozenset(news))

    # ---------------------------------------------------------------- helpers

    def _is_down(self, error: DatabaseUnavailable) -> None:
        if error.reason != self._said:
            log.warning("no database: %s", error.reason)
            self._said = error.reason
        self.state, self.trouble = "down", error

    async def _rest(self, seconds: float) -> None:
        """Wait before the next try, or until we are closing."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not self._closing.is_set():
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), left)

    def _told(self, error: Exception, database: "Database") -> DatabaseUnavailable:
        from crashlight.adapters.postgres.database import in_words

        return in_words(error, database.address)

    def _call(self, function: Callable[[], object]) -> None:
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(function)
