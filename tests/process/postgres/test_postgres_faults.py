"""Everything that can die, dies: what was acknowledged is in the database afterwards, once."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from crashlight.adapters.postgres.admin import Administration
from crashlight.adapters.postgres.cluster import Cluster
from crashlight.adapters.postgres.locks import FileLock
from crashlight.adapters.postgres.place import Place, find_place
from crashlight.adapters.postgres.processes import postmaster
from crashlight.adapters.postgres.programs import Programs, find
from crashlight.settings.schema import DatabaseSettings

pytestmark = pytest.mark.postgres

WRITER = Path(__file__).with_name("writer.py")


class Writer:
    """A process that writes, and what it acknowledged."""

    def __init__(self, count: int, interval_s: float = 0.0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(WRITER), str(count), str(interval_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        return self.process.stdout.readline().strip()

    def until_flushed(self) -> list[str]:
        """The ids that were acknowledged; it goes on living."""
        found = []
        while (said := self.line()) != "flushed":
            assert said and not said.startswith("not flushed"), said or "the writer died"
            found.append(said)
        return found

    def close(self) -> None:
        self.process.stdin.write("\n")
        self.process.stdin.close()
        assert self.process.wait(60) == 0

    def kill(self) -> list[str]:
        """What else was acknowledged before it died."""
        self.process.kill()
        said = self.process.stdout.read().split("\n")
        self.process.wait()
        return [line for line in said[:-1] if line != "flushed"]


@pytest.fixture
def writers() -> Iterator[Callable[..., Writer]]:
    started: list[Writer] = []

    def start(count: int, interval_s: float = 0.0) -> Writer:
        started.append(Writer(count, interval_s))
        return started[-1]

    yield start
    for writer in started:
        with suppress(OSError):
            writer.kill()


@pytest.fixture
def place(own_home: Path) -> Place:
    embedded_or_skip()
    return find_place(own_home / "data")


def embedded_or_skip() -> Programs:
    from crashlight.adapters.postgres.errors import DatabaseUnavailable

    try:
        return find(None)
    except DatabaseUnavailable as error:
        pytest.skip(f"{error.reason}: {error.cure}")


def stored() -> list[str]:
    """The ids in the database, as a stranger asks for them."""
    with closing(psycopg.connect(Administration(DatabaseSettings()).url())) as connection:
        return [str(row[0]) for row in connection.execute("SELECT id FROM crashlight.feedback_events")]


def nothing_lost_nothing_doubled(acknowledged: list[str]) -> None:
    found = stored()
    assert len(found) == len(set(found))
    assert set(acknowledged) <= set(found), f"{len(set(acknowledged) - set(found))} of {len(acknowledged)} lost"


def processes_of(root: Path) -> list[psutil.Process]:
    """The keeper and the postgres processes of one place."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or []
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(str(root) in word for word in words):
            found.append(process)
    return found


