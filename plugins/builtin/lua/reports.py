"""Lua's errors with their traceback.

``lua: file:line: message`` (or the same after words of the host program), then "stack traceback:" and one line a call.
"""

import re

from crashlight_sdk import Cause, Crash, Frame, Origin, Span
from crashlight_sdk.records import starts_record

_PLACE = (
    r"(?:\[string \"[^\"]*\"\]|(?:[A-Za-z]:)?[^\s:\"'()<>|]+\.(?:lua"
    r"|luau|moon|fnl|tl)|\[string [^\]]*\])"
)
_HEAD = re.compile(
    rf"(?P<lead>.*?)(?<![^\s\"'(<\[:])(?P<file>{_PLACE}):(?P<line>\d++):(?P<column>\d++:)? (?P<message>\S.*)$"
)
_TRACE = re.compile(r"\s*+(?:stack traceback:|Traceback)\s*$")
_FRAME = re.compile(
    rf"\s*+(?:\(?\d+\)?\.?:? )?(?:(?P<c>\[C\])|\[?(?P<file>{_PLACE}))(?::(?P<line>\d++)\]?)?:?(?: (?:in"
    rf"|at) (?P<what>.*)| <(?P<angled>[^>]*)>)?\s*$"
)
_NAME = re.compile(
    r"(?:function|method|upvalue|local|field|global|metamethod|hook) (?:[`'\"](?P<name>[^`'\"]+)['\"]"
    r"|(?P<bare><[^>]+>))|(?P<main>main chunk)"
)
_ELIDED = re.compile(r"\s*+(?:\.\.\.|coroutine \d+:|\(\.\.\.tail calls?\.\.\.\))")
_SAID = (
    "attempt to ",
    "bad argument",
    "module '",
    "stack overflow",
    "assertion failed",
    "unexpected symbol",
    "' expected",
)
MAX_MESSAGE_LINES = 30


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose headline or "stack traceback:" is line ``at``."""
    line = lines[at]
    if _TRACE.match(line):
        return _read(lines, at, floor)
    match = _HEAD.match(line) if ".lua:" in line or "[string " in line else None
    if match is None or _FRAME.match(line):
        return None
    trace = next(
        (index for index in range(at + 1, min(len(lines), at + MAX_MESSAGE_LINES)) if _TRACE.match(lines[index])), None
    )
    if trace is not None and not any(starts_record(lines[index]) for index in range(at + 1, trace)):
        return _read(lines, trace, floor, at)
    if not any(words in match["message"] for words in _SAID):
        return None
    cause = Cause("error", match["message"], (_top(match, at),), Span(at, match.start("message")))
    return Crash("lua", at, at, (cause,))


def _read(lines: tuple[str, ...], trace: int, floor: int, head: int | None = None) -> Crash | None:
    frames: list[Frame] = []
    index = trace + 1
    while index < len(lines):
        frame = _frame(lines[index], index)
        if frame is None and not _ELIDED.match(lines[index]) and lines[index].strip():
            break
        if not lines[index].strip() and not (index + 1 < len(lines) and _frame(lines[index + 1], index)):
            break
        if frame is not None:
            frames.append(frame)
        index += 1
    if not frames:
        return None
    if head is None:
        head = next(
            (number for number in range(trace - 1, max(floor, trace - 12) - 1, -1) if lines[number].strip()), None
        )
    if head is None:
        return Crash("lua", trace, index - 1, (Cause("error", "", tuple(frames)),))
    match = _HEAD.match(lines[head])
    message = "\n".join([match["message"] if match else lines[head].strip(), *lines[head + 1 : trace]]).strip()
    if match is not None and not any(
        (frame.file, frame.line) == (match["file"], int(match["line"])) for frame in frames
    ):
        frames.insert(0, _top(match, head))
    printed = Span(head, match.start("message") if match else 0)
    return Crash("lua", head, index - 1, (Cause("error", message, tuple(frames), printed),))


def _top(match: re.Match[str], index: int) -> Frame:
    file = match["file"]
    return Frame(
        file,
        int(match["line"]),
        None,
        origin=_origin(file),
        printed=Span(index, match.start("file"), match.end("line")),
    )


def _frame(line: str, index: int) -> Frame | None:
    match = _FRAME.match(line)
    if match is None or (
        match["c"] is None and match["line"] is None and not (match["what"] or "").startswith("function")
    ):
        return None
    named = _NAME.search(match["what"] or "")
    function = (named["name"] or named["bare"] or named["main"]) if named else match["angled"]
    if match["c"] is not None:
        return Frame(None, None, function, origin="runtime")
    file = match["file"]
    number = match["line"]
    span = Span(index, match.start("file"), match.end("line" if number else "file"))
    return Frame(file, int(number) if number else None, function, origin=_origin(file), printed=span)


def _origin(file: str) -> Origin:
    if re.search(
        (
            r"/(?:usr/(?:local/)?)?share/(?:lua|luajit\S*|nvim/runtime)/|/luarocks/|/\.luarocks/"
            r"|/lazy/|/pack/[^/]+/(?:start|opt)/|/vim/(?:_editor|shared|lsp)"
        ),
        file,
    ):
        return "library"
    return "app"
