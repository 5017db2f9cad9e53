"""Where a Go report begins and ends: panics, fatal errors, signals, data races and goroutine dumps."""

import re
from collections.abc import Sequence
from dataclasses import replace

from crashlight_sdk import Cause, Crash, Frame, Span
from crashlight_sdk.reports import sanitizer_epilogue

from .frames import GOROUTINE, RUNTIME_STACK, Stack, origin, read_stack

MESSAGE_LINES = 120  # a panic's message may be a whole formatted report
_PANIC = re.compile(r"^(?P<before>.*?[\s:\]|>])?panic: (?P<message>.*)$")
_SERVING = re.compile(r"panic serving \S*+ (?P<message>.*)$")
_NESTED = re.compile(r"^\s++panic: (?P<message>.*)$")
_FATAL = re.compile(r"^(?P<before>.*?[\s:\]|>])?fatal error: (?P<message>.*)$")
_SIGNAL = re.compile(r"^(?P<signal>SIG[A-Z]{2,8}): (?P<message>.*)$")
_SIGNAL_NOTE = re.compile(r"^\s*+\[signal (?P<signal>SIG\w*+)[:\]\s]")
_RUNTIME_NOTE = re.compile(
    r"^(?:runtime: |runtime\.|sp=0x|\tstack=\[|stack=\[|unexpected fault address|unexpected signal"
    r"|acquirep|PC=0x|signal arrived during)"
)
_RECOVERED = re.compile(r"(?<!\s)\s*+\[recovered(?:, repanicked)?\]\s*$")
_RACE_PART = re.compile(
    r"^\s*+(?:(?P<access>(?:Previous )?(?:atomic )?(?:[Rr]ead|[Ww]rite)(?: by"
    r"| at 0x[0-9a-f]++ by)) (?P<who>.*?):|Goroutine \d++ .*created at:"
    r"|\[failed to restore the stack\])\s*$"
)
_GIN = re.compile(r"\[Recovery\].* panic recovered:\s*$")
_GIN_FRAME = re.compile(r"^(?P<place>(?P<file>(?:[A-Za-z]:)?[^\s:]++):(?P<line>\d++)) \(0x[0-9a-f]++\)\s*$")
_GIN_CALL = re.compile(r"^\t(?P<function>[^:]++): (?P<code>.*)$")
_RULE = re.compile(r"^\s*+={10,}\s*$")
_KLOG_FATAL = re.compile(
    r"^(?:F\d{4} [\d:.]++ +\d++ (?P<file>[\w./-]++):(?P<line>\d++)\] (?P<message>.*)|.*\] FATAL ERROR: (?P<gvisor>.*))$"
)
_REGISTER = re.compile(r"^(?:r[a-z0-9]{1,5}|[cefg]s|lr|pc|fault|sp|eax|e[a-z]{2}|eflags)\s++0x[0-9a-f]++\s*$")
_RECOVERY_WORDS = re.compile(r"(?:[Pp]anic(?:ked)?|[Rr]ecovered|PANIC)[^:]{0,40}+: *+(?P<message>\S.*)$")


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose headline, or first sign, is line ``at``."""
    line = lines[at]
    if "panic" in line:
        serving = _SERVING.search(line)
        if serving:
            return _dumped(lines, at, at, serving["message"], serving.start("message"))
        if _GIN.search(line):
            return _gin(lines, at)
        panic = _PANIC.match(line)
        if panic:
            return _panic(lines, at, panic)
    if "fatal error: " in line:
        fatal = _FATAL.match(line)
        if fatal:
            return _fatal(lines, at, floor, fatal)
    if "DATA RACE" in line and line.strip().endswith("WARNING: DATA RACE"):
        return _race(lines, at, floor)
    if line.startswith("SIG"):
        signal = _SIGNAL.match(line)
        if signal:
            return _signal(lines, at, signal)
    if "goroutine " in line and GOROUTINE.match(line):
        return _bare_dump(lines, at, floor)
    if line.startswith("F") or "] FATAL ERROR: " in line:
        logged = _KLOG_FATAL.match(line)
        if logged:
            return _logged_fatal(lines, at, logged)
    return None


def _panic(lines: tuple[str, ...], at: int, panic: re.Match[str]) -> Crash | None:
    messages = [[panic["message"]]]
    spans = [Span(at, panic.start("message") - len("panic: "))]
    notes: list[str] = []
    after = at + 1
    while after < min(len(lines), at + MESSAGE_LINES):
        line = lines[after]
        if GOROUTINE.match(line) or RUNTIME_STACK.match(line):
            break
        nested = _NESTED.match(line)
        if nested:
            messages.append([nested["message"]])
            spans.append(Span(after, nested.start("message") - len("panic: ")))
        elif _SIGNAL_NOTE.match(line):
            notes.append(line.strip())
        elif after == at + 1 and line.startswith("exit status "):
            break
        elif not notes:
            messages[-1].append(line)
        after += 1
    else:
        after = len(lines)
    found = after < len(lines) and (GOROUTINE.match(lines[after]) or RUNTIME_STACK.match(lines[after]))
    if not found:
        return _panic_without_stack(lines, at, panic, notes)
    last, stacks = _stacks(lines, after)
    causes = _panic_causes(messages, spans, "\n".join(notes), _interesting(stacks))
    return Crash("go", at, last, causes, thread=_thread(lines[after]))


def _panic_without_stack(lines: tuple[str, ...], at: int, panic: re.Match[str], notes: list[str]) -> Crash | None:
    """A panic whose stack was cut away: sure only where the line itself, or the one after it, is Go's alone."""
    below = next((line for line in lines[at + 1 : at + 3] if line.strip()), "")
    alone = not (panic["before"] or "").strip()
    sure = panic["message"].startswith("runtime error: ") or (alone and below.startswith("exit status "))
    if not (sure or (alone and _SIGNAL_NOTE.match(below)) or (alone and _RECOVERED.search(panic["message"]))):
        return None
    last = at + 1 if _SIGNAL_NOTE.match(below) else at
    span = Span(at, panic.start("message") - len("panic: "))
    return Crash("go", at, last, _panic_causes([[panic["message"]]], [span], "\n".join(notes[:1]), ()))