def wait_for(fact: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def test_six_processes_race_to_start(place: Place, writers) -> None:
    racing = [writers(20) for _ in range(6)]
    acknowledged = [one for writer in racing for one in writer.until_flushed()]
    assert len(acknowledged) == 120
    assert sum("keeper" in " ".join(process.cmdline()) for process in processes_of(place.root)) == 1
    nothing_lost_nothing_doubled(acknowledged)
    for writer in racing:
        writer.close()


def test_a_clean_end_leaves_no_process(place: Place, writers) -> None:
    first, second = writers(3), writers(3)
    first.until_flushed(), second.until_flushed()
    first.close()
    assert postmaster(place.data(place.majors()[0])) is not None, "the second one still uses it"
    second.close()
    assert processes_of(place.root) == []


@pytest.mark.parametrize("seed", range(2))
def test_killed_in_the_first_start(place: Place, writers, seed: int) -> None:
    pick = random.Random(seed)
    acknowledged = []
    for _ in range(3):
        writer = writers(0, 0.01)
        acknowledged.append(writer.line())
        time.sleep(pick.uniform(0.0, 1.2))
        for process in processes_of(place.root):
            if pick.random() < 0.5:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        acknowledged += writer.kill()
    survivor = writers(1)
    acknowledged += survivor.until_flushed()
    nothing_lost_nothing_doubled(acknowledged)
    survivor.close()


def test_servers_killed_in_mid_write(place: Place, writers) -> None:
    """The same segments are replayed by whoever comes next, up to the row that was half in the database."""
    pick = random.Random(7)
    acknowledged = []
    for _ in range(6):
        writer = writers(0)
        acknowledged.append(writer.line())
        time.sleep(pick.uniform(0.2, 0.9))
        acknowledged += writer.kill()
    heir = writers(1)
    acknowledged += heir.until_flushed()
    assert len(acknowledged) > 100
    nothing_lost_nothing_doubled(acknowledged)
    heir.close()


def test_the_database_killed_in_mid_write(place: Place, writers) -> None:
    """The server that writes lives on: it starts the database again by itself."""
    writer = writers(600, 0.005)
    acknowledged = [writer.line()]
    for _ in range(3):
        wait_for(lambda: place.majors() and postmaster(place.data(place.majors()[0])))
        acknowledged += [writer.line() for _ in range(60)]
        for process in processes_of(place.root):
            with suppress(psutil.NoSuchProcess):
                process.kill()
    acknowledged += writer.until_flushed()
    assert len(acknowledged) == 600
    nothing_lost_nothing_doubled(acknowledged)
    writer.close()


@pytest.mark.parametrize("left", ["empty", "dead", "reused", "zombie"])
def test_pid_files_that_lie(place: Place, writers, left: str) -> None:
    writer = writers(2)
    acknowledged = writer.until_flushed()
    writer.close()
    data = place.data(place.majors()[0])
    zombie = subprocess.Popen(["true"])
    pids = {"empty": "", "dead": "4194303", "reused": str(os.getppid()), "zombie": str(zombie.pid)}
    (data / "postmaster.pid").write_text(f"{pids[left]}\n{data}\n{int(time.time())}\n5432\n" if left != "empty" else "")
    place.give(data / "postmaster.pid")
    writer = writers(1)
    acknowledged += writer.until_flushed()
    nothing_lost_nothing_doubled(acknowledged)
    writer.close()
    zombie.wait()


def test_the_keeper_stops_what_a_killed_server_left(place: Place) -> None:
    cluster = Cluster(place, embedded_or_skip(), patience_s=1)
    cluster.start()
    cluster._session.release()  # as when this process is killed: the kernel lets go of the lock
    wait_for(lambda: processes_of(place.root) == [])


def test_a_guest_is_not_cut_off(place: Place) -> None:
    cluster = Cluster(place, embedded_or_skip(), patience_s=0.4)
    address = cluster.start()
    with closing(psycopg.connect(address.libpq(), application_name="psql", autocommit=True)) as guest:
        assert not cluster.leave()
        with closing(psycopg.connect(address.libpq(), application_name="crashlight 1", autocommit=True)) as watcher:
            # The keeper comes and looks for guests several times, and each time goes away again.
            for _ in range(3):
                wait_for(lambda: _visitors(watcher), 60)
                wait_for(lambda: not _visitors(watcher), 60)
        assert guest.execute("SELECT 1").fetchone() == (1,)
    wait_for(lambda: processes_of(place.root) == [])


def _visitors(watcher: "psycopg.Connection[tuple]") -> int:
    return watcher.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'crashlight %' AND pid <> pg_backend_pid()"
    ).fetchone()[0]


def test_a_killed_keeper_is_replaced(place: Place) -> None:
    programs = embedded_or_skip()
    first = Cluster(place, programs, patience_s=1)
    first.start()
    data = place.data(programs.major)
    (keeper,) = [process for process in processes_of(place.root) if "keeper" in " ".join(process.cmdline())]
    before = postmaster(data)
    keeper.kill()
    keeper.wait(30)
    second = Cluster(place, programs, patience_s=1)
    second.start()
    assert postmaster(data) == before, "the database was not disturbed"
    wait_for(lambda: not _free(place.keeper))
    first._session.release()
    second._session.release()
    wait_for(lambda: processes_of(place.root) == [])


def _free(path: Path) -> bool:
    lock = FileLock(path)
    free = lock.try_acquire()
    lock.release()
    return free


def test_the_machine_shuts_down_in_order(place: Place) -> None:
    cluster = Cluster(place, embedded_or_skip())
    cluster.start()
    (keeper,) = [process for process in processes_of(place.root) if "keeper" in " ".join(process.cmdline())]
    keeper.send_signal(signal.SIGTERM)
    wait_for(lambda: processes_of(place.root) == [])
    assert "database system is shut down" in place.log.read_text()
    assert not (place.data(cluster.programs().major) / "postmaster.pid").exists()


def test_a_socket_that_was_swept_away(place: Place) -> None:
    programs = embedded_or_skip()
    cluster = Cluster(place, programs)
    cluster.start()
    cluster.stop()
    shutil.rmtree(place.sockets())
    assert cluster.start().embedded
    assert cluster.reachable()
