"""A database that is there: a pool, transactions with retries, and what went wrong in words."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import psycopg
import stamina
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import QueuePool

from crashlight.adapters.postgres.connecting import Address, engine
from crashlight.adapters.postgres.entries import Entry
from crashlight.adapters.postgres.errors import DatabaseUnavailable
from crashlight.adapters.postgres.writing import write

Fault = Literal["again", "row", "away", "refused"]


@dataclass(slots=True)
class PoolMetrics:
    """What the pool did so far. Times are in seconds."""

    size: int
    in_use: int = 0
    handed_out: int = 0
    waited_s: float = 0.0
    longest_wait_s: float = 0.0
    retries: int = 0


class Database:
    """One database, used from the database thread's loop."""

    def __init__(self, address: Address, pool_size: int, server: str) -> None:
        self.address = address
        self._server = server
        self._engine = engine(address, pool_size)
        self._metrics = PoolMetrics(pool_size)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A connection of the pool within a transaction, which is committed at the end."""
        asked = time.monotonic()
        async with self._engine.begin() as connection:
            waited = time.monotonic() - asked
            self._metrics.handed_out += 1
            self._metrics.waited_s += waited
            self._metrics.longest_wait_s = max(self._metrics.longest_wait_s, waited)
            yield connection

    async def write(self, entries: Sequence[Entry]) -> None:
        """Write entries in one transaction; deadlocks and serialisation failures are tried again."""
        async for attempt in stamina.retry_context(on=_is_worth_another_try, attempts=6, wait_initial=0.02):
            with attempt:
                self._metrics.retries += attempt.num > 1
                async with self.transaction() as connection:
                    await write(connection, entries, self._server)

    def metrics(self) -> PoolMetrics:
        """The pool now."""
        pool = self._engine.pool
        self._metrics.in_use = pool.checkedout() if isinstance(pool, QueuePool) else 0
        return self._metrics

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


def fault(error: Exception) -> Fault:
    """What kind of fault it is.

    ``again``: the same transaction may work now. ``row``: the data cannot be stored, ever. ``away``: the
    server is not reachable, or full, or shutting down. ``refused``: everything of this kind will fail
    until a person changes something (a missing right, a missing table).
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = (cause.sqlstate or "") if isinstance(cause, psycopg.Error) else ""
    if state in {"40001", "40P01"}:
        return "again"
    if state[:2] in {"22", "23", "54"} or (isinstance(cause, psycopg.DataError | UnicodeError) and not state):
        return "row"
    if not state or state[:2] in {"08", "25", "40", "53", "55", "57", "58", "XX"}:
        return "away"
    return "refused"


def in_words(error: Exception, address: Address) -> DatabaseUnavailable:
    """The error for the user; no password is in it."""
    if isinstance(error, DatabaseUnavailable):
        return error
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = " ".join(str(cause).split()) or type(cause).__name__
    state = (cause.sqlstate or "") if isinstance(cause, psycopg.Error) else ""
    if state.startswith("53") or "No space left" in said:
        return DatabaseUnavailable("the database's disk is full", "Free some space; nothing is lost meanwhile.")
    if state == "42501":
        return DatabaseUnavailable(
            f"the database role lacks a right: {said}",
            "Ask an administrator to run what 'crashlight db grant' prints.",
            permanent=True,
        )
    if address.embedded:
        return DatabaseUnavailable(f"the embedded database does not answer: {said}", "It is started again by itself.")
    return DatabaseUnavailable(
        f"{address} cannot be used: {said}",
        "Check that the server runs and that database.url is right. What you do waits in the journal.",
    )


def _is_worth_another_try(error: Exception) -> bool:
    return isinstance(error, SQLAlchemyError) and fault(error) == "again"