def _panic_causes(
    messages: Sequence[Sequence[str]], spans: Sequence[Span], details: str, frames: tuple[Frame, ...]
) -> tuple[Cause, ...]:
    """The panic printed first is the root; those it led to while deferred calls ran end the program, so come first."""
    calls = [index for index, frame in enumerate(frames) if frame.function == "panic"]
    root_frames = frames[calls[-1] + 1 :] if calls else frames
    causes: list[Cause] = []
    for index, (parts, span) in enumerate(zip(messages, spans, strict=True)):
        text = _RECOVERED.sub("", "\n".join(parts).strip())
        kind = "panic"
        if text.startswith("runtime error: "):
            kind, text = "runtime error", text.removeprefix("runtime error: ")
        own = root_frames if index == 0 or not calls else frames[calls[0] + 1 :]
        if not (index and causes and causes[-1].message == text and causes[-1].crash_type == kind):
            causes.append(Cause(kind, text, own, span, details))
    return tuple(reversed(causes))


def _fatal(lines: tuple[str, ...], at: int, floor: int, fatal: re.Match[str]) -> Crash | None:
    first = at
    while first > floor and _RUNTIME_NOTE.match(lines[first - 1]):
        first -= 1
    notes = [line.strip() for line in lines[first:at]]
    after = at + 1
    while after < min(len(lines), at + 12):
        if GOROUTINE.match(lines[after]) or RUNTIME_STACK.match(lines[after]):
            last, stacks = _stacks(lines, after)
            span = Span(at, fatal.start("message") - len("fatal error: "))
            cause = Cause("fatal error", fatal["message"].strip(), _interesting(stacks), span, "\n".join(notes))
            return Crash("go", first, last, (cause,))
        if lines[after].strip():
            notes.append(lines[after].strip())
        after += 1
    return None


def _signal(lines: tuple[str, ...], at: int, signal: re.Match[str]) -> Crash | None:
    if not any(line.startswith("PC=0x") for line in lines[at + 1 : at + 3]):
        return None
    notes: list[str] = []
    for after in range(at + 1, min(len(lines), at + 12)):
        if GOROUTINE.match(lines[after]) or RUNTIME_STACK.match(lines[after]):
            last, stacks = _stacks(lines, after)
            cause = Cause(signal["signal"], signal["message"].strip(), _interesting(stacks), Span(at), "\n".join(notes))
            return Crash("go", at, last, (cause,))
        if lines[after].strip():
            notes.append(lines[after].strip())
    return None


