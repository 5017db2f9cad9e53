"""Entries of the journal into the tables: a batch is one transaction, and a second time changes nothing.

Counters are raised by the rows that were really inserted, in the same transaction, so a replay counts
nothing twice. Groups are locked in the order of their fingerprints, so two servers cannot wait for each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
import zstandard
from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from crashlight.adapters.postgres import learning_tables as learning
from crashlight.adapters.postgres import tables as t
from crashlight.adapters.postgres.entries import (
    AnswerEntry,
    Entry,
    EventEntry,
    FixEntry,
    OccurrenceEntry,
    SecurityEntry,
)
from crashlight.adapters.postgres.tally import Tally
from crashlight.domain import Fix

CHANNEL = "crashlight"
LATEST = 253_402_300_799.0
"""The last second of the year 9999. A clock that is far off costs the order of an event, not the event."""

E = TypeVar("E")


async def write(connection: AsyncConnection, entries: Sequence[Entry], server: str) -> None:
    """Write a batch within the connection's transaction, as ``server``. Raises sqlalchemy.exc.DBAPIError."""
    groups = await _lock_groups(connection, entries)
    places = await _Places.find(connection, entries)
    await _write_names(connection, entries)
    await _write_occurrences(connection, _only(entries, OccurrenceEntry), groups, places)
    await _write_events(connection, _only(entries, EventEntry), groups, places)
    await _write_answers(connection, _only(entries, AnswerEntry), groups)
    await _write_fixes(connection, _only(entries, FixEntry), groups)
    await _write_security(connection, _only(entries, SecurityEntry))
    await _close_groups(connection, groups, server)


class _Group:
    """A group that is locked by this transaction."""

    def __init__(self, number: int, tally: Tally) -> None:
        self.id = number
        self.tally = tally
        self.changed = False


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


async def _lock_groups(connection: AsyncConnection, entries: Sequence[Entry]) -> dict[str, _Group]:
    rows = {row["fingerprint"]: row for row in map(_group_row, entries) if row is not None}
    # What an occurrence knows of its group is more than what an event does: it goes in last, so it wins.
    rows |= {entry.fingerprint: _group_row(entry) for entry in _only(entries, OccurrenceEntry)}  # type: ignore[misc]  # never None for an occurrence
    if not rows:
        return {}
    columns = t.crash_groups.c
    wanted = sorted(rows)
    statement = upsert(t.crash_groups)
    # An event may have come before the crash that it is about; the crash then fills in what was not known.
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[columns.fingerprint],
            set_={
                "language": func.coalesce(columns.language, statement.excluded.language),
                "crash_type": statement.excluded.crash_type,
                "template": statement.excluded.template,
                "frames": statement.excluded.frames,
            },
            where=(columns.crash_type == "") & (statement.excluded.crash_type != ""),
        ),
        [rows[fingerprint] for fingerprint in wanted],
    )
    query = select(t.crash_groups).where(columns.fingerprint.in_(wanted)).order_by(columns.fingerprint)
    return {row.fingerprint: _Group(row.id, tally_of(row)) for row in await connection.execute(query.with_for_update())}


def tally_of(row: Any) -> Tally:
    """The counters of a row of ``crash_groups``."""
    return Tally(
        first_seen=row.first_seen.timestamp(),
        last_seen=row.last_seen.timestamp(),
        count=row.occurrences,
        state=row.state,
        state_at=row.state_at.timestamp() if row.state_at else 0.0,
        thumbs_up=row.thumbs_up,
        thumbs_down=row.thumbs_down,
    )


async def _close_groups(connection: AsyncConnection, groups: Mapping[str, _Group], server: str) -> None:
    changed = [group for group in groups.values() if group.changed]
    if not changed:
        return
    columns = t.crash_groups.c
    await connection.execute(
        update(t.crash_groups).where(columns.id == bindparam("number")),
        [
            {
                "number": group.id,
                "state": group.tally.state,
                "state_at": _moment(group.tally.state_at) if group.tally.state_at else None,
                "first_seen": _moment(group.tally.first_seen),
                "last_seen": _moment(group.tally.last_seen),
                "occurrences": group.tally.count,
                "thumbs_up": group.tally.thumbs_up,
                "thumbs_down": group.tally.thumbs_down,
            }
            for group in changed
        ],
    )
    await connection.execute(insert(t.changes), [{"group_id": group.id, "server": server} for group in changed])
    await connection.execute(text(f"NOTIFY {CHANNEL}"))


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
    connection: AsyncConnection, entries: list[OccurrenceEntry], groups: Mapping[str, _Group], places: _Places
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
            "found_at": _moment(entry.time),
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
    connection: AsyncConnection, entries: list[EventEntry], groups: Mapping[str, _Group], places: _Places
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
            "happened_at": _moment(entry.event.time),
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


