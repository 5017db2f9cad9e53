"""Backtraces of Ruby: as the interpreter prints them, and as Rails, Minitest and loggers do.

The interpreter prints ``file:line:in `method': message (Class)`` and the callers after it (before it on a terminal
of Ruby 2.5 to 2.7), then each cause in the same form. Others print the class and the message above bare frames.
"""

import re
from dataclasses import replace

from crashlight_sdk import Cause, Crash, Frame, Span
from crashlight_sdk.records import logged_quietly, starts_record

from .frames import FRAME, frame_of, made

_CLASS = r"[A-Z]\w*+(?:::[A-Z]\w*+)*+"
_ERROR_NAME = (
    r"(?:[A-Z]\w*::)*\w*"
    r"(?:Error|Exception|Invalid|NotFound|Interrupt|Timeout|Failure|Denied|Missing|Exit|Assertion)\w*"
)
_INLINE = re.compile(rf"(?P<message>.*?) \((?P<type>{_CLASS})\)\s*$")
# "NoMethodError (undefined method `x' for nil):", "NoMethodError: undefined method", "Errno::ENOENT: No such file".
_PARENTHESES = re.compile(rf"(?P<lead>.*?)(?<![\w:])(?P<type>{_CLASS}) \((?P<message>.*?)\):?\s*$")
_COLON = re.compile(rf"(?P<lead>.*?)(?<![\w:.])(?P<type>{_CLASS}): (?P<message>.*)$")
_ALONE = re.compile(rf"(?P<lead>\s*)(?P<type>{_CLASS}):?\s*$")
_TOP = re.compile(r"\s*+Traceback \(most recent call last\):\s*$")
_NUMBERED = re.compile(r"\s*+\d+: from ")
_BUG = re.compile(r"(?:(?P<file>[^\s:]+):(?P<line>\d+): )?\[BUG\] (?P<what>.*)")
_CAUSED = re.compile(r"\s*+(?:Caused by:?|Cause:)\s*$|\s*+Caused by:? (?P<rest>\S.*)")
MAX_MESSAGE_LINES = 30


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report of which line ``at`` is the first sign."""
    line = lines[at]
    if "[BUG] " in line and (bug := _BUG.match(line)) is not None:
        return _interpreter(lines, at, bug)
    if "Traceback (" in line and _TOP.match(line) and at + 1 < len(lines) and _NUMBERED.match(lines[at + 1]):
        return _reversed(lines, at)
    if ":" not in line:
        return None
    if (inline := _inline(line)) is not None:
        return _uncaught(lines, at, inline)
    if frame_of(line, at) is None or (at > floor and frame_of(lines[at - 1], at - 1) is not None):
        return None
    return _below_headline(lines, at, floor)


def _inline(line: str) -> tuple[re.Match[str], str, str] | None:
    """The place, message and class of a line as the interpreter prints it."""
    place = FRAME.match(line)
    if place is None or not place["rest"] or line.lstrip().startswith(("from ", "# ")):
        return None
    said = _INLINE.match(place["rest"].removeprefix(":").strip())
    if said is None:
        return None
    return place, said["message"], said["type"]


def _uncaught(lines: tuple[str, ...], at: int, inline: tuple[re.Match[str], str, str]) -> Crash:
    causes: list[Cause] = []
    last = at
    found: tuple[re.Match[str], str, str] | None = inline
    while found is not None:
        cause, last = _one(lines, at, found)
        causes.append(cause)
        at = last + 1
        while at < len(lines) and at < last + 3 and not lines[at].strip():
            at += 1
        found = _inline(lines[at]) if at < len(lines) and cause.frames[1:] else None
    return Crash("ruby", causes[0].printed.line if causes[0].printed else at, last, tuple(causes))


def _one(lines: tuple[str, ...], at: int, inline: tuple[re.Match[str], str, str]) -> tuple[Cause, int]:
    """One exception: its first line, the rest of its message, its callers."""
    place, first, name = inline
    begin = at + 1
    while begin < min(len(lines), at + MAX_MESSAGE_LINES) and not _is_caller(lines[begin]):
        if starts_record(lines[begin]) or _inline(lines[begin]) is not None:
            break
        begin += 1
    frames = [made(place, at)]
    if begin >= len(lines) or not _is_caller(lines[begin]):
        begin = at + 1
        while begin < min(len(lines), at + 8) and lines[begin][:1] in (" ", "\t", "|"):
            begin += 1
        return Cause(name, first.strip(), tuple(frames), Span(at), _said(lines, at, begin)), begin - 1
    message = "\n".join([first, *_spoken(lines[at + 1 : begin])]).strip()
    index = begin
    while index < len(lines) and (_is_caller(lines[index]) or _is_elided(lines[index])):
        caller = frame_of(lines[index], index)
        if caller is not None:
            frames.append(caller)
        index += 1
    return Cause(name, message, tuple(frames), Span(at), _said(lines, at, begin)), index - 1


def _is_caller(line: str) -> bool:
    return line.lstrip().startswith("from ") and frame_of(line, 0) is not None


def _is_elided(line: str) -> bool:
    return line.lstrip().startswith("... ") and "levels" in line


def _spoken(more: tuple[str, ...]) -> list[str]:
    """The further lines of a message, without the source excerpt that Ruby adds."""
    kept: list[str] = []
    for index, line in enumerate(more):
        below = more[index + 1] if index + 1 < len(more) else ""
        if set(line.strip()) <= {"^"} or (below.strip() and set(below.strip()) <= {"^"}):
            continue
        kept.append(line)
    return kept


def _said(lines: tuple[str, ...], at: int, end: int) -> str:
    return "\n".join(lines[at + 1 : end]).strip()


def _reversed(lines: tuple[str, ...], at: int) -> Crash | None:
    """A backtrace printed with the outermost call first."""
    index = at + 1
    frames: list[Frame] = []
    while index < len(lines) and (_NUMBERED.match(lines[index]) or _is_elided(lines[index])):
        frame = frame_of(lines[index], index)
        if frame is not None:
            frames.insert(0, frame)
        index += 1
    inline = _inline(lines[index]) if index < len(lines) else None
    if inline is None:
        return None
    cause, last = _one(lines, index, inline)
    whole = replace(cause, frames=(*cause.frames[:1], *frames))
    return Crash("ruby", at, last, (whole,))


def _below_headline(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """Bare frames from line ``at`` on, below a class and a message."""
    head = _headline_above(lines, at, floor)
    frames, last = _run(lines, at)
    if head is None:
        if len(frames) < 2:
            return None
        cause = Cause("unknown", "", tuple(frames))
        return Crash("ruby", at, last, (cause,), handled=logged_quietly(lines, at))
    first, name, message, column = head
    causes = [Cause(name, message, tuple(frames), Span(first, column))]
    while (caused := _caused(lines, last)) is not None:
        cause, last = caused
        causes.append(cause)
    return Crash("ruby", first, last, tuple(causes), handled=logged_quietly(lines, first))


def _run(lines: tuple[str, ...], at: int) -> tuple[list[Frame], int]:
    frames: list[Frame] = []
    index = at
    while index < len(lines):
        frame = frame_of(lines[index], index, bare=True)
        if frame is None and not (lines[index].strip() == "" and index + 1 < len(lines) and not frames):
            break
        if frame is not None:
            frames.append(frame)
        index += 1
    return frames, index - 1


def _headline_above(lines: tuple[str, ...], at: int, floor: int) -> tuple[int, str, str, int] | None:
    """Line, class, message and column of the error that the frames from ``at`` on belong to."""
    for index in range(at - 1, max(floor, at - MAX_MESSAGE_LINES) - 1, -1):
        line = lines[index]
        if frame_of(line, index) is not None:
            return None
        for pattern in (_PARENTHESES, _COLON, _ALONE):
            match = pattern.match(line)
            if match is not None and _is_error(match, index, at):
                first = match.groupdict().get("message") or ""
                message = "\n".join([first, *lines[index + 1 : at]]).strip()
                return index, match["type"], message, match.start("type")
        if starts_record(line):
            return None
    return None


def _is_error(match: re.Match[str], index: int, at: int) -> bool:
    """Whether a match names an error: by its name, or because it begins the line directly above the frames."""
    if re.fullmatch(_ERROR_NAME, match["type"]):
        return True
    return index >= at - 2 and not match["lead"].strip() and ("::" in match["type"] or index == at - 1)


def _caused(lines: tuple[str, ...], last: int) -> tuple[Cause, int] | None:
    """The cause that Rake, Rails or a logger prints below the frames."""
    index = last + 1
    while index < len(lines) and index < last + 3 and not lines[index].strip():
        index += 1
    match = _CAUSED.match(lines[index]) if index < len(lines) else None
    if match is None:
        return None
    head_at = index if match["rest"] else index + 1
    begin = head_at + 1
    while begin < min(len(lines), head_at + 10) and frame_of(lines[begin], begin, bare=True) is None:
        begin += 1
    head = _headline_above(lines, begin, head_at) if begin < len(lines) else None
    if head is None:
        return None
    frames, end = _run(lines, begin)
    return Cause(head[1], head[2], tuple(frames), Span(head[0], head[3])), end


def _interpreter(lines: tuple[str, ...], at: int, bug: re.Match[str]) -> Crash:
    """The interpreter's own death; the Ruby frames of its control frame dump tell where."""
    what = bug["what"]
    frames: list[Frame] = []
    index = last = at
    while index + 1 < min(len(lines), at + 3000):
        index += 1
        line = lines[index]
        match = re.match(r"(?P<file>[^\s:]+\.\w+):(?P<line>\d+):in [`'](?P<function>.*)'$", line)
        if match is not None:
            frame = Frame(
                match["file"], int(match["line"]), match["function"], printed=Span(index, 0, match.end("line"))
            )
            frames.insert(0, frame)
        if line.strip():
            last = index
        if line.startswith("[NOTE]") or line.startswith("You may have encountered a bug"):
            break
    if bug["file"] and not frames:
        frames = [Frame(bug["file"], int(bug["line"]), None, origin="app", printed=Span(at, 0, bug.end("line")))]
    kind = "SIGSEGV" if "Segmentation fault" in what else "[BUG]"
    return Crash("ruby", at, last, (Cause(kind, what, tuple(frames), Span(at, bug.start("what"))),))
