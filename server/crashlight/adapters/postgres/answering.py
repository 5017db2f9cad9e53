"""Answers of models and fixes into the tables."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from crashlight.adapters.postgres import tables as t
from crashlight.adapters.postgres.entries import AnswerEntry, FixEntry
from crashlight.adapters.postgres.locked_groups import LockedGroup
from crashlight.adapters.postgres.packing import moment, pack
from crashlight.domain import Fix


async def write_answers(
    connection: AsyncConnection, entries: list[AnswerEntry], groups: Mapping[str, LockedGroup]
) -> None:
    """An answer with its explanation and fixes; a newer one under the same key replaces it whole."""
    for entry in entries:
        group = groups[entry.key.fingerprint]
        columns = t.analyses.c
        statement = upsert(t.analyses).values(
            group_id=group.id,
            excerpt=entry.key.excerpt,
            model=entry.key.model,
            prompt=entry.key.prompt,
            made_at=moment(entry.time),
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


async def write_fixes(connection: AsyncConnection, entries: list[FixEntry], groups: Mapping[str, LockedGroup]) -> None:
    """Fixes that were offered."""
    if entries:
        await connection.execute(
            upsert(t.fixes).on_conflict_do_nothing(),
            [_fix_row(groups[entry.fingerprint].id, entry.fix, entry.time) for entry in entries],
        )


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
        "offered_at": moment(time),
    }
