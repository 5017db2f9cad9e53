"""Stack traces as ``Throwable.printStackTrace`` and the loggers print them.

Chains by ``Caused by`` (or ``Wrapped by`` where the root cause is printed first), ``Suppressed`` branches, and
frames left out as ``... n more`` because the enclosing trace has them.
"""

import html
import re
from dataclasses import dataclass, field

from crashlight_sdk import Cause, Crash, Frame, Span
from crashlight_sdk.records import indent, logged_quietly, starts_record

from .frames import frame_of, is_frame, language_of, wrapped_frame
from .headline import Headline, headline

_LINK = re.compile(r"\s*+(?:\[\w++\]\s++)?(?P<kind>Caused by|Wrapped by|Suppressed|Cause): ?(?P<rest>.*)")
_MORE = re.compile(r"\s*+(?:\[\w++\]\s++)?\.\.\. (?P<count>\d++) (?:more|common frames|collapsed|frames|lines)")
_ASIDE = re.compile(
    r"\s*+(?:- (?:locked|waiting|parking|eliminated|blocked)|\[CIRCULAR REFERENCE|\^ ?\[|\(Coroutine "
    r"|at\s++[\w$.]+(?:\s.*)?$)"
)
_FATAL = re.compile(r".*FATAL EXCEPTION: (?P<thread>.+?)\s*$|.*FATAL EXCEPTION IN SYSTEM PROCESS: (?P<system>.+)")
_PROCESS = re.compile(r"\s*+Process: [\w.:]+, PID: \d+")
_THREAD_STATE = re.compile(r"\s*+(?:java\.lang\.Thread\.State: |\"[^\"]*\" .*(?:prio|tid|nid)=|at least )")
MAX_MESSAGE_LINES = 40
UNKNOWN = "unknown"


@dataclass(slots=True)
class _Section:
    """One throwable of the report as it is read."""

    kind: str
    head: Headline
    at: int
    message_end: int
    frames: list[Frame] = field(default_factory=list)
    omitted: int = 0


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report of which line ``at`` is the first sign: a frame, a link of the chain, or an uncaught headline."""
    line = lines[at]
    if (fatal := _FATAL.match(line)) is not None and "FATAL EXCEPTION" in line:
        return _fatal(lines, at, fatal)
    if "Exception in thread " in line and (uncaught := headline(line)) is not None and uncaught.thread:
        return _read(lines, at, at, uncaught)
    if not ("at" in line or "aused by: " in line or "rapped by: " in line):
        return None
    if not is_frame(line) and _LINK.match(line) is None and not _is_wrapped(lines, at):
        return None
    return _below_headline(lines, at, floor)


def _fatal(lines: tuple[str, ...], at: int, fatal: re.Match[str]) -> Crash | None:
    """Android's report of an uncaught exception: thread, process, then the trace."""
    index = at + 1
    while index < min(len(lines), at + 4) and (_PROCESS.match(lines[index]) or not lines[index].strip()):
        index += 1
    head = headline(lines[index]) if index < len(lines) else None
    if head is None:
        return None
    return _read(lines, at, index, head, fatal["thread"] or fatal["system"])


