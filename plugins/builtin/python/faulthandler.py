"""What ``faulthandler`` and the interpreter print when the process dies: frames, most recent call first."""

import re

from crashlight_sdk import Cause, Crash, Frame, Span

from .frames import frame

_FATAL = re.compile(r"(?:.*\b)?(?P<kind>Fatal Python error|Windows fatal exception): (?P<what>.+?)\s*$")
_THREAD = re.compile(r"\s*+(?P<current>Current thread|Thread) (?P<id>0x[0-9a-fA-F]+).*\(most recent call first\):")
_FRAME = re.compile(r'\s*+File "(?P<file>[^"]*+)", line (?P<line>\d++) in (?P<function>.+)')
_REST = re.compile(
    r"\s*+(?:<no Python frame>|\.\.\.|Python runtime state: |Extension modules: |Current thread's C stack)"
)
_SIGNALS = {
    "Segmentation fault": "SIGSEGV",
    "Aborted": "SIGABRT",
    "Bus error": "SIGBUS",
    "Floating point exception": "SIGFPE",
    "Illegal instruction": "SIGILL",
    "access violation": "SIGSEGV",
    "stack overflow": "SIGSEGV",
}


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report that the fatal error on line ``at`` opens, with the dump of every thread."""
    if "atal " not in lines[at]:
        return None
    match = _FATAL.match(lines[at])
    if match is None:
        return None
    what = match["what"]
    detail = what.partition(": ")[2] or what
    frames, last = _dump(lines, at + 1)
    cause = Cause(
        crash_type=next((signal for words, signal in _SIGNALS.items() if what.startswith(words)), match["kind"]),
        message=detail,
        frames=tuple(frames),
        printed=Span(at, match.start("kind"), match.end("what")),
        details=what,
    )
    return Crash("python", at, last if last > at else at, (cause,))


def _dump(lines: tuple[str, ...], index: int) -> tuple[list[Frame], int]:
    """The frames of the current thread (the first one where none is marked) and the last line of the dump."""
    threads: list[tuple[bool, list[Frame]]] = []
    last = index - 1
    while index < len(lines):
        line = lines[index]
        thread, match = _THREAD.match(line), _FRAME.match(line)
        if thread is not None:
            threads.append((thread["current"].startswith("Current"), []))
        elif match is not None:
            if not threads:
                break
            span = Span(index, match.start("file"), match.end("line"))
            threads[-1][1].append(frame(match["file"], int(match["line"]), match["function"].strip(), span))
        elif line.strip() and not _REST.match(line):
            break
        if line.strip():
            last = index
        index += 1
    current = [frames for is_current, frames in threads if is_current] or [frames for _, frames in threads]
    return (current[0] if current else []), last
