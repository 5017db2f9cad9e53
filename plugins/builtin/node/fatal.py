"""Deaths without a stack of the program's own: V8 out of memory, and values that are thrown but are no errors."""

import re

from crashlight_sdk import Cause, Crash, Frame, Span

from . import excerpt

_FATAL = re.compile(r"(?:.*\b)?FATAL ERROR: (?P<what>\S.*)")
_THROWN = "(Use `node --trace-uncaught ...` to show where the exception was thrown)"
_NATIVE = re.compile(r"\s*+\d++: (?:0x[0-9a-f]++|[0-9A-F]{8,}+) (?P<function>\S.*?)?(?: \[(?P<module>[^\]]*)\])?\s*$")
_COLLECTIONS = re.compile(r"<--- (?:Last few GCs|JS stacktrace) --->|\[\d+:0x[0-9a-f]+\]|==== JS stack trace ===|\s*$")
_VERSION = re.compile(r"Node\.js v\d")


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report of which line ``at`` is the sign."""
    line = lines[at]
    if "FATAL ERROR: " in line and (found := _FATAL.match(line)) is not None:
        return _fatal(lines, at, floor, found)
    if _THROWN in line:
        return _thrown(lines, at, floor)
    return None


def _fatal(lines: tuple[str, ...], at: int, floor: int, found: re.Match[str]) -> Crash:
    first = at
    while first > floor and first > at - 40 and _COLLECTIONS.match(lines[first - 1]):
        first -= 1
    while first < at and not lines[first].strip():
        first += 1
    frames: list[Frame] = []
    last = index = at
    while index + 1 < len(lines):
        index += 1
        match = _NATIVE.match(lines[index])
        if match is not None:
            function, module = match["function"], match["module"]
            frames.append(Frame(None, None, function, module=module, origin="runtime", printed=Span(index)))
            last = index
        elif lines[index].strip() and "Native stack trace" not in lines[index]:
            break
    cause = Cause("FATAL ERROR", found["what"].strip(), tuple(frames), Span(at, found.start("what")))
    return Crash("javascript", first, last, (cause,))


def _thrown(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """``throw "text"``: Node shows the place and prints the value."""
    index = at - 1
    while index >= floor and index > at - 30:
        first, shown = excerpt.above(lines, index, floor)
        if shown is not None:
            said = "\n".join(lines[index:at]).strip()
            last = at
            for number in range(at + 1, min(len(lines), at + 4)):
                last = number if _VERSION.match(lines[number]) else last
            message = said.removeprefix("Uncaught:").strip()
            return Crash("javascript", first, last, (Cause("Uncaught", message, (shown,), Span(index)),))
        index -= 1
    return None
