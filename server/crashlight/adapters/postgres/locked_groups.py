"""Groups of crashes within a writing transaction: locked, raised by what was inserted, and told to the others."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from crashlight.adapters.postgres import tables as t
from crashlight.adapters.postgres.entries import AnswerEntry, Entry, EventEntry, FixEntry, OccurrenceEntry
from crashlight.adapters.postgres.packing import moment
from crashlight.adapters.postgres.tally import Tally

CHANNEL = "crashlight"


class LockedGroup:
    """A group that is locked by this transaction."""

    def __init__(self, number: int, tally: Tally) -> None:
        self.id = number
        self.tally = tally
        self.changed = False


async def lock_groups(connection: AsyncConnection, entries: Sequence[Entry]) -> dict[str, LockedGroup]:
    """All groups that the entries are about, made where they are new, locked in the order of their fingerprints."""
    rows = {row["fingerprint"]: row for row in map(_group_row, entries) if row is not None}
    # What an occurrence knows of its group is more than what an event does: it goes in last, so it wins.
    found = [entry for entry in entries if isinstance(entry, OccurrenceEntry)]
    rows |= {entry.fingerprint: _group_row(entry) for entry in found}  # type: ignore[misc]  # never None for an occurrence
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
    return {
        row.fingerprint: LockedGroup(row.id, tally_of(row)) for row in await connection.execute(query.with_for_update())
    }


async def close_groups(connection: AsyncConnection, groups: Mapping[str, LockedGroup], server: str) -> None:
    """Write what changed, and tell the other servers when the transaction commits."""
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
                "state_at": moment(group.tally.state_at) if group.tally.state_at else None,
                "first_seen": moment(group.tally.first_seen),
                "last_seen": moment(group.tally.last_seen),
                "occurrences": group.tally.count,
                "thumbs_up": group.tally.thumbs_up,
                "thumbs_down": group.tally.thumbs_down,
            }
            for group in changed
        ],
    )
    await connection.execute(insert(t.changes), [{"group_id": group.id, "server": server} for group in changed])
    await connection.execute(text(f"NOTIFY {CHANNEL}"))


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
    return {**blank, **known, "first_seen": moment(time), "last_seen": moment(time)}
