"""What this process knows by itself: the answer to every question while the database is away.

Histories are the last ones read from the database with those writes on top that are not in it yet;
answers are those given or read lately.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from crashlight.adapters.postgres.entries import Entry, EventEntry, OccurrenceEntry
from crashlight.adapters.postgres.tally import Tally
from crashlight.domain import Explanation, Fix, GroupHistory
from crashlight.ports import AnswerKey

Answered = tuple[Explanation, tuple[Fix, ...]]

K = TypeVar("K")
V = TypeVar("V")

GROUPS = 20_000
ANSWERS = 500
ASKED = 2_000
OCCURRENCES = 200_000


class Memory:
    """Bounded, and safe to use from several threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._read: OrderedDict[str, Tally] = OrderedDict()
        self._written: OrderedDict[str, dict[str, EventEntry | OccurrenceEntry]] = OrderedDict()
        self._answers: OrderedDict[AnswerKey, Answered] = OrderedDict()
        self._occurrences: OrderedDict[str, None] = OrderedDict()
        self._asked: OrderedDict[str, None] = OrderedDict()

    def is_new(self, occurrence_id: str) -> bool:
        """Whether this process has not recorded this occurrence before; it counts as recorded from now on."""
        with self._guard:
            if occurrence_id in self._occurrences:
                return False
            _put(self._occurrences, occurrence_id, None, OCCURRENCES)
            return True

    def note(self, entries: Iterable[Entry]) -> None:
        """Writes that are on their way to the database."""
        with self._guard:
            for entry in entries:
                if isinstance(entry, EventEntry | OccurrenceEntry):
                    fingerprint, entry_id = _keys(entry)
                    writes = self._written.setdefault(fingerprint, {})
                    writes[entry_id] = entry
            while len(self._written) > GROUPS:
                self._written.popitem(last=False)

    def settle(self, entries: Iterable[Entry]) -> None:
        """Writes that are in the database now: what was read before them is out of date."""
        with self._guard:
            for entry in entries:
                if isinstance(entry, EventEntry | OccurrenceEntry):
                    fingerprint, entry_id = _keys(entry)
                    writes = self._written.get(fingerprint, {})
                    settled = writes.pop(entry_id, None)
                    if not writes:
                        self._written.pop(fingerprint, None)
                    # Until it is read again, what was read takes the write in.
                    if settled is not None and fingerprint in self._read:
                        _add(self._read[fingerprint], settled)
                    elif settled is not None:
                        _put(self._read, fingerprint, _first(settled), GROUPS)

    def learn(self, tallies: dict[str, Tally]) -> None:
        """Histories as they stand in the database."""
        with self._guard:
            for fingerprint, tally in tallies.items():
                _put(self._read, fingerprint, tally, GROUPS)

    def ask(self, fingerprints: Iterable[str]) -> None:
        """These groups are of interest: when the database comes back, they are read again."""
        with self._guard:
            for fingerprint in fingerprints:
                _put(self._asked, fingerprint, None, ASKED)

    def asked(self) -> list[str]:
        """The groups that were asked for lately."""
        with self._guard:
            return list(self._asked)

    def histories(self, fingerprints: Iterable[str]) -> dict[str, GroupHistory]:
        """What is known of these groups now; groups of which nothing is known are absent."""
        found: dict[str, GroupHistory] = {}
        with self._guard:
            for fingerprint in fingerprints:
                tally = self._read.get(fingerprint)
                tally = replace(tally) if tally is not None else None
                for entry in self._written.get(fingerprint, {}).values():
                    if tally is None:
                        tally = _first(entry)
                    else:
                        _add(tally, entry)
                if tally is not None:
                    found[fingerprint] = tally.history(fingerprint)
        return found

    def remember_answer(self, key: AnswerKey, answered: Answered) -> None:
        """Keep an answer at hand."""
        with self._guard:
            _put(self._answers, key, answered, ANSWERS)

    def answer(self, key: AnswerKey) -> Answered | None:
        """An answer that is at hand."""
        with self._guard:
            return self._answers.get(key)


def _keys(entry: EventEntry | OccurrenceEntry) -> tuple[str, str]:
    if isinstance(entry, EventEntry):
        return entry.event.fingerprint, entry.event.id
    return entry.fingerprint, entry.id


def _first(entry: EventEntry | OccurrenceEntry) -> Tally:
    time = entry.event.time if isinstance(entry, EventEntry) else entry.time
    tally = Tally(first_seen=time, last_seen=time)
    _add(tally, entry)
    return tally


def _add(tally: Tally, entry: EventEntry | OccurrenceEntry) -> None:
    if isinstance(entry, EventEntry):
        tally.add_event(entry.event.kind, entry.event.time)
    else:
        tally.add_occurrence(entry.time)


def _put(table: OrderedDict[K, V], key: K, value: V, limit: int) -> None:
    table[key] = value
    table.move_to_end(key)
    while len(table) > limit:
        table.popitem(last=False)
