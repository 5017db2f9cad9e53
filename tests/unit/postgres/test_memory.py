"""What this process knows while the database is away, and what becomes of it when it comes back."""

import uuid

from crashlight.adapters.postgres.entries import EventEntry, OccurrenceEntry
from crashlight.adapters.postgres.memory import ANSWERS, Memory
from crashlight.adapters.postgres.tally import Tally
from crashlight.domain import Explanation, FeedbackEvent
from crashlight.ports import AnswerKey


def found(number: int = 0, fingerprint: str = "f", time: float = 1.0) -> OccurrenceEntry:
    unique = str(uuid.UUID(int=number))
    return OccurrenceEntry(
        unique, time, fingerprint, "KeyError", "", (), "python", "python", "a.log", 1, 2, "", causes=()
    )


def happened(kind: str, fingerprint: str = "f", time: float = 2.0) -> EventEntry:
    return EventEntry(FeedbackEvent(str(uuid.uuid4()), time, kind, fingerprint))  # type: ignore[arg-type]


def test_what_was_written_is_known_at_once() -> None:
    memory = Memory()
    memory.note([found(1), found(2), happened("thumbs_up")])
    (history,) = memory.histories(["f", "unknown"]).values()
    assert (history.count, history.state, history.thumbs_up) == (2, "known", 1)


def test_writes_stand_on_top_of_what_was_read() -> None:
    memory = Memory()
    memory.learn({"f": Tally(0.5, 0.5, count=40, state="known", thumbs_down=2)})
    memory.note([found(1), happened("resolved")])
    history = memory.histories(["f"])["f"]
    assert (history.count, history.state, history.thumbs_down) == (41, "resolved", 2)


def test_a_write_that_is_in_the_database_counts_once() -> None:
    memory = Memory()
    write = found(1)
    memory.note([write])
    memory.settle([write])
    assert memory.histories(["f"])["f"].count == 1
    memory.learn({"f": Tally(1.0, 1.0, count=1)})
    memory.settle([write])
    assert memory.histories(["f"])["f"].count == 1


def test_the_same_occurrence_is_recorded_once() -> None:
    memory = Memory()
    assert [memory.is_new("a"), memory.is_new("a"), memory.is_new("b")] == [True, False, True]


def test_answers_are_bounded_and_the_latest_stay() -> None:
    memory = Memory()
    said = (Explanation("other", 0.5, "", "", "model"), ())
    keys = [AnswerKey(str(number), "", "", "") for number in range(ANSWERS + 1)]
    for key in keys:
        memory.remember_answer(key, said)
    assert memory.answer(keys[0]) is None
    assert memory.answer(keys[-1]) == said
