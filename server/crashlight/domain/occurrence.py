"""One crash in one log, with its lines mapped back to the file, and the group it belongs to."""

from dataclasses import dataclass, field

from crashlight_sdk import Crash, Frame, Span


@dataclass(frozen=True, slots=True)
class FileSpan:
    """A stretch of one line of a file: 1-based line, 0-based columns in characters, ``end`` exclusive."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LineOrigin:
    """Where one unwrapped line of a window stood in its file.

    ``shift`` characters were cut from its front. Where characters were also dropped or decoded inside
    (colours, JSON escapes), ``columns`` gives the file's column of each character of the unwrapped line
    and one past its end.
    """

    line: int  # 1-based in the file
    shift: int = 0
    length: int = 0  # of the unwrapped line, in characters
    columns: tuple[int, ...] | None = None

    def locate(self, start: int, end: int | None) -> FileSpan:
        """The file's stretch for the columns ``start`` to ``end`` of the unwrapped line."""
        last = self.length if end is None else min(end, self.length)
        first = min(start, last)
        if self.columns is None:
            return FileSpan(self.line, first + self.shift, last + self.shift)
        return FileSpan(self.line, self.columns[first], self.columns[last])


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What makes two crashes the same one.

    ``key`` is a short stable hash over ``crash_type``, the ``template`` of the message and the
    normalised application ``frames``; it does not change with host, thread, address, port, id,
    temporary path, line shift or log prefix.
    """

    key: str
    crash_type: str
    template: str
    frames: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """A line of a file in the workspace."""

    path: str  # absolute
    relative: str  # to its workspace folder, with forward slashes
    line: int  # 1-based, after drift was accounted for
    moved: bool = False  # the line was found by its content, not by its number


@dataclass(frozen=True, slots=True)
class Culprit:
    """Where a developer of the crashing application should look first."""

    frame: Frame
    source: SourcePlace | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One crash in one log.

    ``crash`` keeps the window's line numbers; ``origins`` maps each window line to the file. The frames'
    origins are already those after workspace and user rules.
    """

    log: str  # path, or "-" for standard input
    crash: Crash
    plugin: str
    origins: tuple[LineOrigin, ...]
    fingerprint: Fingerprint
    culprit: Culprit | None = None
    partial: bool = False  # at the growing end of a log: more of it may come
    places: dict[tuple[int, int], SourcePlace] = field(default_factory=dict)  # (cause, frame) → source

    @property
    def first_line(self) -> int:
        """1-based first line of the report in its file."""
        return self.origins[self.crash.first_line].line

    @property
    def last_line(self) -> int:
        """1-based last line of the report in its file, inclusive."""
        return self.origins[self.crash.last_line].line

    def locate(self, span: Span) -> FileSpan:
        """The file's stretch for a stretch of the window."""
        return self.origins[span.line].locate(span.start, span.end)


@dataclass(frozen=True, slots=True)
class GroupHistory:
    """What is remembered of the crashes with one fingerprint."""

    fingerprint: str
    count: int
    first_seen: float  # seconds since the epoch
    last_seen: float
    state: str = "new"  # new, known, ignored, resolved, recurred
    thumbs_up: int = 0
    thumbs_down: int = 0
