"""The order in which the readers of native reports are asked, and what belongs together to one crash."""

import re
from dataclasses import replace

from crashlight_sdk import Cause, Crash, Frame, Span

from .aborts import Headline, headline_at
from .debuggers import debugger_at, guessed_signal
from .sanitizers import sanitizer_at
from .stacks import Stack, language, read_stack
from .valgrind import valgrind_at

_OTHERS = ("std::panicking::", "core::panicking::", "rust_begin_unwind", "runtime.gopanic")
NEAR = 12  # lines between a sentence such as a failed assertion and the report of the signal that it raised
_BETWEEN = re.compile(
    r"^\s*+(?:={4,}|-{4,}|\*{3,}|#\s*$|#READY|#EOF|\w*San(?:itizer)?:DEADLYSIGNAL|={2,} C stack trace"
    r"|stack backtrace|Stack trace|Backtrace|backtrace|\*\*\* Check failure stack trace"
    r"|Aborted|Abort |\(gdb\)|\[New Thread|\[Switching|\[Thread|Received signal|Thread \d|Program "
    r"|Signal: |#FailureMessage|\d++\t|Trace|BFD: |KCrash|Call stack|Error: |Crash|\[end of stack"
    r"|\[[^\]]*+\]\s*+(?:\*\*\* |Signal|\[ *\d++\])|.*--------|stack trace|Signal code|Failing at)"
)
_SHELL_LINE = re.compile(
    r"(?:Aborted|[Aa]bort trap|[Ss]egmentation fault|Bus error|Trace/breakpoint trap"
    r"|Illegal instruction)(?: \(core dumped\))?(?:\s{2,}\S.*)?\s*$"
)


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The crash whose first sign is line ``at``."""
    line = lines[at]
    if len(line) < 6:
        return None
    direct = sanitizer_at(lines, at, floor) or valgrind_at(lines, at, floor) or debugger_at(lines, at, floor)
    if direct:
        return direct
    headline = headline_at(lines, at)
    if headline:
        return _after_headline(lines, at, floor, headline)
    if "#0" in line or "# " in line or "frame #0" in line or "Aborted at " in line or "[0x" in line or " 0 " in line:
        return _bare_stack(lines, at, floor)
    return None


def _after_headline(lines: tuple[str, ...], at: int, floor: int, headline: Headline) -> Crash | None:
    """A sentence, with the stack or the report of a signal that follows it closely: together they are one crash."""
    last = headline.last_line
    report, stack = _follows(lines, last + 1)
    if report:
        below = report.root
        frames = below.frames
        last = report.last_line
    elif stack:
        frames, last = stack.frames, stack.last_line
    else:
        frames = ()
        if not headline.sure and not headline.place:
            return None
        for index in range(last + 1, min(len(lines), last + 3)):
            if _SHELL_LINE.search(lines[index]):
                last = index
                break
    if headline.place and not any(_same_place(frame, headline.place) for frame in frames):
        frames = _placed(frames, headline.place)
    elif headline.place and headline.place.origin == "app":
        frames = _from_place(frames, headline.place)
    details = "\n".join([below.message, below.details]).strip() if report else ""
    cause = Cause(headline.crash_type, headline.message, frames, headline.printed, details)
    spoken = headline.language or (report.language if report else None) or language(frames, headline.message)
    if spoken == "c" and language(frames) != "c":
        spoken = language(frames)
    return Crash(spoken, min(at, last), last, (cause,), thread=report.thread if report else None)


def _follows(lines: tuple[str, ...], at: int) -> tuple[Crash | None, Stack | None]:
    """The report or the stack that begins within the next lines, if nothing of another kind comes before it."""
    strangers = 0
    for index in range(at, min(len(lines), at + NEAR)):
        line = lines[index]
        report = sanitizer_at(lines, index, at) or debugger_at(lines, index, at)
        if report and report.root.frames:
            return replace(report, first_line=min(report.first_line, index)), None
        stack = read_stack(lines, index, gap=2)
        if len(stack.frames) > 1 or (stack.frames and index == at):
            nested = _signal_below(lines, stack.last_line + 1)
            return (nested, None) if nested else (None, stack)
        if line.strip() and not _BETWEEN.match(line):
            strangers += 1
            if strangers > 2:
                break
    return None, None


def _signal_below(lines: tuple[str, ...], at: int) -> Crash | None:
    """The sanitizer's report of the abort right below a program's own stack trace."""
    for index in range(at, min(len(lines), at + 5)):
        report = sanitizer_at(lines, index, at)
        if report and report.root.frames:
            return report
        if lines[index].strip() and not _BETWEEN.match(lines[index]):
            break
    return None


def _bare_stack(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """A backtrace that somebody pasted without the sentence above it."""
    stack = read_stack(lines, at, gap=2)
    if len(stack.frames) < 2 or stack.last_line < at:
        return None
    if not any(frame.function or frame.file for frame in stack.frames):
        return None
    if any((frame.function or "").startswith(_OTHERS) for frame in stack.frames):
        return None  # the stack of a panic, which the analyzer of its language reads with its headline
    if not re.match(r"^\s*+(?:\(gdb\) |\* )?(?:#0|0?0#|frame #0|\*? *+frame #0|0 |\[ ?0\]|#00|#1\s)", lines[at]):
        return None
    named = guessed_signal(stack.frames)
    cause = Cause(named or "backtrace", "", stack.frames, Span(at))
    return Crash(language(stack.frames), at, stack.last_line, (cause,))


def _same_place(frame: Frame, place: Frame) -> bool:
    if frame.line != place.line or not frame.file or not place.file:
        return False
    return re.split(r"[/\\]", frame.file)[-1] == re.split(r"[/\\]", place.file)[-1]


def _placed(frames: tuple[Frame, ...], place: Frame) -> tuple[Frame, ...]:
    """The place that the sentence names, in front of the first frame that is not of the runtime."""
    for index, frame in enumerate(frames):
        if frame.origin == "runtime":
            continue
        if frame.file is None and place.origin == "app":
            return (*frames[:index], replace(place, function=frame.function or place.function), *frames[index + 1 :])
        return (*frames[:index], place, *frames[index:])
    return (*frames, place)


def _from_place(frames: tuple[Frame, ...], place: Frame) -> tuple[Frame, ...]:
    """What lies above the failed check is the machinery of reporting it."""
    index = next(index for index, frame in enumerate(frames) if _same_place(frame, place))
    return frames[index:]
