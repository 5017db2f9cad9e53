"""What the product asks of the database. Each query has an index; tests look at the plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, any_, cast, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from crashlight.adapters.postgres import tables as t
from crashlight.adapters.postgres.columns import TransactionId
from crashlight.adapters.postgres.locked_groups import tally_of
from crashlight.adapters.postgres.memory import Answered
from crashlight.adapters.postgres.packing import unpack
from crashlight.adapters.postgres.tally import Tally
from crashlight.domain import Explanation, Fix
from crashlight.ports import AnswerKey


async def histories(connection: AsyncConnection, fingerprints: Sequence[str]) -> dict[str, Tally]:
    """The counters of groups; those that are not known are absent."""
    query = select(t.crash_groups).where(t.crash_groups.c.fingerprint.in_(fingerprints))
    return {row.fingerprint: tally_of(row) for row in await connection.execute(query)}


async def answer(connection: AsyncConnection, key: AnswerKey) -> Answered | None:
    """The answer under this key, which counts as used now."""
    analyses, groups = t.analyses.c, t.crash_groups.c
    query = (
        select(analyses.id, t.explanations.c.body)
        .select_from(t.analyses.join(t.crash_groups).join(t.explanations))
        .where(
            groups.fingerprint == key.fingerprint,
            analyses.excerpt == key.excerpt,
            analyses.model == key.model,
            analyses.prompt == key.prompt,
        )
    )
    found = (await connection.execute(query)).one_or_none()
    if found is None:
        return None
    bodies = await connection.scalars(
        select(t.fixes.c.body).where(t.fixes.c.analysis_id == found.id).order_by(t.fixes.c.id)
    )
    await connection.execute(update(t.analyses).where(analyses.id == found.id).values(used_at=func.now()))
    return unpack(found.body, Explanation), tuple(unpack(body, Fix) for body in bodies)


async def horizon(connection: AsyncConnection) -> str:
    """The oldest transaction that is running: whoever reads from it later misses nothing."""
    return str(await connection.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")))


async def changed_since(connection: AsyncConnection, transaction: str, server: str) -> dict[str, bool]:
    """Groups that were changed by this transaction or later ones, and whether by another server than this one."""
    groups, changes = t.crash_groups.c, t.changes.c
    query = (
        select(groups.fingerprint, func.bool_or(changes.server != server))
        .select_from(t.changes.join(t.crash_groups))
        .where(changes.transaction >= cast(transaction, TransactionId()))
        .group_by(groups.fingerprint)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}


@dataclass(frozen=True, slots=True)
class Group:
    """A group of crashes, as lists show it."""

    fingerprint: str
    language: str | None
    crash_type: str
    template: str
    tally: Tally


async def recent_groups(connection: AsyncConnection, limit: int, before: datetime | None = None) -> list[Group]:
    """Groups by when they were last seen, latest first; ``before`` turns the page."""
    columns = t.crash_groups.c
    query = select(t.crash_groups).order_by(columns.last_seen.desc(), columns.id.desc()).limit(limit)
    if before is not None:
        query = query.where(columns.last_seen < before)
    return [_group(row) for row in await connection.execute(query)]


async def similar_groups(connection: AsyncConnection, frames: Sequence[str], limit: int) -> list[Group]:
    """Groups that share application frames with these; those that share most come first.

    The index finds groups with any of the frames, and only those are counted: comparing text by trigrams
    would read every group.
    """
    columns = t.crash_groups.c
    wanted = cast(list(frames), ARRAY(Text))
    one = func.unnest(columns.frames).column_valued("one")
    shared = select(func.count()).where(one == any_(wanted)).correlate(t.crash_groups).scalar_subquery()
    query = (
        select(t.crash_groups)
        .where(columns.frames.overlap(wanted))
        .order_by(shared.desc(), columns.last_seen.desc())
        .limit(limit)
    )
    return [_group(row) for row in await connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Found:
    """One occurrence, as lists show it."""

    log: str
    first_line: int
    message: str
    found_at: datetime


async def occurrences_of(connection: AsyncConnection, fingerprint: str, limit: int) -> list[Found]:
    """Where a group was found, latest first."""
    found, groups, logs = t.occurrences.c, t.crash_groups.c, t.log_sources.c
    group_id = select(groups.id).where(groups.fingerprint == fingerprint).scalar_subquery()
    query = (
        select(logs.path, found.first_line, found.message, found.found_at)
        .select_from(t.occurrences.join(t.log_sources))
        .where(found.group_id == group_id)
        .order_by(found.found_at.desc())
        .limit(limit)
    )
    return [Found(*row) for row in await connection.execute(query)]


async def kinds_by_prompt(connection: AsyncConnection, since: datetime) -> dict[tuple[str, str], int]:
    """How often each kind of feedback was given to each prompt version since a time."""
    events = t.feedback_events.c
    query = (
        select(events.prompt, events.kind, func.count())
        .where(events.prompt.is_not(None), events.happened_at >= since)
        .group_by(events.prompt, events.kind)
    )
    return {(row[0], row[1]): row[2] for row in await connection.execute(query)}


def _group(row: Any) -> Group:
    return Group(row.fingerprint, row.language, row.crash_type, row.template, tally_of(row))
