"""The words of a crash, defined once for the server and for every plugin.

All are frozen dataclasses of plain values, so that they travel as JSON and compare by value.
Line numbers *in a window* and columns are 0-based and count characters; line numbers *of source
files* (``Frame.line``, ``Excerpt``, ``Intent.line``) are 1-based, as runtimes print them.
"""

from dataclasses import dataclass, field
from typing import Literal

Origin = Literal["app", "library", "runtime", "unknown"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line of a window: 0-based line, columns from ``start`` up to, not including, ``end``.

    ``end`` is None for "to the end of the line".
    """

    line: int
    start: int = 0
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One call of a stack trace, as the log prints it."""

    file: str | None
    line: int | None  # 1-based line of the source file
    function: str | None
    column: int | None = None  # 1-based column of the source line, where the runtime prints one
    module: str | None = None  # class, package, crate, or shared object that the runtime names
    origin: Origin = "unknown"
    printed: Span | None = None  # where in the window this frame's place stands
    text: str | None = None  # the source line, where the trace carries it


@dataclass(frozen=True, slots=True)
class Cause:
    """One error of a chain: its class, what it says, and the calls that led to it, innermost first."""

    crash_type: str
    message: str
    frames: tuple[Frame, ...] = ()
    printed: Span | None = None  # where the headline stands
    details: str = ""  # what the runtime adds below the headline (addresses, the offending source, notes)


@dataclass(frozen=True, slots=True)
class Crash:
    """One crash report: the lines it takes in its window and its chain of causes.

    ``causes`` has the error that ended the program first and the root cause last; it is never empty.
    ``open_end`` says that the window ended before the report did: the host comes back with a longer one.
    """

    language: str
    first_line: int  # 0-based in the window, inclusive
    last_line: int  # 0-based in the window, inclusive
    causes: tuple[Cause, ...]
    open_end: bool = False
    handled: bool = False  # the program logged it and went on
    thread: str | None = None

    @property
    def root(self) -> Cause:
        """The error that started the chain."""
        return self.causes[-1]


@dataclass(frozen=True, slots=True)
class Window:
    """Decoded, unwrapped lines around one or more hits.

    ``hits`` are the 0-based lines of the triggers. ``complete`` is false at the cap of a window and at
    the growing end of a log.
    """

    lines: tuple[str, ...]
    hits: tuple[int, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Excerpt:
    """At most 200 lines of a source file around the culprit, from inside the workspace."""

    path: str
    first_line: int  # 1-based number of lines[0]
    lines: tuple[str, ...]
    culprit_line: int  # 1-based

    def line(self, number: int) -> str | None:
        """The text of the 1-based line ``number``, or None outside the excerpt."""
        index = number - self.first_line
        return self.lines[index] if 0 <= index < len(self.lines) else None


@dataclass(frozen=True, slots=True)
class Intent:
    """A change that an analyzer proposes, in words; the server turns it into an edit and checks it.

    ``line`` is the 1-based source line it is about (the culprit's where None). ``args`` are named in
    :data:`crashlight_sdk.intents.INTENTS`.
    """

    kind: str
    title: str
    line: int | None = None
    args: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What an analyzer concludes: one category, why it crashed, what to do, and changes that would do it."""

    category: str
    cause: str
    fix: str
    confidence: float  # of the category, 0 to 1
    rule: str  # "python/missing-module": the page of this rule
    intents: tuple[Intent, ...] = ()
