"""The two kinds of server behind one door: the embedded cluster, or one that the user named."""

from collections.abc import Callable
from pathlib import Path

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from crashlight.adapters.postgres import backups, migrating
from crashlight.adapters.postgres.cluster import Cluster
from crashlight.adapters.postgres.connecting import Address, team_address
from crashlight.adapters.postgres.database import in_words
from crashlight.adapters.postgres.errors import DatabaseUnavailable
from crashlight.adapters.postgres.place import find_place
from crashlight.adapters.postgres.programs import Programs, find
from crashlight.settings.schema import DatabaseSettings


class Server:
    """Where the tables are. ``cluster`` is None for a server of the user's own: there is never a silent other one."""

    def __init__(self, settings: DatabaseSettings, data_home: Path) -> None:
        self.cluster: Cluster | None = None
        self._settings = settings
        self._data_home = data_home

    @classmethod
    def of(cls, settings: DatabaseSettings, data_home: Path) -> "Server":
        """The server that the settings name. Finding it starts nothing."""
        return cls(settings, data_home)

    def enter(self) -> Address:
        """Make it usable: it runs, and its schema is this program's. Waits. Raises DatabaseUnavailable."""
        address = self.reach()
        self.with_address(address, lambda: migrating.upgrade(address, before=self.before_upgrade))
        return address

    def reach(self) -> Address:
        """Make it run, and leave its schema as it is. Raises DatabaseUnavailable."""
        if self._settings.url:
            return team_address(self._settings.url)
        try:
            if self.cluster is None:
                self.cluster = Cluster(find_place(self._data_home), find(self._settings.binaries))
            return self.cluster.start()
        except OSError as error:
            raise DatabaseUnavailable(
                f"the embedded database cannot be started: {error}",
                "Give Crashlight a folder that it may write to (CRASHLIGHT_HOME), or set database.url.",
            ) from error

    def leave(self) -> bool:
        """It is not needed any more; whether it was stopped."""
        return self.cluster is not None and self.cluster.leave()

    def with_address(self, address: Address, work: Callable[[], object]) -> None:
        """Do something with the database. Raises DatabaseUnavailable, with the fault in words."""
        try:
            work()
        except (psycopg.Error, SQLAlchemyError) as error:
            raise in_words(error, address) from error

    def back_up(self, name: str) -> Path | None:
        """A backup in the usual folder; None where a team's server has no ``pg_dump`` here that is new enough."""
        address = self.address()
        programs = self.programs()
        if programs is None:
            return None
        return backups.dump(programs, address, self.backups / backups.file_name(name))

    def address(self) -> Address:
        """How to connect, without starting anything. Raises DatabaseUnavailable."""
        if self._settings.url:
            return team_address(self._settings.url)
        if self.cluster is None:
            self.cluster = Cluster(find_place(self._data_home), find(self._settings.binaries))
        return self.cluster.address()

    def programs(self) -> Programs | None:
        """``pg_dump`` and its kind."""
        if self.cluster is not None:
            return self.cluster.programs()
        try:
            return find(self._settings.binaries)
        except DatabaseUnavailable:
            return None

    def before_upgrade(self, revision: str) -> None:
        """A backup, and the oldest of these removed."""
        self.back_up(f"before-{revision}")
        backups.prune(self.backups)

    @property
    def backups(self) -> Path:
        """The folder of backups."""
        return self._data_home / "backups"
