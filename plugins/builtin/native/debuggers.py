"""Sessions of gdb and lldb, core dumps of systemd, Android tombstones, minidump-stackwalk and WinDbg."""

import re
from collections.abc import Callable

from crashlight_sdk import Cause, Crash, Frame, Span

from .frames import stop_frame
from .stacks import Stack, has_app, language, read_stack

_GDB_SIGNAL = re.compile(
    r"(?:Program|Thread \S++(?: \"[^\"]*+\")?(?: \([^)]*+\))?) (?:received"
    r"|terminated with) signal (?P<signal>SIG\w++|\d++|\?), (?P<message>[^.]*+)\.?"
)
_GDB_TALK = re.compile(
    r"^\s*+(?:\(gdb\)|\[(?:Switching|Current|New|Thread|Inferior|Using)|#\d|0x[0-9a-f]++ in |\d++\t"
    r"|\d++\s++in |Thread \d++ |warning: |Missing separate"
    r"|Using host|Core was generated|Reading symbols|Quit|A debugging session|Inferior |The program being"
    r"|Type |Starting program|Continuing|Download|Debuginfod"
    r"|\S.*: No such file or directory\.?$|Python Exception|Dwarf Error|bt$|bt full|backtrace|where"
    r"|thread apply|list|l$|info |print |p |\$\d++ = |c$|frame \d|up|down|q$"
    r"|[\w/.+-]++:\d++$|\w.* at [^\s:]++:\d++$)"
)
_GDB_THREAD = re.compile(r"^\s*+Thread \d++ \((?:Thread|LWP|process)")
_LLDB_STOP = re.compile(r"^\s*+\*? *+thread #(?P<thread>\d++).*?stop reason = (?P<reason>.*)$")
_LLDB_TALK = re.compile(
    r"^\s*+(?:frame #|\(lldb\)|\*? *+thread #|->|\d++\s|Process \d++ |Target \d|[\w.+-]++`|->  0x"
    r"|0x[0-9a-f]++ <\+|\^|Executable|    frame)"
)
_SYSTEMD = re.compile(r"Stack trace of thread (?P<thread>\d++):")
_SYSTEMD_DUMPED = re.compile(
    r"Process (?P<pid>\d++) \((?P<program>[^)]*+)\) of user \d++ (?P<message>dumped core|terminated abnormally[^.]*+)"
)
_COREDUMPCTL = re.compile(
    r"^\s*+(?:PID|UID|GID|Signal|Timestamp|Command Line|Executable|Control Group|Unit|Slice|Owner UID"
    r"|Boot ID|Machine ID|Hostname|Storage|Message|Session|Size on Disk|Package|Disk Size|User Unit"
    r"|build-id|Module|Stack trace of|ELF object|Found module|Found metadata): *"
)
_SIGNAL_LINE = re.compile(r"^\s*+Signal: (?P<number>\d++) \((?P<name>\w++)\)")
_TOMBSTONE = re.compile(
    r"(?:Fatal )?signal (?P<number>\d++) \((?P<signal>SIG\w++)\), code (?P<code>-?\d++)(?: "
    r"\((?P<reason>[^)]*+)\))?(?:, fault addr (?P<address>\S++))?.*$"
)
_TOMBSTONE_STARS = re.compile(r"(?:\*\*\* ){5,}")
_TOMBSTONE_TALK = re.compile(
    r"(?:Build fingerprint|Revision|ABI|Timestamp|Process uptime|Cmdline|pid|uid|tagged_addr_ctrl"
    r"|pac_enabled|Abort message|Cause|backtrace|NOTE|memory near|Tombstone"
    r"|\*\*\* \*\*\*|Fatal signal|signal \d|Native Crash|Zygote|Crash dump|logd|obtaining|crash_dump"
    r"|performing dump|\bstack:|open files|memory map)"
    r"|^\s*+[a-z]\w?\w?\w? [0-9a-f]{8,16}\b|^\s*+(?:e[a-z]{2}|x[0-9a-z]{1,2}|r\w{1,2}|ip|sp|lr|pc|xcs|fault addr)\b"
)
_ABORT_MESSAGE = re.compile(r"Abort message: ['\"]?(?P<message>.*?)['\"]?\s*$")
_CRASHED = re.compile(r"^Thread (?P<thread>\d++) \(crashed\)")
_CRASH_REASON = re.compile(r"^Crash reason:\s++(?P<reason>.*?)\s*$")
_CRASH_ADDRESS = re.compile(r"^Crash address:\s++(?P<address>\S++)")
_MINIDUMP_TALK = re.compile(
    r"^\s*+(?:Operating system|CPU|GPU|Crash |Process uptime|Assertion:|Thread \d|Found by"
    r"|[re]?\w{2,4} = 0x|\d++ cores|family|\d++  |Mac Crash|Linux|Windows|UNKNOWN|Last Error|Memory)"
)
_WIN_VIOLATION = re.compile(
    r"(?P<message>(?:Unhandled exception at .*?: )?(?:0xC0000005: )?[Aa]ccess violation(?: - code "
    r"(?P<code>[0-9a-f]{8})| (?:reading|writing|executing) location \S++)?.*)$"
)
_UNREAL = re.compile(r"(?P<message>EXCEPTION_ACCESS_VIOLATION.*)$")


