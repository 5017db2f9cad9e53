"""What an administrator does with the database: the calls behind ``crashlight db`` and ``crashlight purge``."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
from psycopg import sql
from sqlalchemy.exc import SQLAlchemyError

from crashlight.adapters.postgres import backups, migrating
from crashlight.adapters.postgres.columns import SCHEMA
from crashlight.adapters.postgres.connecting import Address
from crashlight.adapters.postgres.database import in_words
from crashlight.adapters.postgres.errors import DatabaseUnavailable
from crashlight.adapters.postgres.journal import Journal
from crashlight.adapters.postgres.place import find_place, orphans
from crashlight.adapters.postgres.processes import postmaster, sessions
from crashlight.adapters.postgres.programs import Programs, find
from crashlight.adapters.postgres.servers import Server
from crashlight.settings.paths import home
from crashlight.settings.schema import DatabaseSettings


@dataclass(slots=True)
class DatabaseStatus:
    """The database as it is, without starting it. Sizes are in bytes; what is not known is None."""

    server: str  # embedded, or team
    address: str | None
    state: str  # running, stopped, never started, unreachable
    detail: str = ""
    cure: str = ""
    version: str | None = None  # of PostgreSQL
    revision: str | None = None  # of the schema
    program_revision: str = ""
    size: int | None = None
    folder: str | None = None
    sessions: int | None = None  # processes that use the embedded server
    connections: int | None = None
    rows: dict[str, int] = field(default_factory=dict)  # estimates, by table
    dead_rows: int | None = None  # that a vacuum would free
    waiting: int = 0  # writes in journals on this machine
    set_aside: int = 0  # writes that the database refused
    last_backup: str | None = None


class Administration:
    """The database of these settings. Every method waits, and raises DatabaseUnavailable or OSError."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._server = Server(settings, home("data"))

    @property
    def journal_folder(self) -> Path:
        """Where writes wait."""
        return home("state") / "journal"

    def status(self) -> DatabaseStatus:
        """What can be said without changing anything."""
        said = DatabaseStatus(
            server="team" if self._settings.url else "embedded",
            address=None,
            state="never started",
            program_revision=migrating.head(),
        )
        self._say_journal(said)
        latest = backups.latest(self._server.backups)
        said.last_backup = str(latest) if latest else None
        if not self._settings.url:
            place = find_place(home("data"))
            said.folder = str(place.root)
            said.sessions = sessions(place.sessions)
            if not place.majors():
                return said
        try:
            address = self._server.address()
            said.address = str(address)
            with self._connected(address) as connection:
                said.state = "running"
                _say_server(said, connection)
            said.revision = migrating.revision_of(address)
        except DatabaseUnavailable as error:
            stopped = self._server.cluster is not None and self._server.cluster.pid() is None
            if said.state != "running":
                said.state = "stopped" if stopped else "unreachable"
            if not stopped:
                said.detail, said.cure = error.reason, error.cure
        return said

    def upgrade(self, to: str = "head", *, back_up: bool = True) -> bool:
        """Bring the schema up; whether there was something to do."""
        with self._reached() as address:
            return migrating.upgrade(address, self._server.before_upgrade if back_up else None, to)

    def downgrade(self, to: str, *, back_up: bool = True) -> str | None:
        """Take the schema back to a revision; returns the one it had."""
        with self._reached() as address:
            present = migrating.revision_of(address)
            if present is not None and back_up:
                self._server.before_upgrade(present)
            migrating.downgrade(address, to)
            return present

    def backup(self, target: Path | None) -> Path:
        """Write a backup; returns where."""
        with self._reached() as address:
            return backups.dump(self._programs(), address, target or self._server.backups / backups.file_name("backup"))

    def restore(self, source: Path) -> None:
        """Replace what is there by a backup, after a backup of what is there; then bring it up to this program."""
        with self._reached() as address:
            programs = self._programs()
            revision = backups.revision(programs, source)
            if revision not in migrating.known():
                raise DatabaseUnavailable(
                    f"the backup is of revision {revision}, this Crashlight knows {migrating.head()} as the last",
                    "Update Crashlight first. Nothing was changed.",
                    permanent=True,
                )
            if migrating.revision_of(address) is not None:
                self._server.before_upgrade("restore")
            backups.restore(programs, address, source)
            migrating.upgrade(address)

    def stop(self) -> tuple[bool, int]:
        """Stop the embedded server, whoever uses it; whether it ran, and how many processes will start it again."""
        if self._settings.url:
            raise DatabaseUnavailable("the database is a server of your own", "Stop it with its own tools.")
        address = self._server.address()
        cluster = self._server.cluster
        running = address.embedded and cluster is not None and cluster.pid() is not None
        if cluster is not None:
            cluster.stop()
        return running, sessions(cluster.place.sessions) if cluster is not None else 0

    def url(self) -> str:
        """The address with its password, for ``psql``; the embedded server runs for at least a minute from now.

        This process ends without leaving it, so the keeper stops it when nobody came.
        """
        return self._server.reach().libpq()

    def vacuum(self) -> None:
        """Free the room of removed rows and renew the planner's figures."""
        with self._reached() as address, self._connected(address) as connection:
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", (SCHEMA,)
            ).fetchall()
            for (table,) in tables:
                connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(SCHEMA, str(table))))

    def retry(self) -> int:
        """Put writes that were set aside back into the journal; how many."""
        journal = Journal(self.journal_folder)
        try:
            return journal.revive()
        finally:
            journal.close()

    # ---------------------------------------------------------------- helpers

    @contextmanager
    def _reached(self) -> Iterator[Address]:
        address = self._server.reach()
        try:
            yield address
        except (psycopg.Error, SQLAlchemyError) as error:
            raise in_words(error, address) from error
        finally:
            self._server.leave()

    @contextmanager
    def _connected(self, address: Address) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
        try:
            connection = psycopg.connect(address.libpq(), connect_timeout=5, autocommit=True)
        except psycopg.Error as error:
            raise in_words(error, address) from error
        with closing(connection):
            yield connection

    def _programs(self) -> Programs:
        return self._server.programs() or find(self._settings.binaries)

    def _say_journal(self, said: DatabaseStatus) -> None:
        from crashlight.adapters.postgres.journal import iterate

        said.waiting = sum(1 for _ in iterate(self.journal_folder))
        said.set_aside = len(list((self.journal_folder / "dead").glob("*.jsonl")))


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that Crashlight keeps on this machine."""

    what: str
    path: Path
    size: int  # bytes


def kept(settings: DatabaseSettings) -> list[Kept]:
    """The embedded cluster, backups and the journal, with their sizes."""
    found = [Kept("backups", home("data") / "backups", 0), Kept("journal", home("state") / "journal", 0)]
    if not settings.url:
        found.insert(0, Kept("database", find_place(home("data")).root, 0))
    found += [Kept("orphans", folder, 0) for folder in orphans()]
    return [Kept(one.what, one.path, size_of(one.path)) for one in found if one.path.exists()]


def remove(settings: DatabaseSettings, one: Kept) -> None:
    """Remove it; the embedded server is stopped first. Raises OSError and DatabaseUnavailable."""
    if one.what == "database":
        with suppress(DatabaseUnavailable):  # it was never started
            Administration(settings).stop()
        find_place(home("data")).remove()
    else:
        if one.what == "orphans":
            _stop_in(one.path)
        shutil.rmtree(one.path)


def _stop_in(folder: Path) -> None:
    """A cluster of which nobody knows any more may still run."""
    for data in folder.glob("pg[0-9]*"):
        pid = postmaster(data)
        if pid is not None:
            process = psutil.Process(pid)
            process.send_signal(signal.SIGINT)
            process.wait(30)


def size_of(path: Path) -> int:
    """Bytes on the disk below ``path``, symbolic links not followed."""
    if not path.is_dir():
        return path.lstat().st_size if path.exists() else 0
    return sum(part.lstat().st_size for part in path.rglob("*") if not part.is_dir() or part.is_symlink())


def _say_server(said: DatabaseStatus, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    row = connection.execute(
        "SELECT current_setting('server_version'), pg_database_size(current_database()),"
        " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database())"
    ).fetchone()
    if row is not None:
        said.version, said.size, said.connections = str(row[0]), int(str(row[1])), int(str(row[2])) - 1
    tables = connection.execute(
        "SELECT relname, n_live_tup, n_dead_tup FROM pg_stat_user_tables WHERE schemaname = %s ORDER BY relname",
        (SCHEMA,),
    ).fetchall()
    said.rows = {str(name): int(str(live)) for name, live, _ in tables}
    said.dead_rows = sum(int(str(dead)) for _, _, dead in tables)
