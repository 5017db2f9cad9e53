"""Who lives: the postmaster of a folder, and the processes that use it. Small, since the keeper loads it."""

from pathlib import Path

import psutil

from crashlight.adapters.postgres.locks import FileLock


def postmaster(data: Path) -> int | None:
    """The process that serves ``data``: it lives, is no zombie, is a postgres, and was started for this folder.

    The pid file alone says little: it may be stale, empty, or name a process that came later.
    """
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").split("\n", 1)[0])
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        command = process.cmdline()
        # A postmaster works in its data folder. Where that cannot be seen, its command line has to name it.
        is_ours = str(data) in command or Path(process.cwd()) == data.resolve()
    except (OSError, ValueError, psutil.Error):
        return None
    return pid if is_ours and bool(command) and Path(command[0]).stem == "postgres" else None


def sessions(folder: Path) -> int:
    """How many processes use the cluster; the files of dead ones are removed."""
    living = 0
    for path in folder.glob("*"):
        lock = FileLock(path)
        try:
            if lock.try_acquire():
                lock.release(remove=True)
            else:
                living += 1
        except OSError:
            continue
    return living
