"""The store on a real database: what goes in, comes out, is counted once, and is told to the others."""

import asyncio
import random
import string
import threading
import uuid
from pathlib import Path

import pytest
from sqlalchemy import text

from crashlight.adapters.postgres import entries
from crashlight.adapters.postgres.database import Database
from crashlight.adapters.postgres.journal import Journal, Row
from crashlight.domain import Edit, Explanation, Fix
from crashlight.ports import AnswerKey, SecurityEvent

pytestmark = pytest.mark.postgres

_WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")

KEY = AnswerKey("f", "excerpt", "model@1", "prompt@1")
SAID = Explanation("missing-key-or-index", 0.9, "No such key: 'user'.", "Use get.", "model", prompt="prompt@1")
FIX = Fix(
    "fix-1", "Use get", "model", (Edit("users.py", 17, 17, "    return table.get(key)\n"),), ("applies", "parses")
)


async def test_everything_comes_back_after_a_restart(open_store, make) -> None:
    first = open_store()
    first.record_occurrences([make.occurrence(), make.occurrence(line=9)], "/w")
    first.record(make.event("thumbs_up", workspace="/w", detail={"why": "good"}))
    first.record_fix("f", FIX)
    first.record_answer(KEY, SAID, [FIX])
    assert await first.flush(30)
    await first.close()
    second = open_store()
    assert await second.ready(30)
    history = (await second.histories(["f", "unknown"]))["f"]
    assert (history.count, history.state, history.thumbs_up, history.thumbs_down) == (2, "known", 1, 0)
    assert await second.answer(KEY) == (SAID, (FIX,))
    assert await second.answer(AnswerKey("f", "other excerpt", "model@1", "prompt@1")) is None


async def test_the_same_thing_twice_is_stored_and_counted_once(open_store, make, ask) -> None:
    event = make.event("thumbs_down")
    for _ in range(2):
        store = open_store()
        store.record(event)
        store.record(event)
        store.record_occurrences([make.occurrence(), make.occurrence()], None)
        store.record_fix("f", FIX)
        assert await store.flush(30)
        await store.close()
    assert ask("SELECT occurrences, thumbs_down FROM crashlight.crash_groups") == [(1, 1)]
    for table in ("feedback_events", "occurrences", "fixes", "log_sources"):
        assert ask(f"SELECT count(*) FROM crashlight.{table}") == [(1,)], table


async def test_an_event_may_come_before_its_crash(open_store, make, ask) -> None:
    store = open_store()
    store.record(make.event("resolved"))
    assert await store.flush(30)
    store.record_occurrences([make.occurrence()], None)
    assert await store.flush(30)
    assert ask("SELECT crash_type, template, frames, state FROM crashlight.crash_groups") == [
        ("KeyError", "<str>", ["users.load"], "recurred")
    ]


async def test_a_row_that_the_database_refuses_is_set_aside_and_holds_up_nobody(
    open_store, make, ask, tmp_path
) -> None:
    journal = Journal(tmp_path / "journal")
    good = [make.event() for _ in range(20)]
    too_long = "".join(random.Random(1).choices(string.ascii_letters, k=20_000))
    bad = [make.event(line=1 << 40), make.event(id="no uuid"), make.event(fingerprint=too_long), make.event(editor=5)]
    mixed = [*good[:7], bad[0], *good[7:9], bad[1], bad[2], *good[9:], bad[3]]
    journal.append(entries.row(entries.EventEntry(event)) for event in mixed)
    journal.append([Row(b'{"type":"of a newer version"}')])
    journal.close()
    store = open_store()
    assert await store.flush(30)
    assert ask("SELECT count(*) FROM crashlight.feedback_events WHERE fix IS NULL") == [(len(good),)]
    (check,) = [check for check in store.checks() if check.name == "journal"]
    assert check.status == "degraded"
    assert "5 writes" in check.detail and "crashlight db retry" in check.cure


async def test_what_one_server_learns_the_other_is_told(open_store, make) -> None:
    one, other = open_store(), open_store()
    told: asyncio.Queue[frozenset[str]] = asyncio.Queue()
    other.on_change(told.put_nowait)
    assert await one.ready(30) and await other.ready(30)
    for kind, state in [("ignored", "ignored"), ("reopened", "known"), ("resolved", "resolved")]:
        one.record(make.event(kind))
        assert "f" in await asyncio.wait_for(told.get(), 30)
        assert (await other.histories(["f"]))["f"].state == state
    one.record_answer(KEY, SAID, [FIX])
    assert "f" in await asyncio.wait_for(told.get(), 30)
    assert await other.answer(KEY) == (SAID, (FIX,))


async def test_listeners_are_called_in_the_loop_they_came_from(open_store, make) -> None:
    store = open_store()
    threads: asyncio.Queue[threading.Thread] = asyncio.Queue()
    store.on_change(lambda _: threads.put_nowait(threading.current_thread()))
    await asyncio.to_thread(store.record, make.event())
    assert await asyncio.wait_for(threads.get(), 30) is threading.current_thread()


