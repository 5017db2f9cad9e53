"""The watcher tells each change once, and says when it has to poll."""

import errno
import queue
from pathlib import Path

import pytest

from crashlight.adapters.watch import FolderWatcher, folders
from crashlight.ports import FileChange


@pytest.fixture
def told(tmp_path: Path):
    changes: queue.Queue[FileChange] = queue.Queue()
    watcher = FolderWatcher()
    watcher.start([tmp_path], lambda batch: [changes.put(change) for change in batch])
    yield watcher, changes
    watcher.stop()


def wait_for(changes: "queue.Queue[FileChange]", path: Path, *kinds: str) -> FileChange:
    while True:
        change = changes.get(timeout=30)
        if change.path == path and change.kind in kinds:
            return change


def test_a_log_is_created_appended_renamed_and_deleted(told, tmp_path: Path) -> None:
    _, changes = told
    log = tmp_path / "a.log"
    log.write_text("one\n")
    wait_for(changes, log, "created", "changed")
    with log.open("a") as file:
        file.write("two\n")
    wait_for(changes, log, "changed")
    log.rename(tmp_path / "a.log.1")
    assert wait_for(changes, log, "moved").moved_to == tmp_path / "a.log.1"
    (tmp_path / "a.log.1").unlink()
    wait_for(changes, tmp_path / "a.log.1", "deleted")


def test_folders_made_later_are_watched(told, tmp_path: Path) -> None:
    _, changes = told
    (tmp_path / "sub").mkdir()
    log = tmp_path / "sub" / "b.log"
    log.write_text("one\n")
    wait_for(changes, log, "created", "changed")


def test_the_inotify_limit_leads_to_polling_with_a_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Exhausted(folders.Observer):  # type: ignore[valid-type, misc]
        def start(self) -> None:
            raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(folders, "Observer", Exhausted)
    changes: queue.Queue[FileChange] = queue.Queue()
    watcher = FolderWatcher()
    watcher.start([tmp_path], lambda batch: [changes.put(change) for change in batch])
    try:
        check = watcher.check()
        assert check.status == "degraded"
        assert "max_user_watches" in check.cure
        log = tmp_path / "a.log"
        log.write_text("one\n")
        wait_for(changes, log, "created", "changed")
    finally:
        watcher.stop()
