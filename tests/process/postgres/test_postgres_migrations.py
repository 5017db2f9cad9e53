"""The schema: up from nothing and from every revision with data in it, down again, and never by guesswork."""

import subprocess
import sys
import time
import uuid

import pytest
from alembic import command
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from crashlight.adapters.postgres import entries, learning_tables, migrating, tables
from crashlight.adapters.postgres.columns import metadata
from crashlight.adapters.postgres.connecting import Address
from crashlight.adapters.postgres.database import Database
from crashlight.adapters.postgres.errors import DatabaseUnavailable
from crashlight.domain import Edit, Explanation, Fix
from crashlight.ports import AnswerKey, SecurityEvent

pytestmark = pytest.mark.postgres

REVISIONS = sorted(migrating.known())
ALL_TABLES = {table.name for table in metadata.sorted_tables}
assert tables and learning_tables  # they fill the metadata


def execute(address: Address, statement: str) -> list[tuple]:
    engine = create_engine(address.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def found_tables(address: Address) -> set[str]:
    rows = execute(address, "SELECT tablename FROM pg_tables WHERE schemaname = 'crashlight'")
    return {name for (name,) in rows} - {migrating.VERSION_TABLE}


async def fill(address: Address, make) -> None:
    fix = Fix("fix-1", "Use get", "model", (Edit("a.py", 1, 1, "x\n"),), ("applies",))
    said = Explanation("other", 0.5, "c", "f", "model")
    database = Database(address, 1, str(uuid.uuid4()))
    await database.write(
        [
            entries.occurrence_entry(make.occurrence(), "/w", str),
            entries.EventEntry(make.event(prompt="null@2", model="small@abc", workspace="/w")),
            entries.FixEntry("f", fix, 1.0),
            entries.AnswerEntry(AnswerKey("f", "x", "small@abc", "null@1"), said, (fix,), 2.0),
            entries.SecurityEntry(str(uuid.uuid4()), SecurityEvent(3.0, "bad", "d1", 1, "load", "x", "mild", "denied")),
        ]
    )
    await database.close()


def counts(address: Address) -> dict[str, int]:
    return {name: execute(address, f"SELECT count(*) FROM crashlight.{name}")[0][0] for name in found_tables(address)}


def test_from_nothing(every_server) -> None:
    address = every_server.empty()
    assert migrating.upgrade(address)
    assert found_tables(address) == ALL_TABLES
    assert migrating.revision_of(address) == migrating.head()
    assert not migrating.upgrade(address), "there is nothing left to do"


def test_the_tables_that_the_program_knows_are_those_that_the_migrations_make(every_server) -> None:
    address = every_server.migrated()
    with migrating.sync_engine(address) as engine, engine.connect() as connection:
        command.check(migrating.config(connection))


def test_every_table_and_column_says_what_it_is_for(address) -> None:
    silent = execute(
        address,
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum >= 0"
        " WHERE c.relnamespace = 'crashlight'::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped"
        " AND c.relname <> 'alembic_version' AND col_description(c.oid, a.attnum) IS NULL",
    )
    assert silent == []


def test_every_reference_has_an_index(address) -> None:
    """Else removing a group reads every row that might point to it."""
    bare = execute(
        address,
        "SELECT k.conname FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'crashlight'::regnamespace"
        " AND k.confdeltype <> 'a' AND NOT EXISTS (SELECT 1 FROM pg_index i"
        " WHERE i.indrelid = k.conrelid AND i.indkey[0] = k.conkey[1])",
    )
    assert bare == []


async def test_up_and_down_with_data_from_every_revision(every_server, make) -> None:
    """Filled at the head, taken down to each revision and up again: the core's rows are all still there."""
    address = every_server.migrated()
    await fill(address, make)
    before = counts(address)
    assert before["prompt_versions"] == 2
    for revision in reversed(REVISIONS[:-1]):
        migrating.downgrade(address, revision)
        assert migrating.revision_of(address) == revision
        kept = counts(address)
        assert kept == {name: before[name] for name in kept}
        assert migrating.upgrade(address)
        assert counts(address) == before
    migrating.downgrade(address, "base")
    assert found_tables(address) == set()
    assert migrating.upgrade(address)
    assert found_tables(address) == ALL_TABLES


def test_five_servers_at_once(embedded) -> None:
    address = embedded.empty()
    program = (
        "import sys; from crashlight.adapters.postgres import migrating;"
        "from crashlight.adapters.postgres.connecting import team_address;"
        "print(migrating.upgrade(team_address(sys.argv[1])))"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, address.libpq()], stdout=subprocess.PIPE, text=True)
        for _ in range(5)
    ]
    said = sorted(process.communicate(timeout=120)[0].strip() for process in started)
    assert said == ["False"] * 4 + ["True"]
    assert found_tables(address) == ALL_TABLES