def _race(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    first = at - 1 if at > floor and _RULE.match(lines[at - 1]) else at
    last = at
    frames: tuple[Frame, ...] = ()
    parts: list[str] = []
    after = at + 1
    while after < len(lines):
        line = lines[after]
        if _RULE.match(line):
            last = after
            break
        part = _RACE_PART.match(line)
        if part:
            stack = read_stack(lines, after + 1)
            frames = frames or stack.frames
            if part["access"]:
                parts.append(f"{part['access']} {part['who']}")
            last = max(after, stack.last_line)
            after = last + 1
        elif line.strip() and (not parts or last < after - 2):
            break
        else:
            after += 1
    if not parts:
        return None
    message = "; ".join(re.sub(r" at 0x[0-9a-f]++", "", part) for part in parts)
    return Crash("go", first, last, (Cause("data race", message, frames, Span(at), "\n".join(parts)),))


def _bare_dump(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """A stack that the program printed itself, after it had recovered or where it looked for a fault."""
    last, stacks = _stacks(lines, at)
    if not any(stack.frames for stack in stacks):
        return None
    if not any(frame.function == "panic" for frame in stacks[0].frames):
        state = GOROUTINE.match(lines[at])
        message = f"goroutine {state['id']} [{state['state']}]" if state else ""
        return Crash("go", at, last, (Cause("goroutine dump", message, _interesting(stacks), Span(at)),))
    above = at - 1
    while above > max(floor, at - 3) and not lines[above].strip():
        above -= 1
    words = _RECOVERY_WORDS.search(lines[above]) if above >= floor else None
    first = above if words else at
    return _dumped(lines, first, at - 1, words["message"] if words else "", words.start("message") if words else 0)


def _dumped(lines: tuple[str, ...], first: int, above: int, message: str, column: int) -> Crash | None:
    """A panic that was recovered and logged, with the goroutine's stack below the line ``above``."""
    after = above + 1
    while after < min(len(lines), above + 4) and not GOROUTINE.match(lines[after]):
        after += 1
    if after >= len(lines) or not GOROUTINE.match(lines[after]):
        return None
    last, stacks = _stacks(lines, after)
    causes = _panic_causes([[message]], [Span(first, column)], "", _interesting(stacks))
    return Crash("go", first, last, causes, thread=_thread(lines[after]))


def _logged_fatal(lines: tuple[str, ...], at: int, logged: re.Match[str]) -> Crash | None:
    after = at + 1
    message = (logged["message"] or logged["gvisor"] or "").strip()
    if after < len(lines) and GOROUTINE.match(lines[after]):
        last, stacks = _stacks(lines, after)
        return Crash("go", at, last, (Cause("fatal error", message, _interesting(stacks), Span(at)),))
    return Crash("go", at, at, (Cause("fatal error", message, (), Span(at)),)) if logged["gvisor"] else None


def _gin(lines: tuple[str, ...], at: int) -> Crash | None:
    """The report of Gin's recovery: the request, the message, then a place and a call with its source line a frame."""
    frames: list[Frame] = []
    message, headline, last = "", Span(at), at
    for index in range(at + 1, min(len(lines), at + 400)):
        place, call = _GIN_FRAME.match(lines[index]), _GIN_CALL.match(lines[index])
        if place:
            printed = Span(index, place.start("place"), place.end("place"))
            frames.append(Frame(place["file"], int(place["line"][:9]), None, printed=printed))
        elif call and frames:
            name = call["function"]
            whose = origin(name, frames[-1].file or "")
            frames[-1] = replace(frames[-1], function=name, origin=whose, text=call["code"])
        elif frames:
            break
        elif lines[index].strip():
            message, headline = lines[index].strip(), Span(index)
        last = index if lines[index].strip() else last
    if not frames or not message:
        return None
    return Crash("go", at, last, _panic_causes([[message]], [headline], "", tuple(frames)))


def _stacks(lines: tuple[str, ...], at: int) -> tuple[int, list[Stack]]:
    """All goroutines of the dump that begins at ``at``, and the last line of the dump."""
    last = at
    stacks: list[Stack] = []
    while at < len(lines):
        line = lines[at]
        if GOROUTINE.match(line) or RUNTIME_STACK.match(line):
            stack = read_stack(lines, at + 1)
            if GOROUTINE.match(line) or not stacks:
                stacks.append(stack)
            last = max(at, stack.last_line)
            at = last + 1
        elif not line.strip() or (stacks and _REGISTER.match(line)):
            last = at if line.strip() else last
            at += 1
        else:
            break
    return sanitizer_epilogue(lines, last), stacks


def _interesting(stacks: Sequence[Stack]) -> tuple[Frame, ...]:
    """The first stack that has code of the application: the alarm of a test, or the runtime's own stack, has none."""
    for stack in stacks:
        if any(frame.origin == "app" for frame in stack.frames):
            return stack.frames
    return next((stack.frames for stack in stacks if stack.frames), ())


def _thread(line: str) -> str | None:
    match = GOROUTINE.match(line)
    return f"goroutine {match['id']}" if match else None
