"""One embedded server for all tests that only need a database, and a fresh, migrated database for each of them."""

import shutil
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from crashlight.adapters.postgres import PostgresStore, migrating
from crashlight.adapters.postgres.cluster import Cluster
from crashlight.adapters.postgres.connecting import Address, team_address, with_database
from crashlight.adapters.postgres.errors import DatabaseUnavailable
from crashlight.adapters.postgres.place import find_place
from crashlight.adapters.postgres.programs import Programs, find
from crashlight.domain import Culprit, FeedbackEvent, Fingerprint, LineOrigin, Occurrence
from crashlight.settings.schema import DatabaseSettings, FeedbackSettings
from crashlight_sdk import Cause, Crash, Frame

DEBIAN = Path("/usr/lib/postgresql/15/bin")


def embedded_programs() -> Programs:
    try:
        return find(None)
    except DatabaseUnavailable as error:
        pytest.skip(f"{error.reason}: {error.cure}")


def oldest_programs() -> Programs:
    try:
        return find(str(DEBIAN))
    except DatabaseUnavailable as error:
        pytest.skip(f"{error.reason}: apt-get install postgresql-15")


class Databases:
    """A running server that hands out fresh databases."""

    def __init__(self, programs: Programs) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="crashlight-test-"))
        self.cluster = Cluster(find_place(self.home), programs)
        self.address = self.cluster.start()
        self._migrated: Address | None = None

    def execute(self, statement: str) -> None:
        with closing(psycopg.connect(self.address.libpq(), autocommit=True)) as connection:
            connection.execute(statement)

    def empty(self) -> Address:
        name = f"test_{uuid.uuid4().hex}"
        self.execute(f"CREATE DATABASE {name}")
        return with_database(self.address, name)

    def migrated(self) -> Address:
        if self._migrated is None:
            self._migrated = self.empty()
            migrating.upgrade(self._migrated)
        name = f"test_{uuid.uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {self._migrated.url.database}")
        return with_database(self.address, name)

    def close(self) -> None:
        self.cluster.stop()
        self.cluster.place.remove()
        shutil.rmtree(self.home, ignore_errors=True)


@pytest.fixture(scope="session")
def embedded() -> Iterator[Databases]:
    databases = Databases(embedded_programs())
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def debian() -> Iterator[Databases]:
    databases = Databases(oldest_programs())
    yield databases
    databases.close()


@pytest.fixture(params=["embedded", "debian"])
def every_server(request: pytest.FixtureRequest) -> Databases:
    """The embedded PostgreSQL and the oldest that is supported."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def address(embedded: Databases) -> Address:
    return embedded.migrated()


Ask = Callable[..., list[tuple]]


@pytest.fixture
def ask(address: Address) -> Ask:
    """Rows by SQL, from outside."""
    return lambda query, *values: rows(address, query, *values)


def rows(address: Address, query: str, *values: object) -> list[tuple]:
    with closing(psycopg.connect(address.libpq(), autocommit=True)) as connection:
        return connection.execute(query, values or None).fetchall()


OpenStore = Callable[..., PostgresStore]


@pytest.fixture
async def open_store(address: Address, tmp_path: Path) -> AsyncIterator[OpenStore]:
    """Stores on one database and one journal folder, as several language servers of one user are."""
    opened: list[PostgresStore] = []

    def open_one(url: str | None = None, journal: Path | None = None, feedback: bool = True) -> PostgresStore:
        store = PostgresStore(
            DatabaseSettings(url=url or address.libpq()),
            FeedbackSettings(enabled=feedback),
            tmp_path / "data",
            journal or tmp_path / "journal",
        )
        opened.append(store)
        return store

    yield open_one
    for store in opened:
        await store.close()


def event(kind: str = "accepted", fingerprint: str = "f", **changes: object) -> FeedbackEvent:
    return FeedbackEvent(
        **{"id": str(uuid.uuid4()), "time": time.time(), "kind": kind, "fingerprint": fingerprint, **changes}
    )


def occurrence(fingerprint: str = "f", line: int = 3, message: str = "'user'", log: str = "/logs/a.log") -> Occurrence:
    frame = Frame("/app/users.py", 17, "load", origin="app")
    crash = Crash("python", 0, 1, (Cause("KeyError", message, (frame,)),))
    origins = (LineOrigin(line), LineOrigin(line + 1))
    kind = Fingerprint(fingerprint, "KeyError", "<str>", ("users.load",))
    return Occurrence(log, crash, "python", origins, kind, Culprit(frame))


def url_without_server(tmp_path: Path) -> str:
    return team_address(f"postgresql://nobody@/none?host={tmp_path}").libpq()


class Make:
    """Builders of what is stored."""

    event = staticmethod(event)
    occurrence = staticmethod(occurrence)
    url_without_server = staticmethod(url_without_server)


@pytest.fixture
def make() -> type[Make]:
    return Make
