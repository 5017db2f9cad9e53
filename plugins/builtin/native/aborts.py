"""What a native program, its C library or its shell says when it ends: assertions, uncaught exceptions, signals.

Each entry of the table is one wording. A backtrace, or the report of a debugger, may follow; see ``reports``.
"""

import re
from dataclasses import dataclass

from crashlight_sdk import Frame, Span

from .frames import place_frame


@dataclass(frozen=True, slots=True)
class Headline:
    """A sentence that ended a program. ``last_line`` is the last line that it takes."""

    crash_type: str
    message: str
    last_line: int
    printed: Span
    place: Frame | None = None
    sure: bool = True  # False: it counts only with a backtrace or a core dump below it
    language: str | None = None


@dataclass(frozen=True, slots=True)
class _Wording:
    pattern: re.Pattern[str]
    crash_type: str
    sign: str  # what a line must hold for the pattern to be tried
    sure: bool = True
    language: str | None = None


def _w(pattern: str, crash_type: str, *, sure: bool = True, language: str | None = None) -> _Wording:
    return _Wording(re.compile(pattern), crash_type, _sign(pattern), sure, language)


def _sign(pattern: str) -> str:
    """The first of these words that stands in the pattern, and so in whatever it matches."""
    return next((word for word in _WORDS if word in pattern), "")


