"""Tracebacks as CPython prints them: chains, exception groups, with or without a header.

The format is that of the standard library's ``traceback`` module, from Python 2.7 to 3.14.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from crashlight_sdk import Cause, Crash, Frame, Span
from crashlight_sdk.records import logged_quietly

from .errors import CAUSED, error, message_end, whole_message
from .frames import frame

HEADER = "Traceback (most recent call last)"
_HEADER = re.compile(r"(?:Exception Group )?Traceback \(most recent call last\):?\s*$")
_FRAME = re.compile(r'\s*+File "(?P<file>[^"]*+)", line (?P<line>\d++)(?:, in (?P<function>.*))?')
_REPEATED = re.compile(r"\s*+\[Previous line repeated \d+ more times?\]")
_GROUP_LINE = re.compile(r"\s*+(?:\||\+-)")
_GROUP_FIRST = re.compile(r"\s*+\+-\+-+ 1 -+")
_MARGIN = re.compile(r"(?P<margin>.*?)(?:  )?File \"")
_REMOTE = re.compile(r"[\w.]*RemoteTraceback:\s*$")
_THREAD = re.compile(r"Exception in thread (?P<name>.+?):?\s*$")
_CARETS = re.compile(r"\s*+[~^][~^ ]*+$")
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Parsed:
    """One traceback, or a chain of them: causes with the last printed first, and the last line that belongs."""

    causes: tuple[Cause, ...]
    last: int


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The chain of tracebacks whose first header, or first frame where there is no header, is line ``at``."""
    line = lines[at]
    column = line.find(HEADER)
    if column >= 0 and _HEADER.search(line):
        group = line.rfind("Exception Group ", 0, column)
        parsed = _Reader(lines).chain(at, line[: group if group >= 0 else column])
    elif 'File "' in line and _FRAME.match(line):
        parsed = _Reader(lines).headless(at)
    else:
        parsed = None
    if parsed is None:
        return None
    first = _remote_header(lines, at, floor)
    return Crash(
        language="python",
        first_line=first,
        last_line=parsed.last,
        causes=parsed.causes,
        handled=logged_quietly(lines, at),
        thread=_thread(lines, first),
    )