async def test_two_servers_write_to_the_same_groups_at_once(open_store, make, ask, tmp_path) -> None:
    stores = [open_store(journal=tmp_path / f"journal-{number}") for number in range(3)]
    for line in range(1, 41):
        for number, store in enumerate(stores):
            found = [make.occurrence(f"hot-{(line + step) % 4}", line, log=f"{number}.log") for step in range(4)]
            store.record_occurrences(found if number % 2 else found[::-1], "/w")
    assert all(await asyncio.gather(*(store.flush(60) for store in stores)))
    assert ask("SELECT count(*), sum(occurrences) FROM crashlight.crash_groups") == [(4, 480)]
    assert ask("SELECT count(*) FROM crashlight.occurrences") == [(480,)]


async def test_feedback_that_is_switched_off_keeps_only_what_changes_a_state(open_store, make, ask) -> None:
    store = open_store(feedback=False)
    for kind in ("shown", "accepted", "thumbs_up", "ignored"):
        store.record(make.event(kind))
    assert await store.flush(30)
    assert ask("SELECT kind FROM crashlight.feedback_events") == [("ignored",)]


async def test_security_events_are_kept(open_store, ask) -> None:
    store = open_store()
    store.record_security(SecurityEvent(1.5, "bad", "abc", 7, "load", "socket", "severe", "killed", "connect\0"))
    assert await store.flush(30)
    assert ask("SELECT plugin, call, verdict, detail FROM crashlight.security_events") == [
        ("bad", "socket", "killed", "connect�")
    ]


@pytest.mark.parametrize("message", ["\0", "\ud800", "'; DROP SCHEMA crashlight CASCADE; --", "%s %(a)s :b", "\u2028"])
async def test_hostile_text_is_stored_as_text(open_store, make, ask, message: str) -> None:
    store = open_store()
    store.record_occurrences([make.occurrence(message=message)], message.replace("\0", "?"))
    store.record(make.event(text=message, fix=message))
    assert await store.flush(30)
    wanted = message.replace("\0", "�").replace("\ud800", "?")
    assert ask("SELECT message FROM crashlight.occurrences") == [(wanted,)]
    assert ask("SELECT comment, fix FROM crashlight.feedback_events") == [(wanted, wanted)]


async def test_secrets_do_not_reach_the_database(open_store, make, ask, address) -> None:
    store = open_store()
    store.record_occurrences([make.occurrence(message="login failed: password=hunter2secret!")], None)
    assert await store.flush(30)
    ((message,),) = ask("SELECT message FROM crashlight.occurrences")
    assert "hunter2secret" not in message


async def test_without_a_database_everything_works_and_says_what_is_wrong(open_store, make, tmp_path: Path) -> None:
    store = open_store(url=make.url_without_server(tmp_path))
    store.record_occurrences([make.occurrence(), make.occurrence(line=8)], None)
    store.record(make.event("thumbs_up"))
    store.record_answer(KEY, SAID, [])
    assert not await store.ready(30)
    assert (await store.histories(["f"]))["f"].count == 2
    assert await store.answer(KEY) == (SAID, ())
    assert not await store.flush(0.1)
    database, journal = store.checks()[:2]
    assert (database.name, database.status) == ("database", "down")
    assert "database.url" in database.cure and "cannot be used" in database.detail
    assert (journal.status, journal.detail) == ("degraded", "4 writes wait for the database")


async def test_what_was_told_without_a_database_is_corrected_when_it_comes(
    open_store, make, embedded, tmp_path
) -> None:
    past = open_store()
    past.record_occurrences([make.occurrence(line=line) for line in (1, 2, 3)], None)
    assert await past.flush(30)
    await past.close()
    store = open_store()
    told: asyncio.Queue[frozenset[str]] = asyncio.Queue()
    asked_too_early = await store.histories(["f"])
    store.on_change(told.put_nowait)
    if "f" not in asked_too_early:
        assert await asyncio.wait_for(told.get(), 30) == {"f"}
    assert (await store.histories(["f"]))["f"].count == 3


async def test_a_broken_connection_is_made_again(open_store, make, ask, address) -> None:
    store = open_store()
    assert await store.ready(30)
    for round_ in range(3):
        ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        store.record(make.event())
        assert await store.flush(30)
        assert ask("SELECT count(*) FROM crashlight.feedback_events") == [(round_ + 1,)]


async def test_deadlocks_are_tried_again(address, make) -> None:
    """Two transactions that lock groups in opposite orders: one is the victim, and both are written."""
    database = Database(address, 4, str(uuid.uuid4()))
    first = [entries.EventEntry(make.event(fingerprint=name)) for name in ("a", "b")]
    await database.write(first)
    async with database.transaction() as connection:
        await connection.exec_driver_sql("SELECT 1 FROM crashlight.crash_groups WHERE fingerprint = 'b' FOR UPDATE")
        writing = asyncio.create_task(database.write([*first, entries.EventEntry(make.event(fingerprint="a"))]))
        await _someone_waits(database)
        await connection.exec_driver_sql("SET LOCAL deadlock_timeout = '60s'")
        await connection.exec_driver_sql("SELECT 1 FROM crashlight.crash_groups WHERE fingerprint = 'a' FOR UPDATE")
    await writing
    assert database.metrics().retries >= 1
    await database.close()


async def _someone_waits(database: Database) -> None:
    while True:
        async with database.transaction() as connection:
            if await connection.scalar(_WAITING):
                return
