"""Bringing the schema to this program's revision, with any number of servers starting at once."""

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from crashlight.adapters.postgres.columns import SCHEMA
from crashlight.adapters.postgres.connecting import Address, connect_arguments
from crashlight.adapters.postgres.errors import DatabaseUnavailable
from crashlight.settings.paths import shipped

VERSION_TABLE = "alembic_version"
LOCK = 0x6372_6173_686C_6967  # "crashlig": an advisory lock of ours
WAIT_S = 300
OWN_REVISION = re.compile(r"\d{4}")

log = logging.getLogger("crashlight.database")


def upgrade(address: Address, before: Callable[[str], object] | None = None, to: str = "head") -> bool:
    """Bring the schema up to ``to``; True when something was done.

    ``before`` is called with the present revision where there is data that a migration will change: the
    place for a backup. Raises DatabaseUnavailable when the schema is not ours or newer than this program.
    """
    with sync_engine(address) as engine:
        if to == "head" and current(engine) == head():
            return False
        with _one_at_a_time(engine), engine.connect() as connection:
            revision = current(engine)
            if revision == (head() if to == "head" else to):
                return False
            if revision is not None and before is not None:
                before(revision)
            log.info("database schema: from %s to %s", revision or "nothing", to)
            command.upgrade(config(connection), to)
    return True


def downgrade(address: Address, to: str) -> None:
    """Take the schema back to the revision ``to``, or to nothing with ``base``."""
    with sync_engine(address) as engine:
        current(engine)
        with _one_at_a_time(engine), engine.connect() as connection:
            command.downgrade(config(connection), to)


def revision_of(address: Address) -> str | None:
    """The schema's revision; None where there is none yet. Raises as :func:`upgrade` does."""
    with sync_engine(address) as engine:
        return current(engine)


def current(engine: Engine) -> str | None:
    """The same, over an engine."""
    with engine.connect() as connection:
        tables = set(
            connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = :schema"), {"schema": SCHEMA})
        )
        if not tables:
            return None
        if VERSION_TABLE not in tables:
            raise _foreign()
        revision = connection.scalar(text(f"SELECT version_num FROM {SCHEMA}.{VERSION_TABLE}"))  # noqa: S608  # constants
    if revision is None or revision in known():
        return None if revision is None else str(revision)
    if OWN_REVISION.fullmatch(revision) and revision > head():
        raise DatabaseUnavailable(
            f"the database is at revision {revision}, this Crashlight knows {head()} as the last",
            "Update Crashlight to the version that your other editors use. Nothing was changed.",
            permanent=True,
        )
    raise _foreign()


def known() -> set[str]:
    """All revisions of this program."""
    return {script.revision for script in _scripts().walk_revisions()}


def head() -> str:
    """The revision that this program is made for."""
    revision = _scripts().get_current_head()
    if revision is None:
        raise FileNotFoundError("the installation lacks its migrations: install crashlight again")
    return revision


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration; there is no ini file."""
    settings = Config()
    settings.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(config())


def _foreign() -> DatabaseUnavailable:
    return DatabaseUnavailable(
        f"the database has a schema '{SCHEMA}' that is not Crashlight's",
        "Choose another database in database.url, or rename that schema. Nothing was changed.",
        permanent=True,
    )


@contextmanager
def sync_engine(address: Address) -> Iterator[Engine]:
    """An engine without a pool, for one piece of work."""
    # Migrations may take longer than a statement of the server's own work, so they have no such limit.
    engine = create_engine(address.url, poolclass=NullPool, connect_args=connect_arguments({"lock_timeout": "60s"}))
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[None]:
    """Poll for an advisory lock on a connection of its own.

    Waiting *inside* the database would be a transaction with a snapshot: CREATE INDEX CONCURRENTLY
    waits for all of those, and the two would wait for each other.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        deadline = time.monotonic() + WAIT_S
        while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK}):
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(
                    "another Crashlight has been changing the schema for 5 minutes",
                    "Wait for it, or see 'crashlight db status'.",
                )
            time.sleep(0.1)
        try:
            yield
        finally:
            connection.scalar(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
