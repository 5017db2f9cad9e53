"""What ``crashlight doctor`` says of the database, each part with what to do."""

import contextlib
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from crashlight.adapters.postgres import backups
from crashlight.adapters.postgres.background import DatabaseThread
from crashlight.adapters.postgres.journal import Journal
from crashlight.domain import Check

LITTLE_ROOM = 500 << 20
MANY_DEAD_ROWS = 50_000
MANY_ROWS_AT_RISK = 10_000


@dataclass(frozen=True, slots=True)
class Figures:
    """The database as it was when it was last looked at."""

    version: str
    revision: str
    size: int  # bytes
    rows: int  # estimate
    dead_rows: int  # estimate

    @classmethod
    async def of(cls, connection: AsyncConnection) -> "Figures":
        """Cheap: what PostgreSQL counts anyway."""
        row = (
            await connection.execute(
                text(
                    "SELECT current_setting('server_version'), (SELECT version_num FROM crashlight.alembic_version),"
                    " pg_database_size(current_database()), coalesce(sum(n_live_tup), 0), coalesce(sum(n_dead_tup), 0)"
                    " FROM pg_stat_user_tables WHERE schemaname = 'crashlight'"
                )
            )
        ).one()
        return cls(str(row[0]).split()[0], str(row[1]), int(row[2]), int(row[3]), int(row[4]))


def checks(thread: DatabaseThread, journal: Journal) -> list[Check]:
    """``database`` and ``journal``, and where there is something to say of it ``disk`` and ``backup``."""
    found = [_database(thread), _journal(journal, thread.state)]
    if thread.state == "ready":
        found += [_disk(thread.data_home), _backup(thread)]
    return found


def _database(thread: DatabaseThread) -> Check:
    if thread.state == "down" and thread.trouble is not None:
        return Check("database", "down", thread.trouble.reason, thread.trouble.cure)
    if thread.state in {"idle", "closed"}:
        return Check("database", "ok", "not in use by this process")
    database, figures = thread.database, thread.figures
    if thread.state == "starting" or database is None or figures is None:
        return Check("database", "degraded", "it is being started", "Wait a moment; nothing is lost meanwhile.")
    pool = database.metrics()
    kind = "the embedded server" if database.address.embedded else str(database.address)
    mean = 1000 * pool.waited_s / max(1, pool.handed_out)
    detail = (
        f"{kind}: PostgreSQL {figures.version}, revision {figures.revision}, {figures.size / 1e6:.0f} MB,"
        f" about {figures.rows} rows; pool {pool.in_use} of {pool.size} in use,"
        f" wait {mean:.1f} ms mean and {1000 * pool.longest_wait_s:.0f} ms at most, {pool.retries} retries"
    )
    if figures.dead_rows > max(MANY_DEAD_ROWS, figures.rows):
        return Check("database", "degraded", f"{detail}; {figures.dead_rows} dead rows", "Run 'crashlight db vacuum'.")
    return Check("database", "ok", detail)


def _journal(journal: Journal, state: str) -> Check:
    dead = len(journal.dead())
    if journal.in_memory:
        return Check(
            "journal",
            "degraded",
            f"{journal.in_memory} writes are held in memory only: {journal.trouble}",
            "Free some space, or give Crashlight a folder that it may write to (CRASHLIGHT_HOME).",
        )
    if journal.dropped:
        return Check(
            "journal",
            "degraded",
            f"full: {journal.dropped} writes were not kept, {journal.waiting} wait for the database",
            "Get the database going: see the check 'database'.",
        )
    if dead:
        return Check(
            "journal",
            "degraded",
            f"{dead} writes that the database refused were set aside in {journal.folder / 'dead'}",
            "After an update of Crashlight, 'crashlight db retry' tries them again.",
        )
    waiting = f"{journal.waiting} writes wait for the database" if journal.waiting else "nothing waits"
    return Check("journal", "degraded" if journal.waiting and state == "down" else "ok", waiting)


def _disk(data_home: Path) -> Check:
    while not data_home.exists() and data_home != data_home.parent:
        data_home = data_home.parent
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(data_home).free
        detail = f"{free / 1e9:.1f} GB free at {data_home}"
        if free < LITTLE_ROOM:
            return Check("disk", "degraded", detail, "Free some space: 'crashlight purge --dry-run' says what is kept.")
        return Check("disk", "ok", detail)
    return Check("disk", "degraded", f"{data_home} cannot be looked at", "Check that the folder may be read.")


def _backup(thread: DatabaseThread) -> Check:
    figures, database = thread.figures, thread.database
    if database is None or not database.address.embedded:
        return Check("backup", "ok", "a team's server is backed up by its administrator")
    latest = backups.latest(thread.data_home / "backups")
    age = None if latest is None else (time.time() - latest.stat().st_mtime) / 86_400
    detail = "none was made yet" if age is None else f"the last one is {age:.0f} days old"
    if figures is not None and figures.rows > MANY_ROWS_AT_RISK and (age is None or age > 90):
        return Check("backup", "degraded", detail, "Run 'crashlight db backup'.")
    return Check("backup", "ok", detail)