def debugger_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report that line ``at`` opens, whichever tool wrote it."""
    line = lines[at]
    for sign, read in _READERS:
        if sign in line:
            crash = read(lines, at, floor)
            if crash:
                return crash
    return None


def _gdb(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    signal = _GDB_SIGNAL.search(lines[at])
    if signal is None:
        return None
    frames, last = _session(lines, at + 1, _GDB_TALK)
    name = _signal_name(signal["signal"])
    innermost = next(
        (line.strip() for line in lines[at + 1 : last + 1] if re.match(r"^\s*+(?:#0 |0x[0-9a-f]++ in )", line)), ""
    )
    cause = Cause(name, signal["message"].strip(), frames, Span(at, signal.start()), innermost)
    return Crash(language(frames), at, last if last > at else at, (cause,))


def _session(lines: tuple[str, ...], at: int, talk: re.Pattern[str]) -> tuple[tuple[Frame, ...], int]:
    """The best stack of a debugger's session and the last line of it: the first that begins at frame 0."""
    stacks: list[Stack] = []
    stopped: Frame | None = None
    last, strangers, index = at - 1, 0, at
    while index < len(lines) and strangers <= 3:
        line = lines[index]
        if _GDB_SIGNAL.search(line) and stacks:
            break
        prompt = re.match(r"^\(gdb\) (?=#\d)", line)
        stack = read_stack(
            lines if not prompt else (*lines[:index], line[prompt.end() :], *lines[index + 1 :]), index, gap=3
        )
        if stack.frames:
            stacks.append(stack)
            last, index, strangers = stack.last_line, stack.last_line + 1, 0
            continue
        frame = stop_frame(line, index) if not stacks else None
        stopped = stopped or frame
        if frame or talk.match(line):
            last, strangers = index, 0
        elif line.strip():
            strangers += 1
        index += 1
    best = max(
        stacks[:1] + [stack for stack in stacks[1:4] if len(stack.frames) > 1],
        key=lambda s: len(s.frames) > 1,
        default=None,
    )
    frames = best.frames if best else ()
    if (
        stopped
        and not any(frame.line == stopped.line and frame.function == stopped.function for frame in frames[:1])
        and not frames
    ):
        frames = (stopped,)
    return frames, last