_WORDS = (
    *("Assertion failed", "Assertion ", "assertion ", "ASSERT", "TRAP: ", "FATAL:", "called after", "of type "),
    *(
        "shared libraries: ",
        "symbol lookup error: ",
        "ignal",
        "egmentation fault",
        "us error",
        "oating point exception",
    ),
    *("llegal instruction", "segfault at "),
)
_SOURCE = (
    r"(?<![^\s:(>])(?P<place>(?P<file>[^\s:\"'()\[\]][^:\"'()\[\]]{0,200}?\.(?:c|cc|cpp|cxx|c\+\+|C|h|hh"
    r"|hpp|hxx|inl|m|mm|cu"
    r"|y|l)):(?P<line>\d++))"
)
_WORDINGS = (
    # glibc, musl and BSD assertions; "tree.c:860: RecordNode *dup(void): Assertion `x' failed."
    _w(rf"{_SOURCE}: (?P<function>.{{1,400}}?): (?P<message>Assertion [`'‘\"].* failed\.?.*)$", "SIGABRT"),
    _w(rf"(?P<message>Assertion [`'‘\"].*[`'’\"] failed) at {_SOURCE}", "SIGABRT"),
    _w(
        r"(?P<message>Assertion failed: .*), function (?P<function>.*?), file (?P<file>.*?), line (?P<line>\d++)\.?",
        "SIGABRT",
    ),
    _w(r"(?P<message>Assertion failed: .*), file (?P<file>.*?), line (?P<line>\d++)", "SIGABRT"),
    _w(rf"(?P<message>Assertion failed: .*) \({_SOURCE}(?:: (?P<function>[^)]*+))?\)", "SIGABRT"),
    _w(rf"^(?P<message>Assertion failed: .*) at {_SOURCE}", "SIGABRT"),
    _w(
        r"(?P<message>assertion \"(?:.*)\" failed): file \"(?P<file>[^\"]*+)\", line (?P<line>\d++)(?:, "
        r"function \"?(?P<function>[^\"]*+)\"?)?",
        "SIGABRT",
    ),
    _w(r"(?P<message>Assertion [`'‘].*['’] failed\.?.*)$", "SIGABRT", sure=False),
    _w(rf"(?:^|:)ERROR:{_SOURCE}:(?P<function>[^:]*+): (?P<message>assertion failed.*)$", "SIGABRT"),
    _w(
        r"^ASSERT(?: failure in .*?)?: (?P<message>\".*\" in) file (?P<file>.*?), line (?P<line>\d++)",
        "SIGABRT",
        language="cpp",
    ),
    _w(
        r"^(?P<message>TRAP: (?:FailedAssertion"
        r"|failed Assert)\(.*?\)), [Ff]ile: \"(?P<file>[^\"]*+)\", [Ll]ine: (?P<line>\d++)",
        "SIGABRT",
        language="c",
    ),
    # Chromium, glog and V8: the message of a fatal check.
    _w(r"\[[\d:/.]*+:?FATAL:(?P<file>[^()]*+)\((?P<line>\d++)\)\] (?P<message>.*)$", "SIGABRT", language="cpp"),
    _w(
        r"^F\d{4} [\d:.]++\s++\d++ (?P<place>(?P<file>[\w./-]+?\.(?:cc|cpp|h|c|cu|hpp"
        r"|cxx)):(?P<line>\d++))\] (?P<message>.*)$",
        "SIGABRT",
        language="cpp",
    ),
    _w(r"^# Fatal error in (?P<file>[^,]*+), line (?P<line>\d++)$", "Fatal error", language="cpp"),
    # The C++ runtime.
    _w(r"terminate called after throwing an instance of '(?P<type>.*)'", "SIGABRT", language="cpp"),
    _w(
        r"(?:libc\+\+abi(?:\.dylib)?: )?terminating (?:with"
        r"|due to) uncaught exception of type (?P<type>[^:]*(?:::[^:\s]++)*)(?:: (?P<message>.*))?$",
        "SIGABRT",
        language="cpp",
    ),
    _w(r"(?P<message>libc\+\+abi(?:\.dylib)?: terminating.*)$", "SIGABRT", language="cpp"),
    _w(r"(?P<message>terminate called (?:without an active exception|recursively))", "SIGABRT", language="cpp"),
    _w(r"(?P<message>pure virtual method called|Pure virtual function called!)", "SIGABRT", language="cpp"),
    # The C library's own checks.
    _w(r"\*\*\* Error in `(?P<program>.*?)': (?P<message>.*?)(?:: 0x[0-9a-f]++ \*\*\*|$)", "SIGABRT"),
    _w(r"(?P<message>\*\*\* (?:stack smashing|buffer overflow) detected \*\*\*.*)$", "SIGABRT"),
    _w(
        r"^(?:.*: )?(?P<message>(?:double free or corruption|corrupted (?:size vs\. prev_size"
        r"|double-linked list)|free\(\): |malloc\(\): |realloc\(\): |munmap_chunk\(\): "
        r"|malloc_consolidate\(\): |memory clobbered )[^\"]{0,80})$",
        "SIGABRT",
    ),
    _w(r"(?P<message>FORTIFY: .*)$", "SIGABRT", sure=False),
    _w(r"^(?P<message>C\+\+ exception with description \".*\" thrown in .*)$", "C++ exception", language="cpp"),
    _w(r"^thread \d++ panic: (?P<message>.*)$", "panic", language="zig"),
    _w(r"Unhandled exception at 0x[0-9A-Fa-f]++ .*?: 0xC0000005: (?P<message>Access violation.*)$", "Access violation"),
    # Signals, as programs with a handler of their own report them.
    _w(r"^(?:\[[^\]]*+\] )?\*\*\* Process received signal \*\*\*", "signal"),
    _w(
        r"^\*\*\* (?P<type>SIG[A-Z]{2,5}) (?P<message>\(@0x[0-9a-f]++\) received by PID .*?); stack trace: \*\*\*",
        "signal",
    ),
    _w(r"^(?:.*[\s\]])?Received signal (?P<number>\d{1,2}) (?P<message>[A-Z_]{3,12}.*|<unknown>.*)$", "signal"),
    _w(
        r"^(?:.*[\s\]:])?(?:\[\d++\]PETSC ERROR: )?[Cc]aught signal (?:number "
        r")?(?P<number>\d{1,2})\b:?(?P<message>.*)$",
        "signal",
    ),
    _w(r"(?<!\S)(?P<message>\S{1,80} got signal (?P<number>\d{1,2})) ?;", "signal"),
    _w(
        r"^(?:.*[\s\]:])?signal \(?(?P<number>\d{1,2})(?:\.\d)?\)?: (?P<message>Segmentation fault.*|Abort.*"
        r"|Bus error.*|Illegal instruction.*|Floating.*)$",
        "signal",
    ),
    _w(
        r"^(?:.*[\s\]:])?(?P<message>(?:[Cc]rashed by signal: |Process terminated by signal )(?P<number>\d{1,2}).*)$",
        "signal",
    ),
    _w(r"^Program received signal (?P<type>SIG[A-Z]{2,5}): (?P<message>.*)$", "signal", language="fortran"),
    _w(r"^At line (?P<line>\d++) of file (?P<file>\S++)(?: \(.*\))?$", "Fortran runtime error", language="fortran"),
    _w(r"^(?P<message>Fortran runtime error: .*)$", "Fortran runtime error", language="fortran"),
    _w(r"(?<=\d\]: )(?P<message>segfault at [0-9a-f]++ ip .*)$", "SIGSEGV"),
    # The dynamic loader.
    _w(r"(?P<message>(?<![^\s])[^\s:]++: error while loading shared libraries: .*)$", "loader error"),
    _w(r"(?P<message>(?<![^\s])[^\s:]++: symbol lookup error: .*)$", "loader error"),
    _w(
        r"(?P<message>(?<![^\s])[^\s:]++: (?:\S*/)?[\w.+-]++: version `[^']++' not found \(required by .*\))",
        "loader error",
    ),
    _w(
        r"(?P<message>(?:dyld(?:\[\d++\])?: )?(?:Library not loaded|Symbol not found): \S.*)$", "dyld error", sure=False
    ),
    # What a shell says of a program that a signal ended.
    _w(
        r"^(?:.*[\s:\]])?(?P<message>[Ss]egmentation fault)(?P<core> \(core dumped\))?(?:\s++\S.*)?$",
        "SIGSEGV",
        sure=False,
    ),
    _w(r"^(?:.*[\s:\]])?(?P<message>Aborted|[Aa]bort trap: 6|Abort)(?P<core> \(core dumped\))", "SIGABRT"),
    _w(
        r"^(?:.*[\s:\]])?(?P<message>Bus error|bus error)(?P<core> \(core dumped\))?(?:\s++\S.*)?$",
        "SIGBUS",
        sure=False,
    ),
    _w(
        r"^(?:.*[\s:\]])?(?P<message>Floating point exception)(?P<core> \(core dumped\))?(?:\s++\S.*)?$",
        "SIGFPE",
        sure=False,
    ),
    _w(
        r"^(?:.*[\s:\]])?(?P<message>Illegal instruction)(?P<core> \(core dumped\))?(?:\s++\S.*)?$",
        "SIGILL",
        sure=False,
    ),
)
_SIGNALS = {
    "4": "SIGILL",
    "5": "SIGTRAP",
    "6": "SIGABRT",
    "7": "SIGBUS",
    "8": "SIGFPE",
    "10": "SIGBUS",
    "11": "SIGSEGV",
    "31": "SIGSYS",
}
_SIGNS = re.compile(
    r"C\+\+ exception|^thread \d|0xC0000005|ssert|ASSERT|FATAL|Fatal error in|terminat|irtual|\*\*\*"
    r"|double free|corrupted|\(\): |clobbered"
    r"|FORTIFY|ignal|At line|Fortran|segfault at"
    r"|shared libraries|lookup error|not found|not loaded|egmentation fault|core dumped|us error"
    r"|oating point|llegal instr|^F\d{4} "
)
_WHAT = re.compile(r"^\s*+what\(\):\s*+(?P<what>.*)$")
_OPENMPI = re.compile(r"^(?:\[[^\]]*+\] )?Signal: (?P<message>.*?) \((?P<number>\d{1,2})\)")
_V8_CHECK = re.compile(r"^# (?P<message>\S.*)$")
_DYLD_MORE = re.compile(r"^\s++(?:Referenced from|Reason|Expected in):? ?\S")


