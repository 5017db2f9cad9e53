"""Reports of the sanitizers and of libFuzzer, and UBSan's one-line findings.

The wording is that of LLVM's compiler-rt (asan_errors.cpp, sanitizer_common, tsan_report.cpp) and GCC's copy of it.
"""

import re
from dataclasses import replace

from crashlight_sdk import Cause, Crash, Frame, Span

from .frames import place_frame
from .stacks import Stack, language, read_stack

MAX_LINES = 3000
_HEAD = re.compile(
    r"(?:={2,}\s*+\d++={2,}\s*+)?(?:(?:ERROR|WARNING|FATAL):? )?"
    r"(?P<tool>(?:HW)?(?:Address|Memory|Thread|Leak|UndefinedBehavior|DataFlow|Type|RealTime"
    r"|Numerical)Sanitizer|GWP-ASan|libFuzzer): (?P<rest>.*)$"
)
_DEADLY = re.compile(r"\w*San(?:itizer)?:(?:DEADLYSIGNAL|SIGSEGV)")
_RULE = re.compile(r"^\s*+={10,}\s*$")
_UBSAN = re.compile(
    r"(?<!\S)(?P<place>(?P<file>(?:[A-Za-z]:)?[^\s:]{1,300}):(?P<line>\d++)(?::(?P<column>\d++))?): "
    r"runtime error: (?P<message>.*)$"
)
_SUMMARY = re.compile(r"^\s*+SUMMARY: (?:\w*Sanitizer|libFuzzer)\b:?")
_AFTER_SUMMARY = re.compile(
    r"^\s*+(?:(?:=>)?0x[0-9a-f]++:|Shadow b|Addressable:|Partially addressable|Heap |Stack |Global "
    r"|Freed heap|Poisoned|Container overflow|Array cookie"
    r"|Intra object|ASan internal|Left alloca|Right alloca|Shadow gap|Command: |HINT:|MS: \d"
    r"|0x[0-9a-f]{1,2},|base unit|artifact_prefix|Base64:|Test unit written"
    r"|[\\]x?\d|={2,}\d++={2,}|Memory tags around|Registers where|Tags for short|Thread: T|\s*+[xr]\d++ "
    r"|stat::|Exiting$)"
)
_ABORTING = re.compile(r"={2,}\d++={2,}\s*+(?:ABORTING|Sanitizer)|\bABORTING\s*$")
_DETAIL = re.compile(
    r"^\s*+(?:={2,}\d++={2,}|[RW](?:EAD|RITE) of size|SCARINESS|0x[0-9a-f]++ is located|Address 0x"
    r"|[Ff]reed by|[Pp]reviously allocated by|allocated by|"
    r"Thread T\d|Previous (?:atomic )?(?:read|write)|(?:Atomic )?(?:[Rr]ead|[Ww]rite) (?:of size|at)"
    r"|Location is|Mutex M|Cycle in lock|As if synchronized|"
    r"Uninitialized (?:value|bytes)|Memory was marked|Hint|HINT|MemorySanitizer|AddressSanitizer"
    r"|MiraclePtr|(?:Direct|Indirect) leak of|NOTE: |Live Heap|\d++ byte\(s\)|"
    r"This frame has|\[\d++, \d++\)|is located|object|Suppressions used|count\s++bytes|\d++\s++\d++ \S"
    r"|-{20,}|To change the|The signal is caused|Register values|[re]\w{1,3} = 0x|"
    r"overflows this variable|regions \[|SUMMARY|The (?:following|above) |\(the|.* has \d++ object|M\d++ acquired)"
)
_NEXT_REPORT = re.compile(r"(?:ERROR|WARNING): (?:\w*Sanitizer|libFuzzer): ")
_FREE_OF = (
    (re.compile(r"attempting double-free"), "double-free"),
    (re.compile(r"attempting free on address which was not malloc"), "bad-free"),
    (re.compile(r"requested allocation size|exceeds maximum supported size"), "allocation-size-too-big"),
    (
        re.compile(r"allocator is (?:out of memory|trying to allocate)|out of memory|failed to allocate"),
        "out-of-memory",
    ),
    (re.compile(r"attempting to call malloc_usable_size"), "bad-malloc_usable_size"),
    (re.compile(r"CHECK failed"), "CHECK failed"),
)


def sanitizer_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose headline is line ``at``."""
    line = lines[at]
    if "Sanitizer" in line or "libFuzzer: " in line or "GWP-ASan" in line:
        head = _HEAD.search(line)
        if head and not _is_note(line, head):
            return _report(lines, at, floor, head)
        return None
    if ": runtime error: " in line:
        finding = _UBSAN.search(line)
        if finding:
            return _undefined(lines, at, finding)
    return None


def _is_note(line: str, head: re.Match[str]) -> bool:
    """Lines of a sanitizer that are no report: its warnings, its advice, its summary."""
    before = line[: head.start()].rstrip()
    rest = head["rest"]
    if before.endswith("SUMMARY:") or rest.startswith(
        ("reported ", "can not provide", "libc interceptors", "Nothing to", "while reading", "failed to intercept")
    ):
        return True
    plain = line[head.start() :].startswith(head["tool"])
    return plain and not re.match(r"(?:heap|stack|global|use|SEGV|attempting|double|bad|data race|detected)", rest)


def _report(lines: tuple[str, ...], at: int, floor: int, head: re.Match[str]) -> Crash:
    kind, message = _kind(head["tool"], head["rest"].strip())
    first = _first_line(lines, at, floor)
    last, stacks, details = _body(lines, at)
    if head["tool"] == "LeakSanitizer":
        leak = next((detail for detail in details if " leak of " in detail), "")
        message = f"{message}: {leak.removesuffix(' allocated from:')}" if leak else message
    frames = _wanted(stacks)
    cause = Cause(kind, message, frames, Span(at, head.start()), "\n".join(details))
    return Crash(language(frames), first, last, (cause,), thread=_thread(details))


def _kind(tool: str, rest: str) -> tuple[str, str]:
    """The sanitizer's own word for what happened, and the whole headline."""
    if tool == "LeakSanitizer":
        return "LeakSanitizer", rest.removesuffix(":")
    for pattern, kind in _FREE_OF:
        if pattern.search(rest):
            return kind, rest
    known = re.match(r"(?P<kind>[\w-]++)(?: on (?:unknown )?address|:| \(| after|$|\s)", rest)
    spoken = re.match(r"(?P<kind>[a-zA-Z][a-zA-Z -]*?)(?: \(| after \d|$)", rest)
    if tool in ("ThreadSanitizer", "libFuzzer") and spoken and not rest.startswith("SEGV"):
        return spoken["kind"], rest
    return (known["kind"], rest) if known else (tool, rest)