def _lldb(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    stop = _LLDB_STOP.match(lines[at])
    if stop is None or stop["reason"].startswith(("breakpoint", "step", "instruction step", "watchpoint", "exec")):
        return None
    frames, last = _session(lines, at + 1, _LLDB_TALK)
    if not frames:
        return None
    reason = stop["reason"].strip()
    kind = re.match(r"(?:signal )?(?P<kind>SIG\w++|EXC_\w++|hit program assert|Fatal error)", reason)
    cause = Cause(kind["kind"] if kind else "stopped", reason, frames, Span(at))
    return Crash(language(frames), at, last, (cause,), thread=f"thread {stop['thread']}")


def _systemd(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    trace = _SYSTEMD.search(lines[at])
    if trace is None:
        return None
    stack = read_stack(lines, at + 1)
    if not stack.frames:
        return None
    first, name, message = at, "core dumped", ""
    while first > floor and at - first < 40:
        above = lines[first - 1]
        dumped = _SYSTEMD_DUMPED.search(above)
        signal = _SIGNAL_LINE.match(above)
        if signal:
            name = f"SIG{signal['name'].removeprefix('SIG')}"
        if dumped:
            message = f"{dumped['program']} {dumped['message']}"
        if not (
            dumped or signal or _COREDUMPCTL.match(above) or not above.strip() or above.startswith(("   ", "Module "))
        ):
            break
        first -= 1
    while first < at and not lines[first].strip():
        first += 1
    if name == "core dumped":
        name = guessed_signal(stack.frames) or name
    cause = Cause(name, message, stack.frames, Span(at))
    return Crash(
        language(stack.frames), first, _further_threads(lines, stack.last_line), (cause,), thread=trace["thread"]
    )


def _further_threads(lines: tuple[str, ...], last: int) -> int:
    index = last + 1
    while index < len(lines):
        if _SYSTEMD.search(lines[index]):
            stack = read_stack(lines, index + 1)
            last = max(index, stack.last_line)
            index = last
        elif lines[index].strip() and not lines[index].startswith(" ELF object"):
            break
        index += 1
    return last


def _tombstone(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    signal = _TOMBSTONE.search(lines[at])
    if signal is None:
        return None
    first = at
    for index in range(at - 1, max(floor, at - 14) - 1, -1):
        if _TOMBSTONE_STARS.search(lines[index]) or "Fatal signal " in lines[index]:
            first = index
        elif lines[index].strip() and not _TOMBSTONE_TALK.search(lines[index]) and not lines[index].startswith("-----"):
            break
    frames: tuple[Frame, ...] = ()
    details: list[str] = []
    last, strangers, index = at, 0, at + 1
    while index < len(lines) and strangers <= 4:
        line = lines[index]
        stack = read_stack(lines, index, gap=2)
        abort = _ABORT_MESSAGE.search(line)
        if stack.frames:
            frames = frames if has_app(frames) or (not has_app(stack.frames) and frames) else stack.frames
            last, index, strangers = stack.last_line, stack.last_line + 1, 0
            continue
        if abort:
            details.append(abort["message"])
        if abort or _TOMBSTONE_TALK.search(line):
            last, strangers = index, 0
        elif line.strip():
            strangers += 1
        index += 1
    if not frames and "Fatal signal" not in lines[at]:
        return None
    message = "; ".join([*details, signal[0].strip()]) if details else signal[0].strip()
    cause = Cause(signal["signal"], message, frames, Span(at, signal.start()), "\n".join(details))
    return Crash(language(frames), first, last, (cause,))


def _minidump(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    crash_reason = _CRASH_REASON.match(lines[at])
    if crash_reason is None:
        return None
    address, thread = "", None
    first = at
    while first > floor and _MINIDUMP_TALK.match(lines[first - 1]):
        first -= 1
    for index in range(at, len(lines)):
        found = _CRASH_ADDRESS.match(lines[index])
        crashed = _CRASHED.match(lines[index])
        address = found["address"] if found else address
        if crashed:
            thread = crashed["thread"]
            stack = read_stack(lines, index + 1, gap=40)
            last = stack.last_line if stack.frames else index
            while last + 1 < len(lines) and lines[last + 1].strip().startswith(("Found by", "r", "e")):
                last += 1
            reason = crash_reason["reason"]
            cause = Cause(
                reason.split(" ")[0], f"{reason} at address {address}" if address else reason, stack.frames, Span(at)
            )
            return Crash(language(stack.frames), first, last, (cause,), thread=f"thread {thread}")
        if index > at + 30:
            break
    return None


def _windbg(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    violation = _WIN_VIOLATION.search(lines[at]) or _UNREAL.search(lines[at])
    if violation is None:
        return None
    frames: tuple[Frame, ...] = ()
    last = at
    for index in range(at + 1, min(len(lines), at + 400)):
        if index <= last:
            continue
        if lines[index].startswith("STACK_TEXT") or index <= at + 6 or frames:
            stack = read_stack(lines, index, gap=1)
            if stack.frames and not frames:
                frames, last = stack.frames, stack.last_line
            elif lines[index].startswith("STACK_TEXT"):
                stack = read_stack(lines, index + 1, gap=1)
                frames, last = stack.frames, max(index, stack.last_line)
                break
    if not frames:
        return None
    kind = "EXCEPTION_ACCESS_VIOLATION" if "EXCEPTION_" in violation["message"] else "Access violation"
    cause = Cause(kind, violation["message"].strip(), frames, Span(at, violation.start("message")))
    return Crash(language(frames), at, last, (cause,))


def guessed_signal(frames: tuple[Frame, ...]) -> str | None:
    """The signal that a bare backtrace shows: abort and assertion functions lie on top of it."""
    top = [(frame.function or "").lstrip("_") for frame in frames[:8]]
    if any(
        name.startswith(
            ("GI_abort", "abort", "assert_fail", "GI_raise", "raise", "gsignal", "pthread_kill", "libc_message")
        )
        for name in top[:5]
    ):
        return "SIGABRT"
    return None


def _signal_name(text: str) -> str:
    numbers = {
        "11": "SIGSEGV",
        "6": "SIGABRT",
        "8": "SIGFPE",
        "4": "SIGILL",
        "7": "SIGBUS",
        "5": "SIGTRAP",
        "9": "SIGKILL",
        "10": "SIGBUS",
        "13": "SIGPIPE",
    }
    return text if text.startswith("SIG") else numbers.get(text, f"signal {text}")


_READERS: tuple[tuple[str, Callable[[tuple[str, ...], int, int], Crash | None]], ...] = (
    (" signal ", _gdb),
    ("stop reason = ", _lldb),
    ("Stack trace of thread", _systemd),
    ("ignal ", _tombstone),
    ("Crash reason:", _minidump),
    ("ccess violation", _windbg),
    ("EXCEPTION_ACCESS", _windbg),
)