def _below_headline(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose first frame or link is line ``at``: its headline stands above, after a message of some lines."""
    index = at - 1
    if index >= floor and (_ASIDE.match(lines[index]) or is_frame(lines[index])):
        return None  # The run of frames that this one continues was looked at before.
    while index >= max(floor, at - MAX_MESSAGE_LINES):
        line = lines[index]
        if _THREAD_STATE.match(line):
            return None
        found = headline(line)
        if found is not None and (found.strong or index == at - 1):
            return _read(lines, *_with_nested(lines, index, floor, found))
        if starts_record(line) or is_frame(line) or _MORE.match(line):
            break
        index -= 1
    link = _LINK.match(lines[at])
    if link is not None:
        found = headline(link["rest"])
        if found is None or link["kind"] in ("Suppressed", "Cause"):
            return None
        return _read(lines, at, at, Headline(found.type, found.message, link.start("rest") + found.column))
    if at + 1 < len(lines) and (is_frame(lines[at + 1]) or _LINK.match(lines[at + 1])):
        return _without_headline(lines, at, floor)
    return None


def _with_nested(lines: tuple[str, ...], index: int, floor: int, found: Headline) -> tuple[int, int, Headline]:
    """The outer headline where the one found is only "nested exception is:", as old Java mail and RMI print it."""
    while index - 2 >= floor and lines[index - 1].strip().endswith("nested exception is:"):
        outer = headline(lines[index - 2])
        if outer is None:
            break
        index, found = index - 2, outer
    return index, index, found


def _without_headline(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """Frames alone, or below a log message that names no class."""
    above = lines[at - 1] if at > floor else ""
    if above.strip() and starts_record(above):
        return _read(lines, at - 1, at - 1, Headline(UNKNOWN, above.strip(), 0))
    return _read(lines, at, at - 1, Headline(UNKNOWN, "", 0))


def _read(lines: tuple[str, ...], first: int, at: int, head: Headline, thread: str | None = None) -> Crash | None:
    current = _Section("", head, at, _message_end(lines, at))
    sections = [current]
    aside: int | None = None  # the indentation of a suppressed branch that is being skipped
    last = index = current.message_end
    index += 1
    while index < len(lines):
        line = lines[index]
        frame = frame_of(line, index) or (wrapped_frame(line, index) if _after_at(lines, index) else None)
        if frame is not None:
            if aside is None:
                current.frames.append(frame)
        elif (link := _LINK.match(line)) is not None and (found := _linked(link)) is not None:
            depth = indent(line)
            if link["kind"] == "Suppressed":
                aside = depth if aside is None else min(aside, depth)
                index = _message_end(lines, index)
            elif aside is None or depth < aside:
                aside = None
                current = _Section(link["kind"], found, index, _message_end(lines, index))
                sections.append(current)
                index = current.message_end
        elif (more := _MORE.match(line)) is not None:
            if aside is None:
                current.omitted = min(int(more["count"]), 10_000)
        elif not (_ASIDE.match(line) or line.strip() == "at" or (not line.strip() and _goes_on(lines, index + 1))):
            break
        last = index
        index += 1
    if not any(section.frames for section in sections) and not head.thread and len(sections) == 1:
        return None
    causes = _causes(lines, sections)
    return Crash(
        language=language_of(causes[-1].frames),
        first_line=max(first, 0),
        last_line=last,
        causes=causes,
        handled=logged_quietly(lines, max(at, 0)),
        thread=thread or head.thread,
    )


def _is_wrapped(lines: tuple[str, ...], at: int) -> bool:
    """Whether "at" stands alone on the line and its frame on the next one."""
    return lines[at].strip() == "at" and at + 1 < len(lines) and wrapped_frame(lines[at + 1], at + 1) is not None


def _after_at(lines: tuple[str, ...], index: int) -> bool:
    """Whether "at" stands alone before the line."""
    before = index - 1
    while before > 0 and before > index - 3 and not lines[before].strip():
        before -= 1
    return lines[before].strip() == "at"


def _linked(link: re.Match[str]) -> Headline | None:
    """The headline after "Caused by:"; any word counts there as a class."""
    rest = link["rest"]
    found = headline(rest)
    if found is not None and not rest[: found.column].strip():
        return Headline(found.type, found.message, link.start("rest") + found.column)
    name, _, message = rest.partition(": ")
    if not rest.strip():
        return None
    return Headline(name.strip(), message, link.start("rest"))


def _message_end(lines: tuple[str, ...], at: int) -> int:
    """The last line of the message that begins on line ``at``: what stands before the first frame."""
    for index in range(at + 1, min(len(lines), at + 1 + MAX_MESSAGE_LINES)):
        line = lines[index]
        if is_frame(line) or _LINK.match(line) or _MORE.match(line) or _ASIDE.match(line) or line.strip() == "at":
            return index - 1
        if starts_record(line) and line[:1] not in (" ", "\t"):
            break
    return at


def _goes_on(lines: tuple[str, ...], index: int) -> bool:
    """Whether the trace goes on after blank lines, as crash consoles and mail programs put them."""
    while index < len(lines) and not lines[index].strip():
        index += 1
    return index < len(lines) and bool(
        is_frame(lines[index]) or lines[index].strip() == "at" or _LINK.match(lines[index])
    )


def _causes(lines: tuple[str, ...], sections: list[_Section]) -> tuple[Cause, ...]:
    """The causes with the error that ended the program first; frames left out are put back."""
    if any(section.kind == "Wrapped by" for section in sections):
        sections = sections[::-1]
    causes: list[Cause] = []
    enclosing: tuple[Frame, ...] = ()
    for section in sections:
        shared = enclosing[-section.omitted :] if 0 < section.omitted <= len(enclosing) else ()
        enclosing = (*section.frames, *shared)
        message = "\n".join([section.head.message, *lines[section.at + 1 : section.message_end + 1]]).strip()
        if section.head.escaped:
            message = html.unescape(message)
        printed = Span(section.at, section.head.column) if section.at >= 0 else None
        causes.append(Cause(section.head.type, message, enclosing, printed))
    return tuple(causes)
