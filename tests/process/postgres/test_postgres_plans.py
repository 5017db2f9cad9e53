"""No hot path reads a whole table: the plan of each query the product asks, on a database that is full.

The gate looks at 60,000 occurrences; ``CRASHLIGHT_PLAN_ROWS=1000000`` looks at a million, as ``make bench`` does.
"""

import json
import os
import uuid
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.process.postgres.conftest import Databases
from tests.process.postgres.conftest import event as feedback
from tests.process.postgres.conftest import occurrence as found

from crashlight.adapters.postgres import entries, reading, retention, samples, writing
from crashlight.adapters.postgres.database import Database
from crashlight.domain import Edit, Explanation, Fix
from crashlight.ports import AnswerKey, SecurityEvent

pytestmark = pytest.mark.postgres

ROWS = int(os.environ.get("CRASHLIGHT_PLAN_ROWS", "60000"))
SMALL = {"workspaces", "log_sources", "feedback_kinds", "prompt_versions", "models", "plugins", "plugin_runs"}
"""Tables of a few hundred rows, where reading all is the right plan."""

Query = Callable[[AsyncConnection], Awaitable[object]]


def fingerprints(count: int) -> list[str]:
    return [samples.fingerprint(number) for number in range(1, count + 1)]


async def write_everything(connection: AsyncConnection) -> None:
    fix = Fix("fix", "t", "model", (Edit("a", 1, 1, ""),), ())
    key = AnswerKey(samples.fingerprint(5), "excerpt", "small@2", "null@1")
    await writing.write(
        connection,
        [
            entries.occurrence_entry(found(samples.fingerprint(5)), "/work/1", str),
            entries.EventEntry(feedback(fingerprint=samples.fingerprint(6), prompt="null@1", workspace="/work/1")),
            entries.FixEntry(samples.fingerprint(7), fix, 1.0),
            entries.AnswerEntry(key, Explanation("other", 0.5, "", "", "model"), (fix,), 1.0),
            entries.SecurityEntry(str(uuid.uuid4()), SecurityEvent(1.0, "p", "d", 1, "load", "x", "mild", "denied")),
        ],
        str(uuid.uuid4()),
    )


async def changes_of_a_server(connection: AsyncConnection) -> None:
    await reading.changed_since(connection, await reading.horizon(connection), str(uuid.uuid4()))


QUERIES: dict[str, Query] = {
    "histories": lambda c: reading.histories(c, fingerprints(100)),
    "answer": lambda c: reading.answer(c, AnswerKey(samples.fingerprint(9), "excerpt", "small@1", "null@1")),
    "similar groups": lambda c: reading.similar_groups(c, samples.frames(9), 10),
    "latest groups": lambda c: reading.recent_groups(c, 50),
    "next page of groups": lambda c: reading.recent_groups(c, 50, datetime.now(UTC) - timedelta(days=30)),
    "occurrences of a group": lambda c: reading.occurrences_of(c, samples.fingerprint(9), 50),
    "feedback of a week": lambda c: reading.kinds_by_prompt(c, datetime.now(UTC) - timedelta(days=2)),
    "changes": changes_of_a_server,
    "writing": write_everything,
    "removing what is old": retention.remove_old,
}


@pytest.fixture(scope="module", params=["embedded", "debian"])
def full(request: pytest.FixtureRequest):
    """A database with many rows, as each server plans it."""
    import asyncio

    databases: Databases = request.getfixturevalue(request.param)
    address = databases.migrated()

    async def fill() -> None:
        database = Database(address, 1, str(uuid.uuid4()))
        async with database.transaction() as connection:
            await samples.fill(connection, ROWS)
        await database.close()

    asyncio.run(fill())
    with closing(psycopg.connect(address.libpq(), autocommit=True)) as connection:
        connection.execute("VACUUM ANALYZE")
    return address


@pytest.mark.parametrize("name", QUERIES)
async def test_no_hot_path_reads_a_whole_table(full, name: str) -> None:
    database = Database(full, 1, str(uuid.uuid4()))
    statements: list[tuple[str, object]] = []

    def remember(conn, cursor, statement, parameters, context, executemany):
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            statements.append((statement, parameters[0] if executemany else parameters))

    engine = database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", remember)
    async with database.transaction() as connection:
        await QUERIES[name](connection)
        event.remove(engine, "before_cursor_execute", remember)
        await connection.rollback()
    await database.close()
    assert statements
    with closing(psycopg.connect(full.libpq(), options="-c search_path=public")) as connection:
        for statement, parameters in statements:
            ((plan,),) = connection.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters).fetchall()
            assert whole_tables(plan[0]["Plan"]) - SMALL == set(), f"{statement}\n{json.dumps(plan, indent=1)}"
            connection.rollback()


def whole_tables(plan: dict) -> set[str]:
    """Tables that the plan reads from end to end."""
    found = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return found.union(*(whole_tables(part) for part in plan.get("Plans", [])))


def test_a_query_without_an_index_would_be_noticed(full) -> None:
    """The check itself is checked."""
    with closing(psycopg.connect(full.libpq())) as connection:
        query = "EXPLAIN (FORMAT JSON) SELECT * FROM crashlight.occurrences WHERE message = 'x'"
        ((plan,),) = connection.execute(query).fetchall()
    assert whole_tables(plan[0]["Plan"]) == {"occurrences"}
