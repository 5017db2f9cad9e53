"""Reports of the virtual machine itself: fatal errors, deadlocks, and Android's "not responding"."""

import re

from crashlight_sdk import Cause, Crash, Frame, Span

from .frames import frame_of, language_of, origin

_FATAL = "A fatal error has been detected by the Java Runtime Environment"
_MEMORY = "insufficient memory for the Java Runtime Environment"
_SIGNAL = re.compile(r"#\s+(?P<signal>SIG[A-Z]+|EXCEPTION_\w+|Internal Error|Out of Memory Error)\b(?P<rest>.*)")
_NATIVE = re.compile(r"#?\s*[CVA]\s++\[(?P<library>[^\]+]+)(?:\+(?P<offset>0x[0-9a-f]+))?\](?:\s++(?P<function>\S.*))?")
_JAVA = re.compile(r"#?\s*[jJ]\s++(?:\d+%?\s++(?:c[12]\s++)?)?(?P<call>[\w.$/<>]+)\(")
_STUB = re.compile(r"#?\s*v\s++~(?P<function>\S+)")
_ANR = re.compile(r"(?:.*: )?ANR in (?P<process>[\w.:]+)(?: \((?P<activity>[^)]*)\))?")
_REASON = re.compile(r"\s*+Reason: (?P<reason>.*)")
_ANR_LINE = re.compile(r"\s*+(?:PID: |Reason: |Parent: |Load: |CPU usage |ErrorId: |Frozen: |\+?\d+(?:\.\d+)?% )|\s*$")
_DEADLOCK = re.compile(r"\s*+Found one Java-level deadlock:")
_WAITER = re.compile(r"\s*+\"(?P<name>[^\"]+)\":")
_STACKS = "Java stack information for the threads listed above"
_DEADLOCK_END = re.compile(r"\s*+Found \d+ deadlocks?\.")


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose first line is ``at``."""
    line = lines[at]
    if _FATAL in line or _MEMORY in line:
        return _fatal_error(lines, at, floor)
    if "Java-level deadlock" in line and _DEADLOCK.match(line):
        return _deadlock(lines, at)
    if "ANR in " in line and (found := _ANR.match(line)) is not None:
        return _not_responding(lines, at, found)
    return None


def _fatal_error(lines: tuple[str, ...], at: int, floor: int) -> Crash:
    """A file ``hs_err_pid*.log``, or what the machine prints of it when it dies."""
    first = at - 1 if at > floor and lines[at - 1].strip() == "#" else at
    last = _fatal_end(lines, at)
    signal, message, printed = "fatal error", "insufficient memory for the Java Runtime Environment", Span(at)
    if _MEMORY in lines[at]:
        signal = "OutOfMemoryError"
    for index in range(at, last + 1):
        match = _SIGNAL.match(lines[index])
        if match is not None:
            signal, message, printed = match["signal"], match["rest"].strip(" :"), Span(index, match.start("signal"))
            break
    frames = _machine_frames(lines, at, last)
    return Crash("java", first, last, (Cause(signal, message, frames, printed),))


def _fatal_end(lines: tuple[str, ...], at: int) -> int:
    """The last line: "END." where the whole file is there, the end of the block of "#" lines otherwise."""
    index = at
    while index + 1 < len(lines) and lines[index + 1].lstrip().startswith("#"):
        index += 1
    following = index + 1
    while following < len(lines) and not lines[following].strip():
        following += 1
    if following < len(lines) and lines[following].lstrip().startswith("---------------"):
        end = following
        while end + 1 < len(lines) and lines[end].strip() != "END.":
            end += 1
        return end
    return index


def _machine_frames(lines: tuple[str, ...], at: int, last: int) -> tuple[Frame, ...]:
    """The native frames, then Java's; the problematic frame alone where there are no sections."""
    frames: list[Frame] = []
    inside = False
    for index in range(at, last + 1):
        line = lines[index]
        if line.startswith(("Native frames:", "Java frames:")):
            inside = True
        elif not line.strip():
            inside = False
        elif inside and (frame := _machine_frame(line, index)) is not None and frame not in frames:
            frames.append(frame)
    if not frames:
        found = (_machine_frame(lines[index], index) for index in range(at, last + 1) if lines[index].startswith("#"))
        frames = [frame for frame in found if frame is not None][:1]
    return tuple(frames)


def _machine_frame(line: str, index: int) -> Frame | None:
    if (java := _JAVA.match(line)) is not None:
        call = java["call"].replace("/", ".")
        owner = call.rpartition(".")[0]
        return Frame(None, None, call, module=owner, origin=origin(call), printed=Span(index, java.start("call")))
    if (native := _NATIVE.match(line)) is not None:
        library = native["library"]
        own = not library.startswith(
            ("libjvm", "jvm.dll", "libc.so", "libc-", "ld-", "ntdll", "KERNEL32", "libpthread")
        )
        printed = Span(index, native.start("library"))
        function = native["function"] or native["offset"]
        return Frame(None, None, function, module=library, origin="library" if own else "runtime", printed=printed)
    if (stub := _STUB.match(line)) is not None:
        return Frame(None, None, stub["function"], origin="runtime", printed=Span(index, stub.start("function")))
    return None


def _deadlock(lines: tuple[str, ...], at: int) -> Crash:
    """The threads that wait for each other; the frames are those of the first."""
    names: list[str] = []
    stacks: list[list[Frame]] = []
    last = at
    in_stacks = False
    for index in range(at + 1, len(lines)):
        line = lines[index]
        if _DEADLOCK_END.match(line):
            last = index
            break
        if _STACKS in line:
            in_stacks = True
        elif (waiter := _WAITER.match(line)) is not None:
            if in_stacks:
                stacks.append([])
            elif waiter["name"] not in names:
                names.append(waiter["name"])
        elif in_stacks and (frame := frame_of(line, index)) is not None and stacks:
            stacks[-1].append(frame)
        if line.strip():
            last = index
    frames = tuple(stacks[0]) if stacks else ()
    message = "threads wait for each other: " + ", ".join(names) if names else "threads wait for each other"
    return Crash(language_of(frames), at, last, (Cause("deadlock", message, frames, Span(at)),))


def _not_responding(lines: tuple[str, ...], at: int, found: re.Match[str]) -> Crash:
    """Android's note that an application did not answer in time."""
    reason = ""
    last = at
    for index in range(at + 1, min(len(lines), at + 60)):
        if not _ANR_LINE.match(lines[index]):
            break
        said = _REASON.match(lines[index])
        reason = said["reason"] if said else reason
        last = index if lines[index].strip() else last
    message = reason or f"{found['process']} does not respond"
    return Crash("java", at, last, (Cause("ANR", message, (), Span(at, found.start("process")), found[0]),))
