"""Backups, going back, other rights, other versions: what an administrator does, and what a stranger cannot."""

import json
import os
import shutil
import subprocess
import sys
import uuid
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from crashlight.adapters.postgres import backups, migrating, samples
from crashlight.adapters.postgres.admin import Administration, kept, size_of
from crashlight.adapters.postgres.cluster import Cluster
from crashlight.adapters.postgres.connecting import team_address
from crashlight.adapters.postgres.database import Database
from crashlight.adapters.postgres.errors import DatabaseUnavailable
from crashlight.adapters.postgres.granting import grants
from crashlight.adapters.postgres.place import find_place
from crashlight.adapters.postgres.programs import Programs, find
from crashlight.adapters.postgres.retention import RETENTION, remove_old
from crashlight.cli.main import main
from crashlight.settings.schema import DatabaseSettings

pytestmark = pytest.mark.postgres


@pytest.fixture
def database(address, monkeypatch) -> Administration:
    monkeypatch.setenv("CRASHLIGHT_DATABASE_URL", address.libpq())
    return Administration(DatabaseSettings(url=address.libpq()))


async def test_a_backup_brings_everything_back(database, open_store, make, ask, tmp_path) -> None:
    store = open_store()
    store.record_occurrences([make.occurrence()], "/w")
    store.record(make.event("thumbs_up"))
    assert await store.flush(30)
    await store.close()
    saved = database.backup(tmp_path / "saved.dump")
    assert saved.stat().st_mode & 0o077 == 0
    ask("DELETE FROM crashlight.crash_groups RETURNING 1")
    database.restore(saved)
    assert ask("SELECT fingerprint, occurrences, thumbs_up FROM crashlight.crash_groups") == [("f", 1, 1)]
    assert backups.latest(database._server.backups).name.endswith("-before-restore.dump")
    again = open_store()
    again.record(make.event("thumbs_up"))
    assert await again.flush(30), "keys go on where the backup left them"


@pytest.mark.parametrize("content", [b"", b"no backup", b"PGDMP" + b"\0" * 100])
def test_what_is_no_backup_changes_nothing(database, ask, tmp_path, content: bytes) -> None:
    before = ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'crashlight'")
    (tmp_path / "bad.dump").write_bytes(content)
    with pytest.raises(DatabaseUnavailable):
        database.restore(tmp_path / "bad.dump")
    assert ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'crashlight'") == before


def test_a_backup_of_a_newer_version_changes_nothing(database, ask, tmp_path) -> None:
    ask("UPDATE crashlight.alembic_version SET version_num = '9999' RETURNING 1")
    saved = database.backup(tmp_path / "newer.dump")
    ask("UPDATE crashlight.alembic_version SET version_num = %s RETURNING 1", migrating.head())
    with pytest.raises(DatabaseUnavailable, match="9999"):
        database.restore(saved)
    assert ask("SELECT version_num FROM crashlight.alembic_version") == [(migrating.head(),)]


