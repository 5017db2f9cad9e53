"""Rows of the journal: what goes in comes out, and no text makes a row that PostgreSQL cannot take."""

import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashlight.adapters.postgres.entries import (
    EventEntry,
    FixEntry,
    OccurrenceEntry,
    entry,
    identity,
    occurrence_entry,
    row,
)
from crashlight.adapters.postgres.journal import Row
from crashlight.domain import Edit, FeedbackEvent, Fingerprint, Fix, LineOrigin, Occurrence
from crashlight_sdk import Cause, Crash, Frame


def occurrence(message: str = "'user'", line: int = 3, log: str = "a.log", frames: int = 1) -> Occurrence:
    frame = Frame("/app/users.py", 17, "load", text="return table[key]")
    crash = Crash("python", 0, 1, (Cause("KeyError", message, (frame,) * frames),))
    return Occurrence(
        log, crash, "python", (LineOrigin(line), LineOrigin(line + 1)), Fingerprint("f", "KeyError", "<str>", ("load",))
    )


def event(**changes: object) -> FeedbackEvent:
    return FeedbackEvent(**{"id": str(uuid.uuid4()), "time": 1.5, "kind": "accepted", "fingerprint": "f", **changes})


@given(st.text())
def test_any_text_makes_a_row_that_comes_back_without_what_postgresql_cannot_hold(text: str) -> None:
    found = entry(row(EventEntry(event(text=text, detail={text: text}))))
    assert isinstance(found, EventEntry)
    for kept in (found.event.text, *found.event.detail, *found.event.detail.values()):
        assert "\0" not in kept
        assert kept == text.replace("\0", "�")


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\ud83d\ud83d"])
def test_lone_surrogates_become_question_marks(text: str) -> None:
    found = entry(row(EventEntry(event(text=text))))
    assert isinstance(found, EventEntry)
    assert found.event.text.encode() and "?" in found.event.text


def test_backslashes_before_a_zero_are_text() -> None:
    text = "\\u0000 and \\\\u0000"
    found = entry(row(EventEntry(event(text=text))))
    assert isinstance(found, EventEntry)
    assert found.event.text == text


def test_an_entry_of_a_newer_version_is_refused_and_says_so() -> None:
    with pytest.raises(ValueError, match="Invalid"):
        entry(Row(b'{"type":"hologram"}'))


def test_the_same_occurrence_has_the_same_id_and_any_other_another() -> None:
    same = identity(occurrence())
    assert same == identity(occurrence())
    others = [occurrence("'name'"), occurrence(line=4), occurrence(log="b.log"), occurrence(frames=2)]
    assert len({same, *map(identity, others)}) == 5


def test_secrets_are_hidden_and_endless_stacks_cut() -> None:
    found = occurrence_entry(occurrence("token=hunter2", frames=5_000), "/w", lambda text: text.replace("hunter2", "…"))
    assert found.message == "token=…"
    assert "hunter2" not in row(found).body.decode()
    assert len(found.causes[0].frames) == 100
    assert isinstance(entry(row(found)), OccurrenceEntry)


@pytest.mark.parametrize(
    ("kind", "valuable"), [("seen", False), ("shown", False), ("accepted", True), ("comment", True)]
)
def test_what_a_person_decided_is_valuable(kind: str, valuable: bool) -> None:
    assert row(EventEntry(event(kind=kind))).valuable is valuable


def test_rows_are_one_line_of_json() -> None:
    body = row(FixEntry("f", Fix("1", "a\nb\u2028c\x85", "rules", (Edit("a.py", 1, 1, "x\r\n"),), ()), 1.0)).body
    assert b"\n" not in body and b"\r" not in body
    assert json.loads(body)["fix"]["edits"][0]["text"] == "x\r\n"
