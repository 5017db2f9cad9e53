"""The store: what the rest of the program sees of all this."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from crashlight.adapters.postgres.background import DatabaseThread
from crashlight.adapters.postgres.entries import (
    AnswerEntry,
    Entry,
    EventEntry,
    FixEntry,
    SecurityEntry,
    occurrence_entry,
    row,
)
from crashlight.adapters.postgres.journal import Journal
from crashlight.adapters.postgres.memory import Answered, Memory
from crashlight.adapters.postgres.tally import STATE_OF
from crashlight.domain import Check, Explanation, Exposure, FeedbackEvent, Fix, GroupHistory, Occurrence
from crashlight.ports import AnswerKey, SecurityEvent
from crashlight.settings import Settings
from crashlight.settings.paths import home
from crashlight.settings.schema import DatabaseSettings, FeedbackSettings

if TYPE_CHECKING:
    from crashlight.adapters.postgres.database import Database

R = TypeVar("R")

READ_S = 0.5
"""How long a question waits for a database that is there; after that, what this process knows has to do."""

CLOSE_S = 5.0


def open_store(settings: Settings) -> "PostgresStore":
    """The store of these settings. Nothing is started before it is used."""
    return PostgresStore(settings.database, settings.feedback)


class PostgresStore:
    """``ports.Store`` on PostgreSQL: every write is in the journal on disk first, and nothing waits for the database.

    ``data_home`` and ``journal_folder`` are for tests.
    """

    def __init__(
        self,
        database: DatabaseSettings,
        feedback: FeedbackSettings,
        data_home: Path | None = None,
        journal_folder: Path | None = None,
    ) -> None:
        self._feedback = feedback
        self._journal = Journal(journal_folder or home("state") / "journal")
        self._memory = Memory()
        self._listeners: list[Callable[[frozenset[str]], None]] = []
        self._thread = DatabaseThread(database, data_home or home("data"), self._journal, self._memory, self._tell)

    # ---------------------------------------------------------------- writing

    def record(self, event: FeedbackEvent) -> None:
        """On the disk before it returns. With feedback switched off, only what changes a group's state is kept."""
        if self._feedback.enabled or event.kind in STATE_OF:
            self._write([EventEntry(event)])
            self._tell(frozenset({event.fingerprint}))

    def record_occurrences(self, occurrences: Sequence[Occurrence], workspace: str | None) -> None:
        from crashlight.sources.redaction import scrub

        entries: list[Entry] = []
        for occurrence in occurrences:
            found = occurrence_entry(occurrence, workspace, scrub)
            if not occurrence.partial and self._memory.is_new(found.id):
                entries.append(found)
        if entries:
            self._write(entries)

    def record_fix(self, fingerprint: str, fix: Fix) -> None:
        self._write([FixEntry(fingerprint, fix, time.time())])

    def record_security(self, event: SecurityEvent) -> None:
        self._write([SecurityEntry(str(uuid.uuid4()), event)])

    def record_answer(self, key: AnswerKey, explanation: Explanation, fixes: Sequence[Fix]) -> None:
        self._memory.remember_answer(key, (explanation, tuple(fixes)))
        self._write([AnswerEntry(key, explanation, tuple(fixes), time.time())])

    # ---------------------------------------------------------------- reading

    async def answer(self, key: AnswerKey) -> Answered | None:
        at_hand = self._memory.answer(key)
        if at_hand is not None:
            return at_hand

        async def read(database: "Database") -> Answered | None:
            from crashlight.adapters.postgres.reading import answer

            async with database.transaction() as connection:
                return await answer(connection, key)

        found = await self._ask(read)
        if found is not None:
            self._memory.remember_answer(key, found)
        return found

    async def histories(self, fingerprints: Sequence[str]) -> dict[str, GroupHistory]:
        wanted = list(dict.fromkeys(fingerprints))
        self._memory.ask(wanted)

        async def read(database: "Database") -> None:
            from crashlight.adapters.postgres.reading import histories

            async with database.transaction() as connection:
                self._memory.learn(await histories(connection, wanted))

        if wanted:
            await self._ask(read)
        return self._memory.histories(wanted)

    async def exposures(self, family: str) -> Sequence[Exposure]:
        async def read(database: "Database") -> list[Exposure]:
            from crashlight.adapters.postgres.exposing import exposures

            async with database.transaction() as connection:
                return await exposures(connection, family)

        return await self._ask(read) or ()

    def on_change(self, listener: Callable[[frozenset[str]], None]) -> None:
        """Where it is called from a running loop, ``listener`` is called there; else in the thread of the change."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._listeners.append(listener)
        else:
            self._listeners.append(lambda changed: _call_in(loop, listener, changed))
        self._thread.start()

    # ---------------------------------------------------------------- the rest

    async def ready(self, timeout_s: float) -> bool:
        """Wait until the database is there, or is known to be away; whether it is there."""
        self._thread.start()
        await _until(lambda: self._thread.state in {"ready", "down"}, timeout_s)
        return self._thread.state == "ready"

    async def flush(self, timeout_s: float) -> bool:
        self._thread.start()
        await asyncio.to_thread(self._journal.adopt)
        self._thread.wake()
        return await _until(lambda: self._thread.state != "starting" and self._journal.waiting == 0, timeout_s)

    def checks(self) -> list[Check]:
        from crashlight.adapters.postgres.health import checks

        return checks(self._thread, self._journal)

    async def close(self) -> None:
        """Write what can be written at once, and leave the server; what is left waits in the journal."""
        await asyncio.to_thread(self._thread.close, CLOSE_S)
        self._journal.close()

    # ---------------------------------------------------------------- helpers

    def _write(self, entries: Sequence[Entry]) -> None:
        self._memory.note(entries)
        self._journal.append(row(one) for one in entries)
        self._thread.start()
        self._thread.wake()

    async def _ask(self, work: "Callable[[Database], Coroutine[Any, Any, R]]") -> R | None:
        """The answer of the database; None without one. No fault of the database reaches the caller."""
        self._thread.start()
        future = self._thread.submit(work)
        if future is None:
            return None
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), READ_S)
        except asyncio.CancelledError:
            raise
        except Exception:  # the thread finds the fault out by itself and says it in checks()
            return None

    def _tell(self, changed: frozenset[str]) -> None:
        for listener in self._listeners:
            listener(changed)


async def _until(fact: Callable[[], bool], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while not fact() and time.monotonic() < deadline:  # noqa: ASYNC110  # the fact is made true in another thread
        await asyncio.sleep(0.01)
    return fact()


def _call_in(
    loop: asyncio.AbstractEventLoop, listener: Callable[[frozenset[str]], None], changed: frozenset[str]
) -> None:
    with contextlib.suppress(RuntimeError):  # that loop has ended
        loop.call_soon_threadsafe(listener, changed)
