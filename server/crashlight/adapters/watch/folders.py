"""Watching folders with watchdog: by the kernel where it can, by polling where it cannot.

Kernel notices do not cross network mounts, and the number of inotify watches is limited; both fall
back to polling, and ``check`` says so.
"""

import errno
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from crashlight.domain import Check
from crashlight.ports import ChangeKind, FileChange

logger = logging.getLogger(__name__)

QUIET_S = 0.05  # a burst of changes to one path within this time is one change
POLL_S = 2.0
NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "drvfs", "vboxsf"}
KINDS: dict[str, ChangeKind] = {"created": "created", "modified": "changed", "closed": "changed", "deleted": "deleted"}


class FolderWatcher:
    """Tells of changes below folders; changes arrive on a thread of the watcher."""

    def __init__(self) -> None:
        self._observers: list[BaseObserver] = []
        self._polled: dict[Path, str] = {}
        self._burst: _Burst | None = None

    def start(self, roots: Sequence[Path], on_change: Callable[[list[FileChange]], None]) -> None:
        """Watch these folders in place of those before."""
        self.stop()
        self._burst = _Burst(on_change)
        for root in roots:
            reason = f"{root} is on a network drive" if _file_system(root) in NETWORK_FILE_SYSTEMS else None
            if reason is None:
                try:
                    self._watch(Observer(), root)
                    continue
                except OSError as error:
                    if error.errno not in {errno.ENOSPC, errno.EMFILE, errno.ENFILE}:
                        logger.warning("cannot watch a folder: %s", error.strerror)
                    reason = "the limit of inotify watches was reached (sysctl fs.inotify.max_user_watches raises it)"
            self._polled[root] = reason
            self._watch(PollingObserver(timeout=POLL_S), root)

    def stop(self) -> None:
        """Stop watching; no change arrives afterwards."""
        if self._burst:
            self._burst.close()
        for observer in self._observers:
            observer.stop()
        for observer in self._observers:
            observer.join(timeout=POLL_S + 1)
        self._observers.clear()
        self._polled.clear()

    def check(self) -> Check:
        """``degraded`` where a folder is polled, with the reason."""
        if not self._observers:
            return Check("watcher", "ok", "no folder is watched now")
        if self._polled:
            return Check(
                "watcher",
                "degraded",
                f"{len(self._polled)} of {len(self._observers)} folders are polled every {POLL_S:.0f} s",
                "; ".join(sorted(set(self._polled.values()))),
            )
        return Check("watcher", "ok", f"{len(self._observers)} folders are watched")

    def _watch(self, observer: BaseObserver, root: Path) -> None:
        assert self._burst is not None
        try:
            observer.schedule(self._burst, str(root), recursive=True)
            observer.start()
        except OSError:
            observer.unschedule_all()
            raise
        self._observers.append(observer)


class _Burst(FileSystemEventHandler):
    """Collects events until none came for a moment, then tells them in one list."""

    def __init__(self, on_change: Callable[[list[FileChange]], None]) -> None:
        self._on_change = on_change
        self._changes: dict[Path, FileChange] = {}
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._closed = False

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by watchdog, on its thread, for each event."""
        if event.is_directory or event.event_type not in {*KINDS, "moved"}:
            return
        path = Path(_text(event.src_path))
        if event.event_type == "moved":
            target = Path(_text(event.dest_path))
            self._add(FileChange(path, "moved", target))
            # A rotated log is made anew at once under its old name, which replaces its move in the burst.
            self._add(FileChange(target, "created"))
        else:
            self._add(FileChange(path, KINDS[event.event_type]))

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._timer:
                self._timer.cancel()

    def _add(self, change: FileChange) -> None:
        with self._lock:
            if self._closed:
                return
            before = self._changes.get(change.path)
            if before and before.kind == "created" and change.kind == "changed":
                change = before
            self._changes[change.path] = change
            if self._timer is None:
                self._timer = threading.Timer(QUIET_S, self._tell)
                self._timer.daemon = True
                self._timer.start()

    def _tell(self) -> None:
        with self._lock:
            changes, self._changes, self._timer = list(self._changes.values()), {}, None
            if self._closed:
                return
        self._on_change(changes)


def _text(path: bytes | str) -> str:
    return path.decode("utf-8", "surrogateescape") if isinstance(path, bytes) else path


def _file_system(path: Path) -> str | None:
    """The type of the file system that holds ``path``, from /proc/mounts; None where that cannot be known."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    best, kind = "", None
    resolved = str(path.resolve())
    for line in mounts:
        fields = line.split(" ")
        if len(fields) > 2:
            point = fields[1].replace("\\040", " ")
            inside = resolved == point or resolved.startswith(point.rstrip("/") + "/")
            if inside and len(point) >= len(best):
                best, kind = point, fields[2]
    return kind