def test_a_failure_in_the_middle_keeps_what_was_done_and_the_next_start_goes_on(embedded, monkeypatch) -> None:
    address = embedded.empty()
    script = migrating._scripts().get_revision(REVISIONS[-1])
    migrating.upgrade(address, to=REVISIONS[0])
    execute(address, "CREATE TABLE crashlight.models (in_the_way int)")
    with pytest.raises(SQLAlchemyError, match="already exists"):
        migrating.upgrade(address)
    assert migrating.revision_of(address) == REVISIONS[0]
    assert "prompt_versions" not in found_tables(address), "half a revision is none"
    execute(address, "DROP TABLE crashlight.models")
    assert migrating.upgrade(address)
    assert migrating.revision_of(address) == script.revision


def test_killed_in_the_middle(embedded) -> None:
    address = embedded.empty()
    program = (
        "import sys; from crashlight.adapters.postgres import migrating;"
        "from crashlight.adapters.postgres.connecting import team_address;"
        "migrating.upgrade(team_address(sys.argv[1]))"
    )
    for delay in (0.9, 1.0, 1.1, 1.2):
        process = subprocess.Popen([sys.executable, "-c", program, address.libpq()])
        time.sleep(delay)
        process.kill()
        process.wait()
    migrating.upgrade(address)
    assert found_tables(address) == ALL_TABLES


def test_a_newer_revision_is_refused_and_left_alone(embedded, open_store) -> None:
    address = embedded.migrated()
    execute(address, "UPDATE crashlight.alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseUnavailable, match="9999") as caught:
        migrating.upgrade(address)
    assert caught.value.permanent and "Update Crashlight" in caught.value.cure
    with pytest.raises(DatabaseUnavailable):
        migrating.downgrade(address, REVISIONS[0])
    assert execute(address, "SELECT version_num FROM crashlight.alembic_version") == [("9999",)]


@pytest.mark.parametrize(
    "made", ["TABLE crashlight.mine (a int)", "TABLE crashlight.alembic_version (version_num text)"]
)
def test_a_schema_of_somebody_else_is_refused_and_left_alone(embedded, made: str) -> None:
    address = embedded.empty()
    execute(address, "CREATE SCHEMA crashlight")
    execute(address, f"CREATE {made}")
    if "version" in made:
        execute(address, "INSERT INTO crashlight.alembic_version VALUES ('4f2a9c')")
    with pytest.raises(DatabaseUnavailable, match="not Crashlight's") as caught:
        migrating.upgrade(address)
    assert "another database" in caught.value.cure
    assert execute(address, "SELECT count(*) FROM pg_tables WHERE schemaname = 'crashlight'") == [(1,)]


def test_an_empty_schema_that_an_administrator_made_is_taken(embedded) -> None:
    address = embedded.empty()
    execute(address, "CREATE SCHEMA crashlight")
    assert migrating.upgrade(address)


async def test_the_store_says_that_the_program_is_too_old(embedded, open_store, make) -> None:
    address = embedded.migrated()
    execute(address, "UPDATE crashlight.alembic_version SET version_num = '9999'")
    store = open_store(url=address.libpq())
    store.record(make.event())
    assert not await store.ready(30)
    check = store.checks()[0]
    assert "9999" in check.detail and "Update Crashlight" in check.cure
