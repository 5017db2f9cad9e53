"""Entries of the journal into the tables: a batch is one transaction, and a second time changes nothing.

Counters are raised by the rows that were really inserted, in the same transaction, so a replay counts
nothing twice. Groups are locked in the order of their fingerprints, so two servers cannot wait for each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from crashlight.adapters.postgres import learning_tables as learning
from crashlight.adapters.postgres import tables as t
from crashlight.adapters.postgres.answering import write_answers, write_fixes
from crashlight.adapters.postgres.entries import (
    AnswerEntry,
    Entry,
    EventEntry,
    FixEntry,
    OccurrenceEntry,
    SecurityEntry,
)
from crashlight.adapters.postgres.locked_groups import LockedGroup, close_groups, lock_groups
from crashlight.adapters.postgres.packing import moment, pack

E = TypeVar("E")


async def write(connection: AsyncConnection, entries: Sequence[Entry], server: str) -> None:
    """Write a batch within the connection's transaction, as ``server``. Raises sqlalchemy.exc.DBAPIError."""
    groups = await lock_groups(connection, entries)
    places = await _Places.find(connection, entries)
    await _write_names(connection, entries)
    await _write_occurrences(connection, _only(entries, OccurrenceEntry), groups, places)
    await _write_events(connection, _only(entries, EventEntry), groups, places)
    await write_answers(connection, _only(entries, AnswerEntry), groups)
    await write_fixes(connection, _only(entries, FixEntry), groups)
    await _write_security(connection, _only(entries, SecurityEntry))
    await close_groups(connection, groups, server)


class _Places:
    """Numbers of workspaces and logs."""

    def __init__(self, workspaces: dict[str, int], logs: dict[tuple[int | None, str], int]) -> None:
        self._workspaces = workspaces
        self._logs = logs

    @classmethod
    async def find(cls, connection: AsyncConnection, entries: Sequence[Entry]) -> "_Places":
        found = _only(entries, OccurrenceEntry)
        paths = sorted(
            {entry.workspace for entry in found if entry.workspace}
            | {entry.event.workspace for entry in _only(entries, EventEntry) if entry.event.workspace}
        )
        workspaces: dict[str, int] = {}
        if paths:
            await connection.execute(upsert(t.workspaces).on_conflict_do_nothing(), [{"path": path} for path in paths])
            query = select(t.workspaces.c.path, t.workspaces.c.id).where(t.workspaces.c.path.in_(paths))
            workspaces = {row.path: row.id for row in await connection.execute(query)}
        logs = sorted(
            {(workspaces[entry.workspace] if entry.workspace else None, entry.log) for entry in found},
            key=lambda key: (key[0] or 0, key[1]),
        )
        numbers: dict[tuple[int | None, str], int] = {}
        if logs:
            rows = [{"workspace_id": workspace, "path": path} for workspace, path in logs]
            await connection.execute(upsert(t.log_sources).on_conflict_do_nothing(), rows)
            sources = t.log_sources.c
            found_logs = select(sources.workspace_id, sources.path, sources.id).where(
                sources.path.in_([path for _, path in logs])
            )
            numbers = {(workspace, path): number for workspace, path, number in await connection.execute(found_logs)}
        return cls(workspaces, numbers)

    def workspace(self, path: str | None) -> int | None:
        return self._workspaces[path] if path else None

    def log(self, entry: OccurrenceEntry) -> int:
        return self._logs[(self.workspace(entry.workspace), entry.log)]


async def _write_names(connection: AsyncConnection, entries: Sequence[Entry]) -> None:
    """Prompts, models and plugins are known by the first row that speaks of them."""
    events = [entry.event for entry in _only(entries, EventEntry)]
    keys = [entry.key for entry in _only(entries, AnswerEntry)]
    security = [entry.event for entry in _only(entries, SecurityEntry)]
    prompts = {event.prompt for event in events} | {key.prompt for key in keys}
    models = {event.model for event in events} | {key.model for key in keys}
    contents = {event.digest: event.plugin for event in security if event.digest}
    for table, rows in (
        (learning.prompt_versions, [{"prompt": prompt} for prompt in sorted(filter(None, prompts))]),
        (learning.models, [{"model": model} for model in sorted(filter(None, models))]),
        (learning.plugins, [{"digest": digest, "plugin": plugin} for digest, plugin in sorted(contents.items())]),
    ):
        if rows:
            await connection.execute(upsert(table).on_conflict_do_nothing(), rows)


async def _write_occurrences(
    connection: AsyncConnection, entries: list[OccurrenceEntry], groups: Mapping[str, LockedGroup], places: _Places
) -> None:
    if not entries:
        return
    statement = upsert(t.occurrences).on_conflict_do_nothing().returning(t.occurrences.c.identity)
    rows = [
        {
            "identity": entry.id,
            "group_id": groups[entry.fingerprint].id,
            "log_id": places.log(entry),
            "first_line": entry.first_line,
            "last_line": entry.last_line,
            "plugin": entry.plugin,
            "message": entry.message,
            "culprit_file": entry.culprit_file,
            "culprit_line": entry.culprit_line,
            "culprit_function": entry.culprit_function,
            "causes": pack(entry.causes),
            "found_at": moment(entry.time),
        }
        for entry in entries
    ]
    inserted = set(await connection.scalars(statement, rows))
    for entry in sorted(_first_of_each(entries, lambda entry: entry.id), key=lambda entry: entry.time):
        if entry.id in inserted:
            group = groups[entry.fingerprint]
            group.tally.add_occurrence(entry.time)
            group.changed = True


async def _write_events(
    connection: AsyncConnection, entries: list[EventEntry], groups: Mapping[str, LockedGroup], places: _Places
) -> None:
    if not entries:
        return
    statement = upsert(t.feedback_events).on_conflict_do_nothing().returning(t.feedback_events.c.id)
    same = (
        "id", "kind", "fix", "language", "crash_type", "category", "rule", "prompt", "model", "speaker", "editor",
        "reason", "latency_ms", "log", "line",
    )  # fmt: skip
    rows = [
        {
            **{name: getattr(entry.event, name) for name in same},
            "group_id": groups[entry.event.fingerprint].id,
            "happened_at": moment(entry.event.time),
            "workspace_id": places.workspace(entry.event.workspace),
            "comment": entry.event.text,
            "detail": entry.event.detail,
        }
        for entry in entries
    ]
    inserted = set(await connection.scalars(statement, rows))
    for entry in sorted(_first_of_each(entries, lambda entry: entry.event.id), key=lambda entry: entry.event.time):
        if entry.event.id in inserted:
            group = groups[entry.event.fingerprint]
            group.tally.add_event(entry.event.kind, entry.event.time)
            group.changed = True


async def _write_security(connection: AsyncConnection, entries: list[SecurityEntry]) -> None:
    names = ("plugin", "digest", "pid", "phase", "call", "severity", "verdict", "detail")
    if entries:
        await connection.execute(
            upsert(t.security_events).on_conflict_do_nothing(),
            [
                {
                    **{name: getattr(entry.event, name) for name in names},
                    "id": entry.id,
                    "happened_at": moment(entry.event.time),
                }
                for entry in entries
            ],
        )


def _only(entries: Iterable[Entry], kind: type[E]) -> list[E]:
    return [entry for entry in entries if isinstance(entry, kind)]


def _first_of_each(entries: Iterable[E], key: Any) -> list[E]:
    return list({key(entry): entry for entry in reversed(list(entries))}.values())
