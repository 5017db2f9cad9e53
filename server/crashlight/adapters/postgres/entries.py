"""What a row of the journal says: one typed record for each kind of write, as JSON.

Every entry has an id under which the database takes it once. Text is cleaned here of what PostgreSQL
cannot hold (NUL, lone surrogates), so that hostile log text never makes a row unwritable.
"""

import hashlib
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec

from crashlight.adapters.postgres.journal import Row
from crashlight.domain import Explanation, FeedbackEvent, Fix, Occurrence
from crashlight.ports import AnswerKey, SecurityEvent
from crashlight_sdk import Cause, Crash

MESSAGE_LIMIT = 4_000
FRAME_LIMIT = 100
"""Characters of a message and frames of a cause that are kept; a stack overflow has thousands of equal ones."""

DROPPABLE_KINDS = frozenset({"seen", "shown", "previewed"})

Redact = Callable[[str], str]


class EventEntry(msgspec.Struct, frozen=True, tag="event"):
    """Something that happened to an explanation or a fix."""

    event: FeedbackEvent


class OccurrenceEntry(msgspec.Struct, frozen=True, tag="occurrence"):
    """A crash that was found in a log. ``id`` is made of what makes it the same one when it is found again."""

    id: str
    time: float
    fingerprint: str
    crash_type: str
    template: str
    frames: tuple[str, ...]
    language: str
    plugin: str
    log: str
    first_line: int
    last_line: int
    message: str
    causes: tuple[Cause, ...]
    workspace: str | None = None
    culprit_file: str | None = None
    culprit_line: int | None = None
    culprit_function: str | None = None


class FixEntry(msgspec.Struct, frozen=True, tag="fix"):
    """A fix that was offered for a group."""

    fingerprint: str
    fix: Fix
    time: float


class SecurityEntry(msgspec.Struct, frozen=True, tag="security"):
    """Something a plugin did that it may not do."""

    id: str
    event: SecurityEvent


class AnswerEntry(msgspec.Struct, frozen=True, tag="answer"):
    """What the model concluded, to be found again under its key."""

    key: AnswerKey
    explanation: Explanation
    fixes: tuple[Fix, ...]
    time: float


Entry = EventEntry | OccurrenceEntry | FixEntry | SecurityEntry | AnswerEntry

_decoder: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)


def row(entry: Entry) -> Row:
    """The entry as a row of the journal."""
    return Row(_encode(entry), _is_valuable(entry))


def entry(row: Row) -> Entry:
    """The entry of a row. Raises msgspec.DecodeError where it is none that this program knows."""
    return _decoder.decode(row.body)


def occurrence_entry(
    occurrence: Occurrence, workspace: str | None, redact: Redact, now: float | None = None
) -> OccurrenceEntry:
    """What is kept of an occurrence, with its text redacted."""
    crash, root = occurrence.crash, occurrence.crash.root
    culprit = occurrence.culprit
    place = culprit.source if culprit else None
    return OccurrenceEntry(
        id=identity(occurrence),
        time=round(time.time() if now is None else now, 6),  # as the database keeps it
        fingerprint=occurrence.fingerprint.key,
        crash_type=occurrence.fingerprint.crash_type[:MESSAGE_LIMIT],
        template=redact(occurrence.fingerprint.template[:MESSAGE_LIMIT]),
        frames=occurrence.fingerprint.frames[:FRAME_LIMIT],
        language=crash.language,
        plugin=occurrence.plugin,
        log=occurrence.log,
        first_line=occurrence.first_line,
        last_line=occurrence.last_line,
        message=redact(root.message[:MESSAGE_LIMIT]),
        causes=tuple(_kept(cause, redact) for cause in crash.causes),
        workspace=workspace,
        culprit_file=place.relative if place else culprit.frame.file if culprit else None,
        culprit_line=place.line if place else culprit.frame.line if culprit else None,
        culprit_function=culprit.frame.function if culprit else None,
    )


def identity(occurrence: Occurrence) -> str:
    """A UUID of log, line, fingerprint and content: the same occurrence found again has the same one."""
    content = (occurrence.log, occurrence.first_line, occurrence.fingerprint.key, _content(occurrence.crash))
    digest = hashlib.sha256(_encode(content)).digest()
    return str(uuid.UUID(bytes=digest[:16], version=5))


def _content(crash: Crash) -> list[tuple[str, str, list[tuple[str | None, int | None, str | None]]]]:
    return [
        (cause.crash_type, cause.message, [(frame.file, frame.line, frame.function) for frame in cause.frames])
        for cause in crash.causes
    ]


def _kept(cause: Cause, redact: Redact) -> Cause:
    frames = tuple(
        replace(frame, printed=None, text=redact(frame.text) if frame.text else frame.text)
        for frame in cause.frames[:FRAME_LIMIT]
    )
    return replace(
        cause,
        message=redact(cause.message[:MESSAGE_LIMIT]),
        details=redact(cause.details[:MESSAGE_LIMIT]),
        frames=frames,
        printed=None,
    )


def _is_valuable(entry: Entry) -> bool:
    if isinstance(entry, EventEntry):
        return entry.event.kind not in DROPPABLE_KINDS
    return isinstance(entry, FixEntry)


def _encode(value: object) -> bytes:
    try:
        body = msgspec.json.encode(value)
    except UnicodeEncodeError:
        body = msgspec.json.encode(_without_surrogates(msgspec.to_builtins(value)))
    # PostgreSQL's text has no NUL. JSON writes it as \u0000, which nothing else in valid JSON looks like
    # except behind an odd number of backslashes, and those pairs are kept whole by this replacement.
    return _replace_nul(body) if b"\\u0000" in body else body


def _replace_nul(body: bytes) -> bytes:
    parts = body.split(b"\\\\")
    return b"\\\\".join(part.replace(b"\\u0000", b"\\ufffd") for part in parts)


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {str(_without_surrogates(key)): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_without_surrogates(item) for item in value]
    return value
