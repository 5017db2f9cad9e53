"""What PHP itself prints: fatal and parse errors, and uncaught exceptions with their chain.

In a chain PHP prints the exception that was thrown first at the top, and each later one after "Next".
"""

import html
import re

from crashlight_sdk import Cause, Crash, Frame, Span
from crashlight_sdk.records import logged_quietly, starts_record

from .frames import frame_of, origin, shifted

_CLASS = r"\\?[A-Za-z_]\w*(?:\\\w+)*(?:@anonymous)?"
_FATAL = re.compile(
    r"(?P<lead>.*?)(?:PHP )?(?:<b>)?(?P<kind>(?:[A-Z][a-z]+able )?[Ff]atal [Ee]rror"
    r"|Parse error|Compile Error)(?:</b>)?: +"
    r"(?P<rest>.*)$"
)
_UNCAUGHT = re.compile(rf"(?:Uncaught |Next )(?P<type>{_CLASS})(?:: (?P<message>.*)|(?= in )(?P<message2>.*)|$)")
_OLD = re.compile(
    rf"(?:.*?)(?:[Uu]ncaught |Next )?exception '(?P<type>{_CLASS})'(?: with message '(?P<message>.*)"
    rf"|(?P<message2> in .*))$"
)
_THROWN_HERE = re.compile(
    r"(?P<lead>.*?)(?<![\w\\])(?P<type>\\?[A-Za-z_]\w*+(?:\\\w++)*+(?:(?<=Error)|(?<=Exception))): (?P<message>.*)$"
)
_PLACE = re.compile(
    r"'? in (?P<file>(?:/|[A-Za-z]:\\|phar://|\w|\[no )(?:(?! in )[^\n])*?|)(?::| on line |\()(?P<line>\d++)\)?\s*$"
)
_BOLD = re.compile(r" in <b>(?P<file>[^<]+)</b> on line <b>(?P<line>\d++)</b>")
_TRACE = re.compile(r"\s*+(?:PHP )?(?:<b>)?(?:Stack trace|Call Stack)(?:</b>)?:")
_NEXT = re.compile(rf"\s*+Next (?:exception '|(?P<type>{_CLASS})(?:: | in |$))")
_LOGGED_AGAIN = re.compile(r'\s*+thrown \{"exception":"\[object\] \(')
_THROWN = re.compile(r"\s*+thrown in .*")
MAX_CONTEXT_LINES = 400
MAX_MESSAGE_LINES = 40


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose first line is ``at``, or whose "Stack trace:" is."""
    line = lines[at]
    lowered = line[:400].lower()
    if ("fatal error" in lowered or "parse error" in lowered) and (fatal := _FATAL.match(line)) is not None:
        return _fatal(lines, at, fatal)
    if "exception '" in line and _OLD.match(line) and _has_trace(lines, at):
        return _exception(lines, at, "")
    if "tack trace:" in line and _TRACE.match(line):
        return _above_trace(lines, at, floor)
    return None


def _fatal(lines: tuple[str, ...], at: int, fatal: re.Match[str]) -> Crash | None:
    rest = fatal["rest"]
    if fatal["lead"].strip() and not starts_record(fatal["lead"]) and "PHP " not in lines[at][:200]:
        return None
    if rest.startswith(("Uncaught ", "uncaught ")):
        crash = _exception(lines, at, fatal["kind"])
        if crash is not None:
            return crash
    thrown, message, last = _placed(lines, at, rest)
    if thrown is None:
        return None
    kind = fatal["kind"].replace("Compile Error", "Parse error")
    frames: list[Frame] = []
    if last + 1 < len(lines) and _TRACE.match(lines[last + 1]):
        frames, last = _frames(lines, last + 2)
    cause = Cause(kind, message, shifted(frames, thrown) if frames else (thrown,), Span(at, fatal.start("kind")))
    return Crash("php", at, last, (cause,))


def _above_trace(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """An exception printed as text: "TypeError: … in file:line" above the trace."""
    for index in range(at - 1, max(floor, at - MAX_MESSAGE_LINES) - 1, -1):
        match = _THROWN_HERE.match(lines[index])
        if match is not None:
            return _exception(lines, index, "")
        if starts_record(lines[index]):
            break
    frames, last = _frames(lines, at + 1)
    if len(frames) < 2:
        return None
    return Crash("php", at, last, (Cause("unknown", "", tuple(frames)),), handled=logged_quietly(lines, at))


def _has_trace(lines: tuple[str, ...], at: int) -> bool:
    return any(_TRACE.match(lines[index]) for index in range(at + 1, min(len(lines), at + MAX_MESSAGE_LINES)))


def _exception(lines: tuple[str, ...], first: int, kind: str) -> Crash | None:
    """The exception on line ``first`` and those that followed from it."""
    causes: list[Cause] = []
    at: int | None = first
    last = first
    while at is not None:
        parsed = _single(lines, at)
        if parsed is None:
            break
        cause, last = parsed
        causes.insert(0, cause)
        at = _next(lines, last + 1)
    if not causes:
        return None
    if last + 1 < len(lines) and _LOGGED_AGAIN.match(lines[last + 1]):
        last = _context_end(lines, last + 1)
    elif last + 1 < len(lines) and _THROWN.match(lines[last + 1]):
        last += 1
    return Crash("php", first, last, tuple(causes), handled=not kind and logged_quietly(lines, first))


def _context_end(lines: tuple[str, ...], index: int) -> int:
    """The last line of a Monolog record whose context says the same exception again."""
    for end in range(index + 1, min(len(lines), index + MAX_CONTEXT_LINES)):
        if starts_record(lines[end]):
            break
        if lines[end].rstrip().endswith(('"}', '"} []')):
            return end
    return index


def _next(lines: tuple[str, ...], index: int) -> int | None:
    while index < len(lines) and not lines[index].strip():
        index += 1
    return index if index < len(lines) and _NEXT.match(lines[index]) else None


def _single(lines: tuple[str, ...], at: int) -> tuple[Cause, int] | None:
    line = lines[at]
    match = _OLD.match(line) or _UNCAUGHT.search(line) or _THROWN_HERE.match(line)
    if match is None:
        return None
    groups = match.groupdict()
    said = groups["message"] if groups["message"] is not None else groups.get("message2") or ""
    thrown, message, last = _placed(lines, at, said)
    if thrown is None:
        return None
    frames: list[Frame] = []
    if last + 1 < len(lines) and _TRACE.match(lines[last + 1]):
        frames, last = _frames(lines, last + 2)
    name = match["type"].lstrip("\\")
    return Cause(name, message, shifted(frames, thrown), Span(at, match.start("type"))), last


def _placed(lines: tuple[str, ...], at: int, text: str) -> tuple[Frame | None, str, int]:
    """The place at the end of a message of some lines, the message before it, and its last line."""
    rows: list[str] = []
    for index in range(at, min(len(lines), at + MAX_MESSAGE_LINES)):
        row = text if index == at else lines[index]
        if index > at and (_TRACE.match(row) or frame_of(row, index) is not None):
            break
        match = _BOLD.search(row) or _PLACE.search(row)
        if match is not None:
            rows.append(row[: match.start()])
            shift = len(lines[index]) - len(row)
            file = match["file"]
            printed = Span(index, match.start("file") + shift, match.end("line") + shift)
            message = "\n".join(rows).strip().removesuffix("'")
            if "<b>" in row:
                message = html.unescape(message)
            if match["line"] == "0":  # Raised where no file runs: at shutdown, or inside an extension.
                return Frame(None, None, None, origin="runtime"), message, index
            return Frame(file, int(match["line"]), None, origin=origin(file), printed=printed), message, index
        rows.append(row)
    return None, text, at


def _frames(lines: tuple[str, ...], index: int) -> tuple[list[Frame], int]:
    frames: list[Frame] = []
    last = index - 1
    while index < len(lines):
        frame = frame_of(lines[index], index)
        if frame is None:
            break
        frames.append(frame)
        last = index
        index += 1
        if frame.function == "{main}" and frame.file is None:
            break
    return frames, last
