"""What plugins did that they may not: bounded, written to the audit file, and told to whoever listens.

The file is JSON Lines in the state folder, at most two of them of 1 MiB each. A plugin that floods gets
``MOST_A_MINUTE`` lines and then one that counts the rest.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from crashlight.ports import SecurityEvent
from crashlight.settings.paths import home, private_folder

MOST_A_MINUTE: Final = 50
LARGEST_FILE: Final = 1 << 20

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Minute:
    began: float
    count: int = 0
    dropped: int = 0


class Events:
    """Takes events from any thread."""

    def __init__(self, listener: Callable[[SecurityEvent], None], path: Path | None = None) -> None:
        self._listener = listener
        self._path = path
        self._minutes: dict[str, _Minute] = {}
        self._lock = threading.Lock()

    def add(self, event: SecurityEvent) -> None:
        """Record an event, unless its plugin had its share of this minute; what kills is always recorded."""
        with self._lock:
            for passed in self._bounded(event):
                log.warning(
                    "plugin %s, %s: %s %s %s", passed.plugin, passed.phase, passed.call, passed.verdict, passed.detail
                )
                self._write(passed)
                self._listener(passed)

    def _bounded(self, event: SecurityEvent) -> Iterator[SecurityEvent]:
        minute = self._minutes.setdefault(event.plugin, _Minute(event.time))
        if event.time - minute.began >= 60.0:
            if minute.dropped:
                yield replace(event, call="flood", verdict="denied", detail=f"{minute.dropped} more events in a minute")
            minute = self._minutes[event.plugin] = _Minute(event.time)
        minute.count += 1
        if minute.count <= MOST_A_MINUTE or event.verdict == "killed":
            yield event
        else:
            minute.dropped += 1

    def _write(self, event: SecurityEvent) -> None:
        path = self._path or audit_path()
        try:
            private_folder(path.parent)
            if path.exists() and path.stat().st_size > LARGEST_FILE:
                path.replace(path.with_suffix(".1.jsonl"))
            with path.open("ab") as file:
                file.write(msgspec.json.encode(event) + b"\n")
        except OSError as error:
            log.error("the audit file %s cannot be written: %s", path, error)


def audit_path() -> Path:
    """Where the audit file lies."""
    return home("state") / "plugins-audit.jsonl"


def read_audit(path: Path | None = None) -> list[SecurityEvent]:
    """All events that are kept, the oldest first; lines that were cut are left out."""
    newest = path or audit_path()
    found: list[SecurityEvent] = []
    for file in (newest.with_suffix(".1.jsonl"), newest):
        try:
            lines = file.read_bytes().splitlines()
        except OSError:
            continue
        for line in lines:
            try:
                found.append(msgspec.json.decode(line, type=SecurityEvent))
            except msgspec.DecodeError:
                continue
    return found