def _first_line(lines: tuple[str, ...], at: int, floor: int) -> int:
    first = at
    while first > floor and (_RULE.match(lines[first - 1]) or _DEADLY.search(lines[first - 1])):
        first -= 1
        if _DEADLY.search(lines[first]):
            break
    return first


def _body(lines: tuple[str, ...], at: int) -> tuple[int, list[tuple[str, Stack]], list[str]]:
    """The last line, the stacks with the line that leads each of them, and the lines that say more."""
    last, lead = at, lines[at]
    stacks: list[tuple[str, Stack]] = []
    details: list[str] = []
    index, strangers = at + 1, 0
    while index < min(len(lines), at + MAX_LINES):
        line = lines[index]
        stack = read_stack(lines, index, gap=2)
        if stack.frames:
            stacks.append((lead, stack))
            last = stack.last_line
            index, strangers = last + 1, 0
            continue
        if _SUMMARY.match(line):
            details.append(line.strip())
            return _tail(lines, index), stacks, details
        if _ABORTING.search(line):
            return index, stacks, details
        if _NEXT_REPORT.search(line):
            break
        if _DETAIL.match(line):
            last, lead, strangers = index, line, 0
            if len(details) < 60:
                details.append(line.strip())
        elif line.strip():
            strangers += 1
            if strangers > (3 if stacks else 12):
                break
            lead = line
        index += 1
    return last, stacks, details


def _tail(lines: tuple[str, ...], at: int) -> int:
    """The shadow bytes, the fuzzer's notes and "ABORTING" below the summary."""
    last = at
    for index in range(at + 1, min(len(lines), at + 80)):
        line = lines[index]
        if _NEXT_REPORT.search(line):
            break
        if _ABORTING.search(line) or _RULE.match(line):
            return index
        if _AFTER_SUMMARY.match(line):
            last = index
        elif line.strip():
            break
    return last


def _wanted(stacks: list[tuple[str, Stack]]) -> tuple[Frame, ...]:
    """The first stack: where the bad access, or the first leaked allocation, happened. A direct leak goes first."""
    for lead, stack in stacks:
        if "Direct leak" in lead:
            return stack.frames
    return stacks[0][1].frames if stacks else ()


def _thread(details: list[str]) -> str | None:
    for detail in details[:6]:
        found = re.search(r"thread (T\d++)", detail)
        if found:
            return found[1]
    return None


def _undefined(lines: tuple[str, ...], at: int, finding: re.Match[str]) -> Crash:
    """A finding of UBSan: one line, and the stack and summary where they were asked for."""
    stack = read_stack(lines, at + 1, gap=1)
    last = stack.last_line
    details: list[str] = []
    for index in range(last + 1, min(len(lines), last + 12)):
        if _SUMMARY.match(lines[index]):
            last = _tail(lines, index)
            details.append(lines[index].strip())
            break
        if ": runtime error: " in lines[index] or _NEXT_REPORT.search(lines[index]):
            break
        if re.match(r"^\s*+(?:0x[0-9a-f]++: note|\s*[0-9a-f]{2} [0-9a-f]{2} |\^)", lines[index]) and index == last + 1:
            last = index
    place = place_frame(finding["place"], at, finding.start("place"))
    frames = stack.frames if any(frame.line == place.line for frame in stack.frames[:3]) else (place, *stack.frames)
    printed = Span(at, finding.start("place"))
    cause = Cause("runtime error", finding["message"].strip(), frames, printed, "\n".join(details))
    last, signal = _consequences(lines, last, finding["place"])
    if signal and not stack.frames:
        cause = replace(cause, frames=signal.root.frames)
    return Crash(language(frames), at, last, (signal.root, cause) if signal else (cause,))


def _consequences(lines: tuple[str, ...], last: int, place: str) -> tuple[int, Crash | None]:
    """Further findings at the same place, and the report of the access that follows from them, are the same crash."""
    where = place.split(":")[:2]
    index = last + 1
    while index < min(len(lines), last + 6):
        line = lines[index]
        again = _UBSAN.search(line) if ": runtime error: " in line else None
        head = _HEAD.search(line) if "Sanitizer" in line else None
        if again and again["place"].split(":")[:2] != where:
            break
        if again or re.match(r"^(?:0x[0-9a-f]++: note|\s*+[0-9a-f]{2} [0-9a-f]{2} |\s++\^)", line):
            last = index
        elif head and not _is_note(line, head):
            report = _report(lines, index, last + 1, head)
            same = any(str(frame.line) == where[1] for frame in report.root.frames[:4])
            return (report.last_line, report) if same else (last, None)
        index += 1
    return last, None
