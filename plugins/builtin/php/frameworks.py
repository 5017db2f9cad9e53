"""Exceptions in the logs of Laravel and Symfony, on the console, and in PHPUnit's report."""

import re

from crashlight_sdk import Cause, Crash, Frame, Span
from crashlight_sdk.records import is_quiet

from .frames import frame_of, origin, shifted

# Monolog: "[object] (App\\Err(code: 0): message at /srv/app/users.php:17)"
_OBJECT = re.compile(
    r"\[object\] \((?P<type>[\w\\@]+)\(code: ?[^)]*\): (?P<message>.*?) at (?P<file>(?:/"
    r"|[A-Za-z]:)[^\n]*?):(?P<line>\d++)\)"
)
_STACK = re.compile(r"\s*+\[(?:stacktrace|previous exception)\]")
_SYMFONY = re.compile(
    r"(?P<lead>.*?)Uncaught PHP Exception (?P<type>[\w\\]+): \"(?P<message>.*?)\" at (?P<file>\S+) line (?P<line>\d++)"
)
_COLLISION = re.compile(r"\s{2,}(?P<type>[A-Z][\w\\]*(?:Exception|Error))(?:\s*: (?P<message>.*)|\s*)$")
_AT = re.compile(r"\s+at (?P<file>[^\s:]+\.php):(?P<line>\d++)\s*$")
_CALL = re.compile(r"\s+(?P<number>\d++)\s+(?P<place>(?P<file>[^\s:]+\.php):(?P<line>\d++))\s*$")
_TITLE = re.compile(r"\d++\) (?P<title>[\w\\]+::\S.*)$")
_UNIT_PLACE = re.compile(r"(?P<file>(?:/|[A-Za-z]:\\|\w)[^\s:]*\.php):(?P<line>\d++)\s*$")
_UNIT_CLASS = re.compile(r"(?P<type>[A-Z][\w\\]*(?:Exception|Error))(?:: (?P<message>.*))?$")


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose first line is ``at``."""
    line = lines[at]
    if "[object] (" in line and (found := _OBJECT.search(line)) is not None and not _STACK.match(line):
        return _monolog(lines, at, found)
    if "Uncaught PHP Exception" in line and (found := _SYMFONY.match(line)) is not None:
        frame = _place(found, at)
        cause = Cause(found["type"], found["message"], (frame,), Span(at, found.start("type"), found.end("message")))
        return Crash("php", at, at, (cause,))
    if "::" in line and (found := _TITLE.match(line)) is not None:
        return _unit(lines, at)
    if line.startswith("  ") and ("Exception" in line or "Error" in line) and (found := _COLLISION.match(line)):
        return _collision(lines, at, found)
    return None


def _place(match: re.Match[str], index: int) -> Frame:
    file = match["file"]
    printed = Span(index, match.start("file"), match.end("line"))
    return Frame(file, int(match["line"]), None, origin=origin(file), printed=printed)


def _monolog(lines: tuple[str, ...], at: int, found: re.Match[str]) -> Crash:
    """The exception of a record and those before it; the one named last is the root cause."""
    causes: list[Cause] = []
    index = at
    last = at
    current: re.Match[str] | None = found
    while current is not None:
        thrown = _place(current, index)
        name = current["type"].replace("\\\\", "\\")
        printed = Span(index, current.start("type"), current.end("message"))
        frames: list[Frame] = []
        index += 1
        if index < len(lines) and lines[index].strip() == "[stacktrace]":
            index += 1
            last = index - 1
        while index < len(lines) and (frame := frame_of(lines[index], index)) is not None:
            frames.append(frame)
            last = index
            index += 1
        causes.append(Cause(name, current["message"], shifted(frames, thrown), printed))
        while index < len(lines) and index < last + 3 and not lines[index].strip():
            index += 1
        previous = index < len(lines) and lines[index].lstrip().startswith("[previous exception]")
        current = _OBJECT.search(lines[index]) if previous else None
        last = index if current is not None else last
    if last + 1 < len(lines) and lines[last + 1].strip() in ('"}', '"} []', '"}'):
        last += 1
    return Crash("php", at, last, tuple(causes), handled=is_quiet(lines[at]))


def _collision(lines: tuple[str, ...], at: int, found: re.Match[str]) -> Crash | None:
    """Artisan's console report: class, message, place with an excerpt, callers."""
    place_at = next((index for index in range(at + 1, min(len(lines), at + 12)) if _AT.match(lines[index])), None)
    if place_at is None:
        return None
    place = _AT.match(lines[place_at])
    assert place is not None  # it was found by the same pattern
    frames = [_place(place, place_at)]
    last = place_at
    for index in range(place_at + 1, min(len(lines), place_at + 80)):
        line = lines[index]
        call = _CALL.match(line)
        if call is not None:
            frames.append(_place(call, index))
        elif line.strip() and line[:2] != "  ":
            break
        if line.strip():
            last = index
    message = found["message"] or " ".join(line.strip() for line in lines[at + 1 : place_at] if line.strip())
    return Crash(
        "php", at, last, (Cause(found["type"], message.strip(), tuple(frames), Span(at, found.start("type"))),)
    )


def _unit(lines: tuple[str, ...], at: int) -> Crash | None:
    """One failure of PHPUnit: title, message, and places with the innermost first."""
    frames: list[Frame] = []
    said: list[str] = []
    last = at
    for index in range(at + 1, min(len(lines), at + 200)):
        line = lines[index]
        place = _UNIT_PLACE.match(line)
        if place is not None:
            frames.append(_place(place, index))
            last = index
        elif (frames and line.strip()) or _TITLE.match(line):
            break
        elif line.strip():
            said.append(line.strip())
    if not frames or not said:
        return None
    match = _UNIT_CLASS.match(said[0])
    name = match["type"] if match else "PHPUnit\\Framework\\ExpectationFailedException"
    message = "\n".join([match["message"] or "", *said[1:]] if match else said).strip()
    return Crash("php", at, last, (Cause(name, message, tuple(frames), Span(at)),))
