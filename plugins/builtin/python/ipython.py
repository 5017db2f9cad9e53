"""Tracebacks of IPython and Jupyter: the class above, arrows at the lines, the error at the end."""

import re
from dataclasses import replace

from crashlight_sdk import Cause, Crash, Frame, Span

from .errors import CAUSED, error, message_end, whole_message
from .frames import frame

_HEADER = re.compile(r"(?P<type>[^\W\d][\w.]*+)\s++Traceback \(most recent call last\)\s*+$")
_RULE = re.compile(r"-{10,}\s*$")
_FRAMES = (
    # IPython 8: "File ~/app/users.py:17, in load(user)", "Cell In[3], line 2", "Input In [3], in <cell line: 1>()"
    re.compile(r"File (?P<file>.+?):(?P<line>\d++)(?:, in (?P<function>[^(]+)(?:\(.*)?)?\s*+$"),
    re.compile(r"(?P<file>(?:Cell|Input) In ?\[\d+\])(?:, line (?P<line>\d++))?(?:, in (?P<function>.+?))?\s*+$"),
    # IPython 7: "~/app/users.py in load(user)", "<ipython-input-3-0b1c> in <module>"
    re.compile(
        r"(?P<file><ipython-input-[^>]+>|[~./\\\w][^\s()]*\.pyx?|[A-Z]:\\.+?\.py) in (?P<function>[^(]+)(?:\(.*)?$"
    ),
)
_ARROW = re.compile(r"-+> ?(?P<line>\d++)(?: (?P<text>.*))?$")
_INSIDE = re.compile(r"\s|-+>|\(\.\.\.\)|\d+ ")


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The chain whose first class line is ``at``; the rule of dashes above it belongs to the report."""
    if "Traceback (" not in lines[at]:
        return None
    first = at - 1 if at > floor and _RULE.match(lines[at - 1]) else at
    causes: list[Cause] = []
    last = at
    while (found := _single(lines, at)) is not None:
        cause, last = found
        causes.insert(0, cause)
        at = last + 1
        while at < len(lines) and at < last + 8 and (not lines[at].strip() or lines[at].strip() in CAUSED):
            at += 1
    return Crash("python", first, last, tuple(causes)) if causes else None


def _single(lines: tuple[str, ...], at: int) -> tuple[Cause, int] | None:
    header = _HEADER.match(lines[at]) if at < len(lines) else None
    if header is None:
        return None
    frames: list[Frame] = []
    index = at + 1
    while index < len(lines):
        line = lines[index]
        match = next((m for pattern in _FRAMES if (m := pattern.match(line))), None)
        arrow = _ARROW.match(line)
        if match is not None:
            groups = match.groupdict()
            number = groups.get("line")
            place = Span(index, match.start("file"), match.end("line" if number else "file"))
            function = (groups.get("function") or "").strip() or None
            frames.insert(0, frame(match["file"], int(number) if number else None, function, place))
        elif arrow is not None and frames:
            head = frames[0]
            frames[0] = replace(head, line=head.line or int(arrow["line"]), text=(arrow["text"] or "").strip())
        elif line.strip() and not _INSIDE.match(line):
            break
        index += 1
    return _ending(lines, header["type"], at, index, tuple(frames))


def _ending(
    lines: tuple[str, ...], announced: str, at: int, index: int, frames: tuple[Frame, ...]
) -> tuple[Cause, int]:
    found = error(lines[index]) if index < len(lines) else None
    if found is None or found[0].rpartition(".")[2] != announced.rpartition(".")[2]:
        last = index - 1
        while last > at and not lines[last].strip():
            last -= 1
        return Cause(announced, "", frames, Span(at)), last

    def text_at(number: int) -> str | None:
        return lines[number] if number < len(lines) else None

    end = message_end(text_at, index, len(lines))
    return Cause(found[0], whole_message(found[1], text_at, index, end), frames, Span(index)), end
