"""What the server concludes about a crash: an explanation, and fixes whose edits were checked."""

from dataclasses import dataclass
from typing import Literal

from crashlight.domain.occurrence import Occurrence

Speaker = Literal["rules", "model", "facts"]


@dataclass(frozen=True, slots=True)
class Edit:
    """Whole lines ``start_line`` to ``end_line`` (1-based, inclusive) of one file become ``text``.

    ``end_line = start_line - 1`` inserts before ``start_line``. ``text`` carries its final line break,
    and is empty for a deletion.
    """

    file: str  # relative to the workspace folder, forward slashes
    start_line: int
    end_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that was checked. ``digest`` is of the file the edits were made for."""

    id: str
    title: str
    by: Speaker
    edits: tuple[Edit, ...]
    verified: tuple[str, ...]  # "applies", "parses", "inside-function", …
    rule: str | None = None
    prompt: str | None = None  # "id@version"
    preferred: bool = False
    exposure: float | None = None  # the probability that this prompt version was drawn with


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why it crashed and what to do, and who says so."""

    category: str
    confidence: float
    cause: str
    fix: str
    by: Speaker
    rule: str | None = None
    prompt: str | None = None
    model: str | None = None
    exposure: float | None = None  # the probability that this prompt version was drawn with


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that is known of one crash at one moment. ``pending`` says that the model is still at work."""

    explanation: Explanation
    fixes: tuple[Fix, ...] = ()
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """One crash as the command line tells it. ``group_count`` is how often its group was seen in this run."""

    occurrence: Occurrence
    diagnosis: Diagnosis
    group_count: int = 1
