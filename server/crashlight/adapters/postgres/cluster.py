"""The embedded cluster: made at first use, started by whoever comes first, stopped by whoever leaves last.

"Can I connect?" is the truth. A pid file is believed only if its process lives and is the postmaster of
this very folder. All starts and stops happen under one kernel lock; who uses the cluster is known by
locked files, which a killed process cannot leave behind.
"""

import contextlib
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sqlalchemy import URL

from crashlight.adapters.postgres.connecting import DRIVER, Address
from crashlight.adapters.postgres.errors import DatabaseUnavailable
from crashlight.adapters.postgres.locks import FileLock
from crashlight.adapters.postgres.place import Place
from crashlight.adapters.postgres.processes import postmaster, sessions
from crashlight.adapters.postgres.programs import Programs, on_shelf, settle

ROLE = "crashlight"
DATABASE = "crashlight"
START_S = 60
STOP_S = 30
LOG_LIMIT = 1 << 20
PATIENCE_S = 60.0
"""How long the keeper waits when nobody is left: an editor that restarts finds the cluster warm."""

OPTIONS = {
    "listen_addresses": "",
    "max_connections": "40",
    "shared_buffers": "16MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "128MB",
    "min_wal_size": "32MB",
    "jit": "off",
    "random_page_cost": "1.1",  # what it runs on is an SSD, and the cache holds most of it
    "max_parallel_workers": "0",
    "autovacuum_max_workers": "1",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    # What is stored is private: neither statements nor the values that errors name belong in a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}

log = logging.getLogger("crashlight.database")


class Cluster:
    """The cluster of one place, as one process sees it. Its methods wait; call them from the database thread."""

    def __init__(self, place: Place, programs: Programs, patience_s: float = PATIENCE_S) -> None:
        self.place = place
        self._patience_s = patience_s
        self._found = programs
        self._session: FileLock | None = None

    # ---------------------------------------------------------------- for everybody

    def start(self) -> Address:
        """Enter the cluster, which runs afterwards. Raises DatabaseUnavailable and OSError."""
        self.place.prepare()
        self._enter()
        try:
            with FileLock(self.place.lock):
                self._run()
        except BaseException:
            self._leave()
            raise
        return self.address()

    def leave(self) -> bool:
        """Leave the cluster, and stop it if nobody else uses it; whether it was stopped."""
        with FileLock(self.place.lock):
            self._leave()
            if sessions(self.place.sessions) or self.guests():
                return False
            self._halt()
            return True

    def stop(self) -> None:
        """Stop the cluster, whoever uses it: they keep their writes in their journals."""
        with FileLock(self.place.lock):
            self._halt()

    def address(self) -> Address:
        """How to connect. Raises DatabaseUnavailable where the cluster was never started."""
        try:
            password = self.place.password.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise DatabaseUnavailable("the database was never started", "Run 'crashlight db upgrade'.") from None
        query = {"host": str(self.place.sockets())}
        url = URL.create(DRIVER, ROLE, password, port=5432, database=DATABASE, query=query)
        return Address(url, embedded=True)

    def reachable(self) -> bool:
        """Whether somebody answers."""
        try:
            self._connect("postgres").close()
        except (psycopg.Error, DatabaseUnavailable, OSError):
            return False
        return True

    def guests(self) -> int:
        """Connections that are no server's of ours: a ``psql``, a report."""
        try:
            with contextlib.closing(self._connect("postgres")) as connection:
                row = connection.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
                    " AND pid <> pg_backend_pid() AND application_name NOT LIKE 'crashlight %'"
                ).fetchone()
        except (psycopg.Error, DatabaseUnavailable, OSError):
            return 0
        return int(row[0]) if row else 0

    def pid(self) -> int | None:
        """The postmaster's process, if it lives."""
        for major in self.place.majors():
            pid = postmaster(self.place.data(major))
            if pid is not None:
                return pid
        return None

    def programs(self) -> Programs:
        """The programs that fit the data that there is, on this machine's shelf."""
        majors = self.place.majors()
        if not majors or self._found.major >= majors[0]:
            return settle(self._found, self.place.programs)
        for candidate in on_shelf(self.place.programs):
            if candidate.major == majors[0]:
                return candidate
        raise DatabaseUnavailable(
            f"the data is of PostgreSQL {majors[0]}, the programs found are {self._found.version}",
            f"Install the programs of PostgreSQL {majors[0]} or later: pip install -U 'crashlight[postgres]'",
            permanent=True,
        )

    # ---------------------------------------------------------------- under the lock

    def _run(self) -> None:
        if self.reachable():
            self._ensure_keeper()
            return
        programs = self.programs()
        data = self.place.data(programs.major)
        older = [major for major in self.place.majors() if major < programs.major]
        if not data.is_dir():
            self._initialise(programs, data)
            if older:
                self._move_up(older[0], programs)
        self._launch(programs, data)

    @contextmanager
    def running(self, programs: Programs, data: Path) -> Iterator[Address]:
        """Another major version's cluster, only while its data is moved, within a start."""
        self._launch(programs, data)
        try:
            yield self.address()
        finally:
            self._halt()

    def _launch(self, programs: Programs, data: Path) -> None:
        alive = postmaster(data)
        if alive is not None:
            # It may still be recovering; if it never answers, its socket is gone and it is of no use.
            if self._wait_until_reachable(START_S, lambda: postmaster(data) is not None):
                self._ensure_keeper()
                return
            self._end(alive, signal.SIGINT)
        (data / "postmaster.pid").unlink(missing_ok=True)
        keeper = self._spawn_keeper([programs.path("postgres"), "-D", str(data), *self._options(programs)])
        if not self._wait_until_reachable(START_S, lambda: keeper.poll() is None):
            self._end(postmaster(data), signal.SIGQUIT)
            raise self._failure(data)
        self._ensure_database()

    def _wait_until_reachable(self, seconds: float, alive: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + seconds
        pause = 0.01
        while time.monotonic() < deadline:
            if self.reachable():
                return True
            if not alive():
                return False
            time.sleep(pause)
            pause = min(0.2, pause * 1.5)
        return False

    def _halt(self) -> None:
        self._end(self.pid(), signal.SIGINT)
        # The keeper ends when its postmaster did; wait, so that nothing of ours is left behind.
        keeper = FileLock(self.place.keeper)
        with contextlib.suppress(TimeoutError, OSError):
            keeper.acquire(5)
            keeper.release()

    def _end(self, pid: int | None, how: signal.Signals) -> None:
        if pid is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            process.send_signal(how)
            try:
                process.wait(STOP_S)
            except psutil.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(STOP_S)

    def _spawn_keeper(self, command: list[str]) -> "subprocess.Popen[bytes]":
        self.place.log.touch(mode=0o600)
        if self.place.log.stat().st_size > LOG_LIMIT:
            os.truncate(self.place.log, 0)
        owner = self.place.owner
        user = f"{owner.uid}:{owner.gid}" if owner else "-"
        keeper = [sys.executable, "-m", "crashlight.adapters.postgres.keeper"]
        with self.place.log.open("ab") as output:
            return subprocess.Popen(
                [*keeper, str(self.place.root), str(self._patience_s), user, *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,
            )

    def _ensure_keeper(self) -> None:
        """Somebody has to stop the cluster when all its users were killed: where that one was killed too, another."""
        lock = FileLock(self.place.keeper)
        if lock.try_acquire():
            lock.release()
            self._spawn_keeper([])

    def _ensure_database(self) -> None:
        with contextlib.closing(self._connect("postgres")) as connection:
            connection.autocommit = True
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if not found:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _initialise(self, programs: Programs, data: Path) -> None:
        """``initdb`` into a temporary folder, then one rename: what is killed in between leaves nothing half-made."""
        for rest in self.place.root.glob(".initdb-*"):
            shutil.rmtree(rest, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=".initdb-", dir=self.place.root))
        self.place.give(fresh)
        if not self.place.password.exists():
            _write_secret(self.place.password, secrets.token_urlsafe(32))
        handed = fresh / "password"
        _write_secret(handed, self.place.password.read_text(encoding="ascii").strip())
        self.place.give(handed)
        command = [
            programs.path("initdb"), "-D", str(fresh / "data"), "-U", ROLE, "-A", "scram-sha-256",
            f"--pwfile={handed}", "--encoding=UTF8", *_initdb_options(programs.major),
        ]  # fmt: skip
        done = self._as_owner(command)
        if done.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise _said_no("PostgreSQL could not make its data folder", done.stderr or done.stdout, self.place.root)
        (fresh / "data").rename(data)
        shutil.rmtree(fresh, ignore_errors=True)

    def _move_up(self, old: int, programs: Programs) -> None:
        from crashlight.adapters.postgres.majors import move_up

        try:
            move_up(self, old, programs)
        except BaseException:
            shutil.rmtree(self.place.data(programs.major), ignore_errors=True)
            raise

    # ---------------------------------------------------------------- helpers

    def _enter(self) -> None:
        if self._session is None:
            self._session = FileLock(self.place.sessions / uuid.uuid4().hex)
            self._session.try_acquire()

    def _leave(self) -> None:
        if self._session is not None:
            self._session.release(remove=True)
            self._session = None

    def _connect(self, database: str) -> "psycopg.Connection[tuple[Any, ...]]":
        url = self.address().url.set(drivername="postgresql", database=database)
        return psycopg.connect(
            url.render_as_string(hide_password=False),
            connect_timeout=3,
            application_name=f"crashlight {os.getpid()}",
            autocommit=True,
        )

    def _as_owner(self, command: list[str]) -> "subprocess.CompletedProcess[str]":
        owner = self.place.owner
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
        )

    def _options(self, programs: Programs) -> list[str]:
        options = {**OPTIONS, "unix_socket_directories": str(self.place.sockets()), "unix_socket_permissions": "0700"}
        if programs.major >= 18:
            options["io_method"] = "sync"
        return [word for name, value in options.items() for word in ("-c", f"{name}={value}")]

    def _failure(self, data: Path) -> DatabaseUnavailable:
        try:
            said = self.place.log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            said = ""
        return _said_no("PostgreSQL did not start", said, data)


def _initdb_options(major: int) -> list[str]:
    options = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else ["--locale=C"]
    options.append("--no-instructions")
    if major >= 17 and sys.platform == "linux":
        options.append("--sync-method=syncfs")
    return options


def _write_secret(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def _said_no(what: str, said: str, where: Path) -> DatabaseUnavailable:
    lines = [line for line in said.splitlines() if "FATAL" in line or "error" in line.lower() or "PANIC" in line]
    reason = lines[-1].strip() if lines else "it gave no reason"
    if "No space left" in said:
        return DatabaseUnavailable(f"{what}: the disk is full", f"Free some space at {where}.")
    return DatabaseUnavailable(f"{what}: {reason}", f"See the log in {where.parent / 'log'}.")
