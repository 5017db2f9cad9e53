"""Locks belong to their holder: another one in the same process does not get them, a dead one has none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crashlight.adapters.postgres.locks import FileLock
from crashlight.adapters.postgres.processes import postmaster, sessions


def test_one_holder_even_within_a_process(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.try_acquire()
    assert not second.try_acquire()
    first.release()
    assert second.try_acquire()


def test_closing_another_handle_of_the_file_keeps_the_lock(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    assert lock.try_acquire()
    (tmp_path / "lock").read_bytes()
    assert not FileLock(tmp_path / "lock").try_acquire()


def test_a_removed_file_is_no_lock(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.try_acquire()
    first.release(remove=True)
    assert second.try_acquire()
    assert (tmp_path / "lock").exists()


HOLDER = """
import sys
from pathlib import Path
from crashlight.adapters.postgres.locks import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.try_acquire(), flush=True)
sys.stdin.read()
"""


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "session")]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "True\n"
    assert sessions(tmp_path) == 1
    holder.kill()
    holder.communicate()
    assert sessions(tmp_path) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "0\n", "-1\n", "no number\n", f"{os.getpid()}\n", "999999999\n"])
def test_a_pid_file_is_not_believed(tmp_path: Path, content: str) -> None:
    (tmp_path / "postmaster.pid").write_text(content)
    assert postmaster(tmp_path) is None