async def _write_answers(connection: AsyncConnection, entries: list[AnswerEntry], groups: Mapping[str, _Group]) -> None:
    for entry in entries:
        group = groups[entry.key.fingerprint]
        columns = t.analyses.c
        statement = upsert(t.analyses).values(
            group_id=group.id,
            excerpt=entry.key.excerpt,
            model=entry.key.model,
            prompt=entry.key.prompt,
            made_at=_moment(entry.time),
        )
        newer = statement.on_conflict_do_update(
            index_elements=[columns.group_id, columns.excerpt, columns.model, columns.prompt],
            set_={"made_at": statement.excluded.made_at, "used_at": func.now()},
            where=columns.made_at < statement.excluded.made_at,
        ).returning(columns.id)
        analysis = await connection.scalar(newer)
        if analysis is None:
            continue  # the same, or a newer one, is there
        said = entry.explanation
        explanation = upsert(t.explanations).values(
            analysis_id=analysis,
            category=said.category,
            confidence=min(1.0, max(0.0, said.confidence)),
            speaker=said.by,
            rule=said.rule,
            body=pack(said),
        )
        names = ("category", "confidence", "speaker", "rule", "body")
        await connection.execute(
            explanation.on_conflict_do_update(
                index_elements=[t.explanations.c.analysis_id],
                set_={name: explanation.excluded[name] for name in names},
            )
        )
        if entry.fixes:
            rows = [_fix_row(group.id, fix, entry.time) | {"analysis_id": analysis} for fix in entry.fixes]
            fixes = upsert(t.fixes)
            await connection.execute(
                fixes.on_conflict_do_update(
                    index_elements=[t.fixes.c.group_id, t.fixes.c.fix],
                    set_={name: fixes.excluded[name] for name in ("analysis_id", "body", "verified")},
                ),
                rows,
            )
        group.changed = True


async def _write_fixes(connection: AsyncConnection, entries: list[FixEntry], groups: Mapping[str, _Group]) -> None:
    if entries:
        await connection.execute(
            upsert(t.fixes).on_conflict_do_nothing(),
            [_fix_row(groups[entry.fingerprint].id, entry.fix, entry.time) for entry in entries],
        )


async def _write_security(connection: AsyncConnection, entries: list[SecurityEntry]) -> None:
    names = ("plugin", "digest", "pid", "phase", "call", "severity", "verdict", "detail")
    if entries:
        await connection.execute(
            upsert(t.security_events).on_conflict_do_nothing(),
            [
                {
                    **{name: getattr(entry.event, name) for name in names},
                    "id": entry.id,
                    "happened_at": _moment(entry.event.time),
                }
                for entry in entries
            ],
        )


def pack(value: object) -> bytes:
    """JSON, compressed (zstd)."""
    return zstandard.ZstdCompressor(level=3).compress(msgspec.json.encode(value))


def unpack(body: bytes, kind: type[E]) -> E:
    """The value of :func:`pack`. Raises zstandard.ZstdError and msgspec.DecodeError."""
    return msgspec.json.decode(zstandard.ZstdDecompressor().decompress(body, max_output_size=16 << 20), type=kind)


def _fix_row(group_id: int, fix: Fix, time: float) -> dict[str, Any]:
    return {
        "group_id": group_id,
        "fix": fix.id,
        "title": fix.title,
        "speaker": fix.by,
        "rule": fix.rule,
        "prompt": fix.prompt,
        "verified": list(fix.verified),
        "body": pack(fix),
        "offered_at": _moment(time),
    }


def _group_row(entry: Entry) -> dict[str, Any] | None:
    """What a row says of its group, for the case that the group is not known yet."""
    blank: dict[str, Any] = {"language": None, "crash_type": "", "template": "", "frames": []}
    if isinstance(entry, OccurrenceEntry):
        names = ("fingerprint", "language", "crash_type", "template")
        known = {name: getattr(entry, name) for name in names} | {"frames": list(entry.frames)}
        time = entry.time
    elif isinstance(entry, EventEntry):
        known = {"fingerprint": entry.event.fingerprint, "language": entry.event.language}
        time = entry.event.time
    elif isinstance(entry, FixEntry):
        known, time = {"fingerprint": entry.fingerprint}, entry.time
    elif isinstance(entry, AnswerEntry):
        known, time = {"fingerprint": entry.key.fingerprint}, entry.time
    else:
        return None
    return {**blank, **known, "first_seen": _moment(time), "last_seen": _moment(time)}


def _only(entries: Iterable[Entry], kind: type[E]) -> list[E]:
    return [entry for entry in entries if isinstance(entry, kind)]


def _first_of_each(entries: Iterable[E], key: Any) -> list[E]:
    return list({key(entry): entry for entry in reversed(list(entries))}.values())


def _moment(time: float) -> datetime:
    return datetime.fromtimestamp(min(max(time, 0.0), LATEST), UTC)
