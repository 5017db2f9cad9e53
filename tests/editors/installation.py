"""A Crashlight of its own for one test: its files, its database, and what that database holds."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

PATIENCE_S = 60


@dataclass(frozen=True)
class Installation:
    """``home`` holds all that this Crashlight writes."""

    home: Path

    @property
    def program(self) -> str:
        """The command that users have."""
        return str(Path(sys.executable).parent / "crashlight")

    @property
    def env(self) -> dict[str, str]:
        """What moves all files below ``home``."""
        return {"CRASHLIGHT_HOME": str(self.home)}

    def run(self, *words: str) -> str:
        """What a command prints."""
        done = subprocess.run(
            [self.program, *words], capture_output=True, text=True, timeout=60, env={**os.environ, **self.env}
        )
        if done.returncode != 0:
            pytest.fail(f"crashlight {' '.join(words)}: {done.stderr}")
        return done.stdout.strip()

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The feedback events of one kind that are in PostgreSQL now."""
        return [event for event in self.all_events() if event["kind"] == kind]

    def all_events(self) -> list[dict[str, Any]]:
        """Every feedback event that is in PostgreSQL now, oldest first."""
        query = (
            "SELECT id, kind, fix, editor, rule, reason, comment FROM crashlight.feedback_events ORDER BY happened_at"
        )
        with psycopg.connect(self.run("db", "url"), row_factory=dict_row) as connection:
            return connection.execute(query).fetchall()

    def wait_for_events(self, kind: str) -> list[dict[str, Any]]:
        """The events of one kind once there is one: they arrive by the journal, not at once."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if events := self.events(kind):
                return events
            time.sleep(0.2)
        raise AssertionError(f"no event '{kind}' reached PostgreSQL, only {self.all_events()}")

    def close(self) -> None:
        """Stop and remove the database, which for root lies outside of ``home``."""
        self.run("purge", "--yes", "database")
