"""What is removed by age: a little at a time, by one server, so that nobody waits for it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

LOCK = 0x6372_6173_6872_6574  # "crashret": an advisory lock of ours
AT_ONCE = 1_000

RETENTION = {
    "changes": ("changed_at", "1 day"),
    "occurrences": ("found_at", "365 days"),
    "security_events": ("happened_at", "90 days"),
    "plugin_runs": ("started_at", "90 days"),
}
"""Table, the column that tells the age, and how long a row stays. What people said is never removed by age."""

ANSWERS = 20_000
"""Answers of models that are kept; those that were not asked for the longest time go first."""


async def remove_old(connection: AsyncConnection) -> int:
    """Remove one portion of each table, within the connection's transaction; how many rows there were.

    None are left to remove when it returns 0, which it also does while another server is at it.
    """
    if not await connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": LOCK}):
        return 0
    removed = 0
    for table, (column, age) in RETENTION.items():
        # The names are constants of this file. The inner query walks the index of the column.
        statement = (
            f"DELETE FROM crashlight.{table} WHERE id IN (SELECT id FROM crashlight.{table}"  # noqa: S608
            f" WHERE {column} < now() - CAST(:age AS interval) ORDER BY {column} LIMIT :portion)"
        )
        done = await connection.execute(text(statement), {"age": age, "portion": AT_ONCE})
        removed += done.rowcount
    done = await connection.execute(
        text(
            "DELETE FROM crashlight.analyses WHERE id IN (SELECT id FROM crashlight.analyses"
            " ORDER BY used_at DESC OFFSET :kept LIMIT :portion)"
        ),
        {"kept": ANSWERS, "portion": AT_ONCE},
    )
    return removed + done.rowcount
