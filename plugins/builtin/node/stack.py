"""Reports with V8's frames: an error, its stack, its properties, its causes.

Node prints a source excerpt above and its version below; errors carry their properties in braces after the
last frame, ``[cause]`` and ``[errors]`` among them. Deno and Chrome print "Caused by". Jest, Mocha and Vitest
put the message and a code frame between headline and frames.
"""

import re
from dataclasses import replace

from crashlight_sdk import Cause, Crash, Frame, Span
from crashlight_sdk.records import indent, logged_quietly, starts_record

from . import excerpt
from .frames import frame_of, is_certain, origin
from .headline import Headline, headline

_FRAME_START = ("at ", "❯ ", "» ", "eval at ")
_TITLE = re.compile(r"\s*+(?:●|✕|✗|×|FAIL\b|\d+\)) ?(?P<title>.*)")
_EMITTED = re.compile(
    r"\s*+(?:Emitted '.*' event .*at:|Thrown at:|From previous event:|-{2,}|={3,} ?async|\.\.\. \d+ lines)"
)
_CAUSE = re.compile(r"\s*+(?:\[cause\]: |Caused by:? |Cause: )(?P<rest>\S.*)")
_ERRORS = re.compile(r"\s*+\[errors\]: \[")
_VERSION = re.compile(r"(?:Node\.js|Bun) v\d|Node\.js \*|\(Use `node --trace|Bun v\d")
_UNPARSED = re.compile(r"(?<![^\s\"'(])(?P<file>(?:/|[A-Za-z]:[\\/])[^\s:]+\.\w+): .*\((?P<line>\d++):\d+\)")
_ELIDED = re.compile(r"\s*+\.\.\. \d+ lines matching")
_IMPORTED = re.compile(r"(?:imported from |^- )(?P<file>(?:file://|/|[A-Z]:\\)\S+)")
MAX_MESSAGE_LINES = 60
MAX_PROPERTIES = 400
UNKNOWN = "Error"


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose first frame is line ``at``."""
    if not _is_frame(lines[at]) or (at > floor and _is_frame(lines[at - 1])):
        return None
    end = _frames_end(lines, at)
    if not any(is_certain(frame, lines[index]) for index, frame in _frames(lines, at, end)):
        return None
    top = _headline_above(lines, at, floor)
    head_at, head = top if top is not None else (at, None)
    if head is None and (end - at < 1 or _is_component_stack(lines, at)):
        return None
    first, shown = excerpt.above(lines, head_at, floor)
    causes, last = _causes(lines, head_at, head, at, end)
    last = _trailer(lines, last)
    shown = shown if shown is not None and shown.origin != "runtime" else _named(lines, head_at, at)
    if shown is not None:
        causes = _with_excerpt(causes, shown)
    warning = causes[-1].crash_type.endswith("Warning") and "Unhandled" not in causes[-1].crash_type
    return Crash(
        language="javascript",
        first_line=first,
        last_line=last,
        causes=causes,
        handled=warning or logged_quietly(lines, first),
    )


def _frames(lines: tuple[str, ...], at: int, end: int) -> list[tuple[int, Frame]]:
    """The frames between two lines, with their numbers; what is not a frame is left out."""
    found = ((index, frame_of(lines[index], index)) for index in range(at, end + 1))
    return [(index, frame) for index, frame in found if frame is not None]


def _frames_end(lines: tuple[str, ...], at: int) -> int:
    """The last line of the run of frames that begins at ``at``; Jest leaves a blank line inside some."""
    end = at
    while not lines[end].rstrip().endswith("{"):
        if end + 1 < len(lines) and _is_frame(lines[end + 1]):
            end += 1
        elif (
            end + 2 < len(lines)
            and (not lines[end + 1].strip() or _ELIDED.match(lines[end + 1]))
            and _is_frame(lines[end + 2])
        ):
            end += 2
        else:
            break
    return end


def _is_frame(line: str) -> bool:
    return line.lstrip().startswith(_FRAME_START)


def _is_component_stack(lines: tuple[str, ...], at: int) -> bool:
    return "(at " in lines[at] or (at > 0 and "component stack" in lines[at - 1].lower())


def _headline_above(lines: tuple[str, ...], at: int, floor: int) -> tuple[int, Headline] | None:
    """The headline for the frames from ``at`` on: the nearest line above that names an error.

    Without one, the first line of a test's failure, or the line directly above, speaks for it.
    """
    nearest: tuple[int, Headline] | None = None
    for index in range(at - 1, max(floor, at - MAX_MESSAGE_LINES) - 1, -1):
        line = lines[index]
        if _is_frame(line) or _VERSION.match(line):
            break
        if excerpt.is_code(line) or not line.strip():
            continue
        found = headline(line)
        if found is not None and (found.strong or index == at - 1):
            return index, found
        if _TITLE.match(line):
            return nearest or _said(lines, index, at)
        if starts_record(line):
            return nearest or (index, Headline(UNKNOWN, line.strip(), indent(line)))
        if line.strip().startswith(("expect(", "assert")):
            nearest = (index, Headline("AssertionError", line.strip(), indent(line)))
    if nearest is None and at - 1 >= floor and lines[at - 1].strip() and not _is_frame(lines[at - 1]):
        line = lines[at - 1]
        nearest = (at - 1, Headline(UNKNOWN, line.strip(), indent(line), strong=False))
    return nearest


def _said(lines: tuple[str, ...], title: int, at: int) -> tuple[int, Headline]:
    """What a test says below its title."""
    for index in range(title + 1, at):
        text = lines[index].strip()
        if text and not excerpt.is_code(lines[index]):
            name = "AssertionError" if text.startswith(("expect", "assert")) else UNKNOWN
            return index, Headline(name, text, indent(lines[index]))
    return title, Headline(UNKNOWN, lines[title].strip(), indent(lines[title]))


def _causes(
    lines: tuple[str, ...], head_at: int, head: Headline | None, at: int, end: int
) -> tuple[tuple[Cause, ...], int]:
    """The chain from this error down, and the last line of it all."""
    chain = [_cause(lines, head_at, head, at, end)]
    last = end
    if lines[end].rstrip().endswith("{"):
        last = _braces_end(lines, end)
        chain += _inner(lines, end + 1, last)
    while last + 1 < len(lines):
        following = lines[last + 1]
        if (link := _CAUSE.match(following)) is not None:
            inner = headline(link["rest"])
            begin = last + 2
            stop = _frames_end(lines, begin) if begin < len(lines) and _is_frame(lines[begin]) else begin - 1
            if inner is None:
                break
            chain.append(_cause(lines, last + 1, replace(inner, column=link.start("rest") + inner.column), begin, stop))
            last = stop
        elif _EMITTED.match(following) and last + 2 < len(lines) and _is_frame(lines[last + 2]):
            last = _frames_end(lines, last + 2)
            if lines[last].rstrip().endswith("{"):
                last = _braces_end(lines, last)
        else:
            break
    return tuple(chain), last


def _cause(lines: tuple[str, ...], head_at: int, head: Headline | None, at: int, end: int) -> Cause:
    frames = tuple(frame for _, frame in _frames(lines, at, end))
    if head is None:
        return Cause(UNKNOWN, "", frames)
    shown = [lines[index] for index in range(head_at + 1, at)]
    more = [
        line
        for number, line in enumerate(shown)
        if not excerpt.is_code(line) and not (number + 1 < len(shown) and excerpt.is_caret(shown[number + 1]))
    ]
    message = "\n".join([head.message, *more]).strip()
    return Cause(head.type, message, frames, Span(head_at, head.column), head.code or "")


def _braces_end(lines: tuple[str, ...], opening: int) -> int:
    """The line of the brace that closes the properties; the last one seen where the window ends before."""
    depth = indent(lines[opening])
    for index in range(opening + 1, min(len(lines), opening + MAX_PROPERTIES)):
        line = lines[index]
        if line.strip().startswith("}") and indent(line) < depth:
            return index
        if line.strip() and indent(line) == 0 and not line.startswith(("}", "]")):
            return index - 1
    return opening


def _inner(lines: tuple[str, ...], first: int, last: int) -> list[Cause]:
    """The error under ``[cause]``, and what caused that; or the first of ``[errors]``."""
    for index in range(first, last + 1):
        line = lines[index]
        link = _CAUSE.match(line)
        if link is None and index > first and _ERRORS.match(lines[index - 1]):
            inner, column = headline(line.strip()), indent(line)
        elif link is not None:
            inner, column = headline(link["rest"]), link.start("rest")
        else:
            continue
        if inner is None:
            return []
        begin = index + 1
        while begin <= last and begin < index + MAX_MESSAGE_LINES and not _is_frame(lines[begin]):
            begin += 1
        if begin > last or not _is_frame(lines[begin]):
            return [Cause(inner.type, inner.message, (), Span(index, column + inner.column))]
        end = min(_frames_end(lines, begin), last)
        cause = _cause(lines, index, replace(inner, column=column + inner.column), begin, end)
        return [cause, *_inner(lines, end + 1, last)]
    return []


def _trailer(lines: tuple[str, ...], last: int) -> int:
    """The last line with Node's own words below a report: its version, a hint."""
    index = last + 1
    while index < len(lines) and index <= last + 3:
        if _VERSION.match(lines[index].strip()) or (index == last + 1 and excerpt.is_numbered(lines[index])):
            last = index
        elif lines[index].strip():
            break
        index += 1
    return last


def _named(lines: tuple[str, ...], head_at: int, at: int) -> Frame | None:
    """The place that the message names: the module that asked for a missing one, or that a compiler cannot read."""
    for index in range(head_at, at):
        match = _IMPORTED.search(lines[index]) or _UNPARSED.search(lines[index])
        if match is not None:
            file, number = match["file"], match.groupdict().get("line")
            printed = Span(index, match.start("file"), match.end("file"))
            return Frame(file, int(number) if number else None, None, origin=origin(file), printed=printed)
    return None


def _with_excerpt(causes: tuple[Cause, ...], shown: Frame) -> tuple[Cause, ...]:
    """The place that the excerpt shows, as the innermost frame where the stack holds only the runtime's own.

    So it is for syntax errors and modules that do not link: their stack is that of the loader.
    """
    root = causes[-1]
    foreign = all(frame.origin in ("runtime", "library") for frame in root.frames)
    if len(causes) > 1 or not foreign or shown.origin == "runtime":
        return causes
    return (replace(root, frames=(shown, *root.frames)),)
