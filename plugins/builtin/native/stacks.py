"""A native backtrace of several lines: where it ends, and which language its frames were written in."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crashlight_sdk import Frame

from .frames import Line, frame_at, joined

MAX_FRAMES = 1000
_GAP = 3  # lines of another kind between two frames of one backtrace, such as source lines, register dumps, warnings
_NOISE = re.compile(
    r"^\s*+(?:Found by: |\d++\t|\d++: |No locals\.|No symbol table|warning: |Backtrace stopped: "
    r"|\(More stack frames follow|Python Exception"
    r"|--Type <|---Type <|\[\[\[ELF|rip = 0x|eip = 0x|r[a-z0-9]{1,3} = 0x|e[a-z]{2} = 0x|pc = 0x|sp = 0x"
    r"|lr = 0x|fp = 0x|x\d++ = 0x|[\w.@]+ = )"
)
_CPP_FILE = re.compile(r"\.(?:cc|cpp|cxx|c\+\+|C|hpp|hh|hxx|inl|ipp|tcc|cu)$")
_OTHER_FILES = (("rust", re.compile(r"\.rs$")), ("swift", re.compile(r"\.swift$")), ("zig", re.compile(r"\.zig$")))
_FORTRAN_FILE = re.compile(r"\.(?:f|for|f77|f90|f95|f03|f08)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stack:
    """``last_line`` is the line of the last frame, or the line before the first where there is none."""

    last_line: int
    frames: tuple[Frame, ...]


def read_stack(lines: tuple[str, ...], at: int, *, gap: int = _GAP) -> Stack:
    """The frames from line ``at`` on, up to where the numbers start again or ``gap`` other lines come."""
    frames: list[Frame] = []
    last = at - 1
    before: int | None = None
    missed = 0
    while at < len(lines) and len(frames) < MAX_FRAMES:
        found, end = frame_on(lines, at)
        if found is None:
            if not lines[at].strip() and frames:
                break
            missed += 0 if _NOISE.match(lines[at]) else 1
            if missed > (gap if frames else 0):
                break
            at += 1
            continue
        if found.number == 0 and before is not None and before > 0:
            break
        frames.append(found.frame)
        before = found.number if found.number is not None else before
        last, at, missed = end, end + 1, 0
    return Stack(last, tuple(frames))


def frame_on(lines: tuple[str, ...], at: int) -> tuple[Line | None, int]:
    """The frame that begins on line ``at`` and the last line that it takes."""
    line = lines[at]
    if len(line) < 6:
        return None, at
    found = frame_at(lines, at)
    if line.lstrip()[:1] == "#" and " (" in line and (found is None or not (found.frame.file or found.frame.module)):
        whole, end = joined(lines, at)
        if whole is not None and end > at:
            return whole, end
    return found, at


def language(frames: Iterable[Frame], text: str = "") -> str:
    """``c`` or ``cpp``, or what else the innermost file of the application tells."""
    known = list(frames)
    for frame in sorted(known, key=lambda frame: frame.origin != "app"):
        if not frame.file:
            continue
        if _FORTRAN_FILE.search(frame.file):
            return "fortran"
        for name, pattern in _OTHER_FILES:
            if pattern.search(frame.file):
                return name
        if _CPP_FILE.search(frame.file):
            return "cpp"
        if frame.file.endswith((".m", ".mm")):
            return "objectivec"
        if frame.file.endswith(".c") and frame.origin == "app":
            return "c"
    named = any("::" in (frame.function or "") or (frame.function or "").startswith("_ZN") for frame in known)
    return "cpp" if named or "std::" in text or "C++" in text else "c"


def has_app(frames: Sequence[Frame]) -> bool:
    """Whether any frame is of the application."""
    return any(frame.origin == "app" for frame in frames)
