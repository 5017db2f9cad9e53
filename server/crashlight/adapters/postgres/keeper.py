"""The keeper: a small process that owns the postmaster and stops it when nobody is left to do so.

A language server that is killed stops nothing. The keeper outlives it, looks every few seconds whether
any process still holds a session, and stops the cluster some time after the last one. It loads next to
nothing, and ends with its postmaster.

    python -m crashlight.adapters.postgres.keeper ROOT PATIENCE_S UID:GID|- [POSTGRES ARGUMENT ...]

Without a command it watches over the postmaster that another keeper left behind.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from crashlight.adapters.postgres.locks import FileLock
from crashlight.adapters.postgres.processes import postmaster, sessions

LOOK_S = 5.0


def main(arguments: list[str]) -> int:
    """Start the postmaster or adopt it, and stay until it ends."""
    root, patience_s, user, command = Path(arguments[0]), float(arguments[1]), arguments[2], arguments[3:]
    lock = FileLock(root / "keeper")
    try:
        lock.acquire(10)
    except TimeoutError:
        return 0  # there is another keeper
    gone = threading.Event()
    if command:
        child = _start(command, user)
        threading.Thread(target=_wait, args=(child, gone), daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        # The machine shuts down, or somebody ends us: the postmaster is stopped in order.
        signal.signal(number, lambda *_: _stop(root))
    _watch(root, patience_s, gone, adopted=not command)
    return 0


def _watch(root: Path, patience_s: float, gone: threading.Event, *, adopted: bool) -> None:
    alone_since: float | None = None
    while not gone.wait(min(LOOK_S, patience_s / 4)):
        if adopted and _postmaster(root) is None:
            return
        if sessions(root / "sessions"):
            alone_since = None
            continue
        now = time.monotonic()
        alone_since = now if alone_since is None else alone_since
        if now - alone_since >= patience_s:
            _stop_if_alone(root)


def _stop_if_alone(root: Path) -> None:
    """Under the lock of starts and stops, so that nobody comes in meanwhile."""
    lock = FileLock(root / "lock")
    if lock.try_acquire():
        if not sessions(root / "sessions") and not _has_guests(root):
            _stop(root)
        lock.release()


def _has_guests(root: Path) -> bool:
    """A ``psql`` of the user is not to be cut off. Asked last, since it loads the database's driver."""
    from crashlight.adapters.postgres.cluster import Cluster
    from crashlight.adapters.postgres.place import Place
    from crashlight.adapters.postgres.programs import Programs

    return Cluster(Place(root), Programs(root, "0", portable=False)).guests() > 0


def _stop(root: Path) -> None:
    pid = _postmaster(root)
    if pid is not None:
        os.kill(pid, signal.SIGINT)  # "fast": sessions end, everything committed is kept


def _postmaster(root: Path) -> int | None:
    return next(filter(None, map(postmaster, sorted(root.glob("pg[0-9]*"), reverse=True))), None)


def _start(command: list[str], user: str) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "LC_ALL": "C"}
    uid, gid = (None, None) if user == "-" else map(int, user.split(":"))
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        env=environment,
        user=uid,
        group=gid,
        extra_groups=None if uid is None else [],
    )


def _wait(child: "subprocess.Popen[bytes]", gone: threading.Event) -> None:
    child.wait()
    gone.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