class _Reader:
    """Reads tracebacks from the lines of one window."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines

    def chain(self, header: int, margin: str) -> Parsed | None:
        """The traceback below ``header`` and those that it is said to have caused."""
        parsed = self.single(header, margin)
        if parsed is None:
            return None
        while True:
            following = self._next_in_chain(parsed.last, margin)
            later = None if following is None else self.single(following, margin)
            if later is None:
                return parsed
            parsed = _joined(parsed, later)

    def single(self, header: int, margin: str) -> Parsed | None:
        """One traceback: frames, then the error, then the leaves of a group."""
        text_at = self._stripper(header + 1, margin)
        frames, index = self._frames(header + 1, text_at)
        return self._error(header, index, frames, text_at)

    def headless(self, first: int) -> Parsed | None:
        """Frames without a header: a syntax error that Python prints bare, or a trace cut at its top."""
        text_at = self._stripper(first, "")
        frames, index = self._frames(first, text_at)
        parsed = self._error(first, index, frames, text_at)
        if parsed is None or parsed.causes[-1].crash_type == UNKNOWN:
            return parsed if parsed is not None and len(frames) > 1 and all(f.function for f in frames) else None
        following = self._next_in_chain(parsed.last, "")
        later = None if following is None else self.chain(following, self.lines[following].partition(HEADER)[0])
        return parsed if later is None else _joined(parsed, later)

    def _stripper(self, first: int, margin: str) -> Callable[[int], str | None]:
        """A function from a line's number to its text without the margin; None where the margin ends.

        The margin is what stands before the first frame's two spaces; the header's own line may carry
        a log prefix that the others lack.
        """
        found = _MARGIN.match(self.lines[first]) if first < len(self.lines) else None
        own = found["margin"] if found else (margin if not margin.strip() or set(margin) <= set(" |>\t") else "")
        bare = own.rstrip()

        def text_at(index: int) -> str | None:
            if index >= len(self.lines):
                return None
            line = self.lines[index]
            if line.startswith(own):
                return line[len(own) :]
            if line.rstrip() == bare or not line.strip():
                return ""
            return None

        return text_at

    def _frames(self, index: int, text_at: Callable[[int], str | None]) -> tuple[list[Frame], int]:
        """The frames from ``index`` on, innermost first, and the line after them."""
        frames: list[Frame] = []
        while (text := text_at(index)) is not None:
            match = _FRAME.match(text)
            if match is not None:
                frames.append(self._frame(index, match))
            elif _REPEATED.match(text):
                pass
            elif frames and text[:2] in ("  ", "\t", " \t") and text.strip():
                if frames[-1].text is None and not _CARETS.match(text):
                    frames[-1] = replace(frames[-1], text=text.strip())
            else:
                break
            index += 1
        frames.reverse()
        return frames, index

    def _frame(self, index: int, match: re.Match[str]) -> Frame:
        shift = self.lines[index].find('File "') - match[0].find('File "')
        printed = Span(index, match.start("file") + shift, match.end("line") + shift)
        return frame(match["file"], int(match["line"]), match["function"], printed)

    def _error(
        self, header: int, index: int, frames: list[Frame], text_at: Callable[[int], str | None]
    ) -> Parsed | None:
        text = text_at(index)
        found = error(text) if text else None
        if found is None or text is None:
            if not frames:
                return None
            return Parsed((Cause(UNKNOWN, "", tuple(frames)),), index - 1)
        name, first = found
        last = message_end(text_at, index, len(self.lines))
        message = whole_message(first, text_at, index, last)
        start = len(self.lines[index]) - len(text)
        cause = Cause(name, message, tuple(frames), Span(index, start, start + len(text.rstrip())))
        return self._leaves(cause, last)

    def _leaves(self, cause: Cause, last: int) -> Parsed:
        """The cause and, where it is a group, its first leaf; the last line of the whole tree."""
        opening = last + 1
        if opening >= len(self.lines) or not _GROUP_FIRST.match(self.lines[opening]):
            return Parsed((cause,), last)
        end = opening
        while end + 1 < len(self.lines) and _GROUP_LINE.match(self.lines[end + 1]):
            end += 1
        leaf = self._leaf(opening + 1)
        return Parsed((cause,) if leaf is None else (cause, *leaf.causes), end)

    def _leaf(self, index: int) -> Parsed | None:
        if index >= len(self.lines):
            return None
        bar = self.lines[index].find("| ")
        if bar < 0:
            return None
        margin = self.lines[index][: bar + 2]
        if HEADER in self.lines[index]:
            return self.chain(index, margin)
        return self._error(index, index, [], self._stripper(index, margin))

    def _next_in_chain(self, last: int, margin: str) -> int | None:
        """The header of the traceback that the one ending at ``last`` caused."""
        index = last + 1
        connected = False
        while index < min(len(self.lines), last + 8):
            text = self.lines[index].removeprefix(margin).strip(" |\t>")
            if text in CAUSED:
                connected = True
            elif connected and HEADER in text:
                return index
            elif text and text != '"""':
                return None
            index += 1
        return None


def _joined(parsed: Parsed, later: Parsed) -> Parsed:
    """The chain with the traceback that was printed after it.

    A traceback begins in the function that caught the error, not at the program's start; the calls that led
    to that function stand in the later traceback, and are added here so that each cause tells its whole way.
    """
    root, outer = parsed.causes[0], later.causes[-1]
    caught = root.frames[-1] if root.frames else None
    callers: tuple[Frame, ...] = ()
    for index, candidate in enumerate(outer.frames):
        if caught is not None and (candidate.file, candidate.function) == (caught.file, caught.function):
            callers = outer.frames[index + 1 :]
            break
    whole = replace(root, frames=root.frames + callers)
    return Parsed((*later.causes, whole, *parsed.causes[1:]), later.last)


def _remote_header(lines: tuple[str, ...], at: int, floor: int) -> int:
    """The line where a worker's traceback, printed by its parent inside triple quotes, begins."""
    if at - 2 >= floor and lines[at - 1].strip() == '"""' and _REMOTE.match(lines[at - 2]):
        return at - 2
    return at


def _thread(lines: tuple[str, ...], first: int) -> str | None:
    match = _THREAD.search(lines[first - 1]) if first else None
    return match["name"] if match else None
