"""What happened to an explanation or a fix: the events that the system learns from."""

from dataclasses import dataclass
from typing import Literal

FeedbackKind = Literal[
    "seen",  # an occurrence of a crash was found in a log
    "shown",
    "previewed",
    "claimed",
    "accepted",
    "kept",
    "edited",
    "reverted",
    "recurred",
    "gone",
    "thumbs_up",
    "thumbs_down",
    "comment",
    "ignored",
    "resolved",
    "reopened",
]


@dataclass(frozen=True, slots=True)
class Exposure:
    """A crash group saw what a prompt version led to; the version had been drawn with ``probability``."""

    prompt: str  # "id@version"
    probability: float
    success: bool  # a fix was accepted or kept, or the explanation liked


@dataclass(frozen=True, slots=True)
class FeedbackEvent:
    """One thing that happened, with all that an analysis needs; idempotent by ``id``."""

    id: str  # UUID, made where the event happened
    time: float  # seconds since the epoch, taken where the event happened
    kind: FeedbackKind
    fingerprint: str
    fix: str | None = None
    workspace: str | None = None
    language: str | None = None
    crash_type: str | None = None
    category: str | None = None
    rule: str | None = None
    prompt: str | None = None
    model: str | None = None
    speaker: str | None = None
    editor: str | None = None
    reason: str | None = None
    text: str | None = None  # a comment, redacted
    latency_ms: float | None = None
    log: str | None = None
    line: int | None = None
    detail: dict[str, str] | None = None
