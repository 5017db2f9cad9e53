"""What feedback says about prompt versions, for the experiments between them."""

from sqlalchemy import Double, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crashlight.adapters.postgres import tables as t
from crashlight.domain import Exposure

SUCCESSES = ("accepted", "kept", "thumbs_up")


async def exposures(connection: AsyncConnection, family: str) -> list[Exposure]:
    """For each crash group that saw a version of a prompt family: how it was drawn, and whether it helped."""
    events = t.feedback_events.c
    query = (
        select(
            events.prompt,
            func.min(cast(events.detail["exposure"].astext, Double)),
            func.bool_or(events.kind.in_(SUCCESSES)),
        )
        .where(events.prompt.startswith(f"{family}@", autoescape=True), events.detail.has_key("exposure"))
        .group_by(events.prompt, events.group_id)
    )
    return [Exposure(*row) for row in await connection.execute(query)]