def headline_at(lines: tuple[str, ...], at: int) -> Headline | None:
    """The sentence on line ``at``, with the lines that go on with it."""
    line = lines[at]
    if not _SIGNS.search(line):
        return None
    for wording in _WORDINGS:
        match = wording.pattern.search(line) if wording.sign in line else None
        if match:
            return _made(lines, at, wording, match)
    return None


def _made(lines: tuple[str, ...], at: int, wording: _Wording, match: re.Match[str]) -> Headline | None:
    groups = {name: text for name, text in match.groupdict().items() if text is not None}
    crash_type, message, last = wording.crash_type, groups.get("message", "").strip(), at
    if crash_type == "signal":
        number = groups.get("number")
        crash_type = groups.get("type") or (_SIGNALS.get(number, f"signal {number}") if number else "signal")
    if "type" in groups:
        crash_type = groups["type"].strip() or crash_type
    for index in range(at + 1, min(len(lines), at + 4)):
        what = _WHAT.match(lines[index])
        mpi = _OPENMPI.match(lines[index])
        fortran = lines[index].startswith("Fortran runtime error: ")
        if what and "throwing" in lines[at]:
            message, last = what["what"], index
            last, message = _more_of_what(lines, index, message)
        elif mpi and "Process received signal" in lines[at]:
            crash_type, message, last = _SIGNALS.get(mpi["number"], "signal"), mpi["message"], index
        elif fortran and lines[at].startswith("At line"):
            message, last = lines[index].removeprefix("Fortran runtime error: "), index
        elif lines[at].startswith("# Fatal error in") and index == at + 1 and (check := _V8_CHECK.match(lines[index])):
            message, last = check["message"], index
        elif _DYLD_MORE.match(lines[index]) and "dyld" in wording.crash_type:
            message, last = f"{message}; {lines[index].strip()}", index
        else:
            break
    if wording.crash_type == "dyld error" and last == at and "dyld" not in lines[at]:
        return None
    if message.startswith("Fortran runtime error: "):
        message = message.removeprefix("Fortran runtime error: ")
    sure = wording.sure or "core" in groups or bool(re.search(r"\bline \d++:\s++\d++ |^\S*sh: ", lines[at]))
    return Headline(
        crash_type, message, last, Span(at, match.start()), _place(match, groups, at), sure, wording.language
    )


def _more_of_what(lines: tuple[str, ...], at: int, message: str) -> tuple[int, str]:
    """The further lines of a ``what()`` that has several, up to a blank line or the next report."""
    last = at
    for index in range(at + 1, min(len(lines), at + 6)):
        line = lines[index]
        if not line.strip() or re.match(
            r"^(?:Abort|Aborted|Program received|Thread \d|={3,}|#\d|\*\*\*|\[|[^\s:]++:|/|Command |make|\s*+\d++ )",
            line,
        ):
            break
        last, message = index, f"{message}\n{line.strip()}"
    return last, message


def _place(match: re.Match[str], groups: dict[str, str], at: int) -> Frame | None:
    if "file" not in groups or "line" not in groups or not groups["file"].strip():
        return None
    file, number = groups["file"].strip(), groups["line"]
    frame = place_frame(f"{file}:{number}", at, 0, groups.get("function"))
    start = match.start("place") if "place" in groups else match.start("file")
    end = match.end("place") if "place" in groups else match.end("line")
    if start >= end:
        start, end = match.start("file"), match.end("file")
    return Frame(frame.file, frame.line, frame.function, None, None, frame.origin, Span(at, start, end))
