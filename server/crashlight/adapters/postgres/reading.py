"""What the product asks of the database. Each query has an index; tests look at the plans."""

from collections.abc import Sequence

from sqlalchemy import cast, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crashlight.adapters.postgres import tables as t
from crashlight.adapters.postgres.columns import TransactionId
from crashlight.adapters.postgres.memory import Answered
from crashlight.adapters.postgres.tally import Tally
from crashlight.adapters.postgres.writing import tally_of, unpack
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