async def test_going_back_as_the_docs_say(database, open_store, make, ask, capsys) -> None:
    """docs/database.md: take the schema back, use it, and go forward again, with a backup at each step."""
    store = open_store()
    store.record(make.event("comment", text="keep me"))
    assert await store.flush(30)
    await store.close()
    assert main(["db", "downgrade", "--to", "0001"]) == 0
    assert database.status().revision == "0001"
    assert main(["db", "upgrade"]) == 0
    assert main(["db", "status", "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["state"], said["revision"], said["server"]) == ("running", migrating.head(), "team")
    assert said["last_backup"].endswith("-before-0001.dump")
    assert ask("SELECT comment FROM crashlight.feedback_events") == [("keep me",)]


def test_only_the_latest_backups_before_upgrades_are_kept(tmp_path) -> None:
    for number in range(8):
        (tmp_path / f"2026010{number}T000000-before-0001.dump").touch()
    (tmp_path / "20250101T000000-backup.dump").touch()
    backups.prune(tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names[0] == "20250101T000000-backup.dump"
    assert names[1:] == [f"2026010{number}T000000-before-0001.dump" for number in range(3, 8)]


async def test_a_member_with_the_least_rights_can_work_and_cannot_do_more(
    embedded, address, open_store, make, ask
) -> None:
    role = f"member_{uuid.uuid4().hex[:8]}"
    with closing(psycopg.connect(address.libpq(), autocommit=True)) as owner:
        owner.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'secret'")
        owner.execute(grants(role))
    url = address.url.set(drivername="postgresql", username=role, password="secret")
    member = url.render_as_string(hide_password=False)
    store = open_store(url=member)
    store.record_occurrences([make.occurrence()], "/w")
    store.record(make.event("resolved"))
    assert await store.flush(30), store.checks()
    assert ask("SELECT author FROM crashlight.feedback_events") == [(role,)]
    assert (await store.histories(["f"]))["f"].state == "resolved"
    with closing(psycopg.connect(member, autocommit=True)) as connection:
        for forbidden in (
            "DELETE FROM crashlight.feedback_events",
            "UPDATE crashlight.feedback_events SET comment = 'forged'",
            "DROP TABLE crashlight.changes",
            "CREATE TABLE crashlight.mine (a int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)


async def test_a_role_without_rights_is_told_what_to_do(embedded, address, open_store, make) -> None:
    role = f"stranger_{uuid.uuid4().hex[:8]}"
    embedded.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'secret'")
    url = address.url.set(drivername="postgresql", username=role, password="secret")
    store = open_store(url=url.render_as_string(hide_password=False))
    store.record(make.event())
    assert not await store.ready(30)
    check = store.checks()[0]
    assert "lacks a right" in check.detail and "crashlight db grant" in check.cure
    assert "secret" not in check.detail + check.cure


async def test_old_rows_are_removed_and_what_people_said_is_not(address, ask) -> None:
    database = Database(address, 1, str(uuid.uuid4()))
    async with database.transaction() as connection:
        await samples.fill(connection, 1_000)
        await connection.execute(text("UPDATE crashlight.occurrences SET found_at = now() - interval '2 years'"))
        await connection.execute(text("UPDATE crashlight.feedback_events SET happened_at = now() - interval '9 years'"))
    before = ask(
        "SELECT (SELECT count(*) FROM crashlight.feedback_events), sum(occurrences) FROM crashlight.crash_groups"
    )
    async with database.transaction() as connection:
        assert await remove_old(connection) == 1_000
    async with database.transaction() as connection:
        assert await remove_old(connection) == 0
    assert ask("SELECT count(*) FROM crashlight.occurrences") == [(0,)]
    after = ask(
        "SELECT (SELECT count(*) FROM crashlight.feedback_events), sum(occurrences) FROM crashlight.crash_groups"
    )
    assert after == before, "the counters stay"
    await database.close()
    assert {"feedback_events", "crash_groups"}.isdisjoint(RETENTION)


# ---------------------------------------------------------------- the embedded server's own


@pytest.fixture
def programs() -> Programs:
    try:
        return find(None)
    except DatabaseUnavailable as error:
        pytest.skip(f"{error.reason}: {error.cure}")


@pytest.fixture
def old_programs() -> Programs:
    try:
        return find("/usr/lib/postgresql/15/bin")
    except DatabaseUnavailable as error:
        pytest.skip(f"{error.reason}: apt-get install postgresql-15")


def test_from_one_major_version_to_the_next(own_home: Path, programs, old_programs, monkeypatch) -> None:
    place = find_place(own_home / "data")
    old = Cluster(place, old_programs)
    address = old.start()
    migrating.upgrade(address)
    with closing(psycopg.connect(address.libpq(), autocommit=True)) as connection:
        connection.execute("INSERT INTO crashlight.workspaces (path) VALUES ('/old')")
    old.leave()
    new = Cluster(place, programs)
    with pytest.raises(DatabaseUnavailable, match="PostgreSQL 15") as caught:
        new.start()
    assert "database.binaries" in caught.value.cure
    assert place.majors() == [15], "nothing was changed"
    monkeypatch.setattr("crashlight.adapters.postgres.majors.on_shelf", lambda _: [old_programs])
    address = new.start()
    with closing(psycopg.connect(address.libpq(), autocommit=True)) as connection:
        assert connection.execute("SELECT path FROM crashlight.workspaces").fetchall() == [("/old",)]
        assert connection.info.server_version // 10_000 == programs.major
    assert sorted(path.name for path in place.root.glob("pg*")) == ["pg15.dump", "pg15.old", f"pg{programs.major}"]
    new.leave()


def test_older_programs_find_newer_data(own_home: Path, programs, old_programs) -> None:
    """Running: they join in. Stopped: the copied programs of the data's version are taken; without them, refused."""
    place = find_place(own_home / "data")
    newer, older = Cluster(place, programs), Cluster(place, old_programs)
    newer.start()
    older.start()
    older.leave()
    assert newer.leave()
    older.start()
    older.leave()
    shutil.rmtree(place.programs)
    with pytest.raises(DatabaseUnavailable, match="programs found are 15") as caught:
        older.start()
    assert caught.value.permanent and "pip install" in caught.value.cure
    newer.start()
    newer.leave()


def test_a_path_of_150_characters(own_home: Path, programs) -> None:
    home = own_home / ("deep" * 10) / ("long" * 30)
    place = find_place(home)
    if place.owner is not None:  # root's cluster has a short path of its own: make it long
        place = type(place)(place.root / ("long" * 40), place.owner, place.pointer)
    assert len(str(place.root)) > 150
    cluster = Cluster(place, programs)
    assert cluster.start().embedded
    sockets = place.sockets()
    assert sockets.stat().st_mode & 0o077 == 0 and len(str(sockets)) < 80
    assert place.sockets() == sockets, "the same one for everybody"
    sockets.chmod(0o755)
    cluster.leave()
    assert place.sockets() != sockets, "a folder that others may enter is not believed"
    shutil.rmtree(sockets)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can become another user")
def test_another_user_can_neither_connect_nor_read(own_home: Path, programs) -> None:
    place = find_place(own_home / "data")
    cluster = Cluster(place, programs)
    address = cluster.start()
    data = place.data(programs.major)
    psql = [programs.path("psql"), address.libpq(), "-c", "SELECT 1"]
    attempts = [
        psql,
        ["cat", str(place.password)],
        ["ls", str(data)],
        ["ls", str(place.sockets())],
        ["ls", str(place.root)],
    ]
    for attempt in attempts:
        allowed = subprocess.run(attempt, capture_output=True, check=False)
        assert allowed.returncode == 0, "root can: the attempt itself is sound"
        denied = subprocess.run(attempt, capture_output=True, text=True, check=False, user="nobody", group="nogroup")
        assert denied.returncode != 0
        assert "ermission denied" in denied.stderr, denied.stderr
    cluster.leave()


def test_without_the_password_nobody_gets_in(own_home: Path, programs) -> None:
    cluster = Cluster(find_place(own_home / "data"), programs)
    address = cluster.start()
    for password in (None, "", "guess"):
        # URL.set() takes None for "unchanged".
        url = address.url.set(drivername="postgresql")._replace(password=password)
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(url.render_as_string(hide_password=False), passfile="/nonexistent")
    assert (cluster.place.password.stat().st_mode & 0o777) == 0o600
    assert "trust" not in _rules(cluster.place.data(programs.major) / "pg_hba.conf")
    cluster.leave()


def _rules(path: Path) -> set[str]:
    return {word for line in path.read_text().splitlines() if not line.startswith("#") for word in line.split()}


ORDINARY = """
import asyncio, sys, time, uuid
from crashlight.adapters.postgres import open_store
from crashlight.domain import FeedbackEvent
from crashlight.settings import Settings

async def main():
    store = open_store(Settings())
    store.record(FeedbackEvent(str(uuid.uuid4()), time.time(), "accepted", "f"))
    print(await store.ready(60), await store.flush(60), [check.detail for check in store.checks()], flush=True)
    await store.close()

asyncio.run(main())
"""


def run_as_ordinary_user(home: Path) -> str:
    """As the tests' user, or where that is root as nobody."""
    other = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    # The Python of the tests may lie in root's home: the system's of the same version runs the same code.
    pythons = [sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"]
    python = next(
        (one for one in pythons if subprocess.run(["test", "-x", one], check=False, **other).returncode == 0), ""
    )
    if not python:
        pytest.skip("the other user can run no Python of this version")
    done = subprocess.run(
        [python, "-c", ORDINARY],
        env={
            **os.environ,
            "CRASHLIGHT_HOME": str(home),
            "HOME": "/nonexistent",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        timeout=120,
        **other,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def shared_folder() -> "Path":
    """A folder that an ordinary user owns, outside of what belongs to root alone."""
    folder = Path("/tmp") / f"crashlight-{uuid.uuid4().hex[:8]}"
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    yield folder
    subprocess.run(["umount", str(folder)], check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)


def test_an_ordinary_user(shared_folder: Path) -> None:
    assert run_as_ordinary_user(shared_folder).startswith("True True")
    assert (shared_folder / "data" / "postgres" / "password").stat().st_mode & 0o777 == 0o600


def test_a_read_only_home(shared_folder: Path) -> None:
    shared_folder.chmod(0o500)
    said = run_as_ordinary_user(shared_folder)
    assert said.startswith("False False")
    assert "cannot be started" in said and "held in memory only" in said


@pytest.mark.skipif(not sys.platform.startswith("linux") or os.geteuid() != 0, reason="mounting needs root")
def test_a_full_disk(shared_folder: Path) -> None:
    """Too small for the cluster: that is said, the journal keeps what was done, and with room it goes on."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m,mode=0777", "none", str(shared_folder)], check=False
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a tmpfs")
    shutil.chown(shared_folder, "nobody", "nogroup")
    said = run_as_ordinary_user(shared_folder)
    assert said.startswith("False False")
    assert "No space left" in said or "disk is full" in said
    assert "1 writes wait for the database" in said
    subprocess.run(["mount", "-o", "remount,size=400m", str(shared_folder)], check=True)
    assert run_as_ordinary_user(shared_folder).startswith("True True")
    assert size_of(shared_folder / "state" / "journal") == 0, "what waited is in the database"


def test_purge_removes_all_of_it(own_home: Path, programs, capsys) -> None:
    assert main(["db", "upgrade"]) == 0
    (database,) = [one for one in kept(DatabaseSettings()) if one.what == "database"]
    assert database.size > 10e6
    assert main(["purge", "database", "--dry-run"]) == 0
    assert database.path.exists()
    assert main(["purge", "--yes"]) == 0
    assert not database.path.exists()
    assert main(["db", "status"]) == 0
    assert "never started" in capsys.readouterr().out


def test_the_address_works_for_psql(own_home: Path, programs, capsys) -> None:
    """Also when no server runs: it is started, and the keeper stops it when nobody came."""
    assert main(["db", "upgrade"]) == 0
    capsys.readouterr()
    assert main(["db", "url"]) == 0
    url = capsys.readouterr().out.strip()
    query = "SELECT version_num FROM crashlight.alembic_version"
    said = subprocess.run([programs.path("psql"), url, "-Atc", query], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == migrating.head()
    assert main(["db", "stop"]) == 0


@pytest.mark.parametrize("url", ["mysql://u:hunter2@h/d", "postgresql://u:hunter2@127.0.0.1:1/d"])
def test_a_configured_server_is_never_replaced_silently(own_home: Path, monkeypatch, capsys, url: str) -> None:
    monkeypatch.setenv("CRASHLIGHT_DATABASE_URL", url)
    monkeypatch.setenv("DATABASE_URL", "postgresql://never/read")
    assert main(["db", "upgrade"]) == 1
    said = capsys.readouterr()
    assert "database.url" in said.err and "hunter2" not in said.err
    assert not (own_home / "data").exists(), "no embedded server was made instead"


def test_a_team_address_that_is_down_says_where(embedded) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"127\.0\.0\.1"):
        Administration(DatabaseSettings(url="postgresql://u:pw@127.0.0.1:1/d")).upgrade()
    assert team_address("postgresql://u:pw@127.0.0.1:1/d")
