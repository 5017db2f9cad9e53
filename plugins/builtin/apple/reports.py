"""Where the reports of Apple's systems begin and end: .crash texts, .ips JSON, Swift's fatal errors, NSException."""

import json
import re
from typing import Any

from crashlight_sdk import Cause, Crash, Frame, Span

from .frames import frame_at, made

MAX_LINES = 6000
_SWIFT_NEW = re.compile(
    r"(?:^|\s)(?P<place>(?P<file>[^\s:][^:]{0,200}?\.swift):(?P<line>\d++)): (?P<type>Fatal error"
    r"|Precondition failed|Assertion failed)(?:: (?P<message>.*))?$"
)
_SWIFT_OLD = re.compile(
    r"(?:^|[\s:])(?P<type>Fatal error|Precondition failed|Assertion failed"
    r"|fatal error)(?:: (?P<message>.*?))?: file (?P<file>\S.{0,200}?\.swift), line (?P<line>\d++)\s*$"
)
_CAST = re.compile(r"(?P<message>Could not cast value of type '.*' \(0x[0-9a-f]++\) to '.*')")
_EXCLUSIVE = re.compile(
    r"(?P<message>Simultaneous accesses to 0x[0-9a-f]++, but modification requires exclusive access)"
)
_NSEXCEPTION = re.compile(
    r"\*\*\* Terminating app due to uncaught exception '(?P<type>[^']++)', reason: '(?P<message>.*?)'?\s*$"
)
_THROW_STACK = re.compile(r"^\s*+\*\*\* First throw call stack:|^\s*+\*\*\* Call stack at first throw:")
_PROGRAM_CRASHED = re.compile(
    r"^\s*+\*\*\* (?:Program crashed: (?P<message>.*?)|Swift runtime failure: (?P<failure>.*?)) \*\*\*"
)
_FIELD = re.compile(
    r"^(?P<name>Process|Path|Identifier|Version|Code Type|Parent Process|Date/Time|OS Version"
    r"|Report Version|Incident Identifier|Hardware Model|CrashReporter Key|Exception Type|Exception Codes"
    r"|Exception Subtype|Exception Note|Exception Message|Termination \w+|Triggered by Thread"
    r"|Crashed Thread|VM Region Info|Role|Beta|Release Type|AppStoreTools|Launch Time|Baseband Version"
    r"|Coalition|Responsible|User ID|Anonymous UUID|Sleep/Wake UUID|Time Awake Since Boot"
    r"|System Integrity Protection|Time Since Wake|PlugIn \w+|Bridge OS Version|Sandbox"
    r"|Application Specific \w+|Heap|Highlighted by Thread):\s*+(?P<value>.*)$"
)
_CRASHED = re.compile(r"^Thread (?P<number>\d++)(?: name:.*)? Crashed:")
_LAST_EXCEPTION = re.compile(r"^Last Exception Backtrace:")
_SECTION = re.compile(
    r"^(?:Thread \d++|Binary Images:|EOF|\s*+0x[0-9a-f]++ -|VM Region Summary|External Modification"
    r"|Kernel Triage|Error Formulating|Application Specific)"
)


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose first sure sign is line ``at``."""
    line = lines[at]
    if line.startswith("Exception Type:"):
        return _text_report(lines, at, floor)
    if line.lstrip().startswith(("{", '"')) and '"' in line:
        return _json_report(lines, at)
    if "Terminating app due" in line and (exception := _NSEXCEPTION.search(line)):
        return _exception(lines, at, exception)
    if ".swift" in line and ("rror" in line or "ailed" in line):
        swift = _SWIFT_NEW.search(line) or _SWIFT_OLD.search(line)
        if swift:
            return _fatal(lines, at, swift)
    for sign in (_CAST, _EXCLUSIVE):
        match = sign.search(line)
        if match:
            return _plain(lines, at, match)
    crashed = _PROGRAM_CRASHED.match(line)
    if crashed:
        last, frames = _stack_below(lines, at + 1, 8)
        text = crashed["message"] or crashed["failure"] or ""
        return Crash("swift", at, last, (Cause("Program crashed", text, frames, Span(at)),)) if frames else None
    return None


def _fatal(lines: tuple[str, ...], at: int, swift: re.Match[str]) -> Crash:
    groups = swift.groupdict()
    start = swift.start("place") if groups.get("place") else swift.start("file")
    end = swift.end("place") if groups.get("place") else swift.end("line")
    place = Frame(
        swift["file"],
        int(swift["line"][:9]),
        None,
        origin="runtime" if swift["file"].startswith("Swift/") else "app",
        printed=Span(at, start, end),
    )
    last, frames = _stack_below(lines, at + 1, 10)
    if not any(frame.line == place.line for frame in frames):
        frames = (place, *frames)
    kind = swift["type"][:1].upper() + swift["type"][1:]
    return Crash(
        "swift",
        at,
        max(at, last),
        (Cause(kind, (swift["message"] or "").strip(), frames, Span(at, swift.start("type"))),),
    )


def _plain(lines: tuple[str, ...], at: int, match: re.Match[str]) -> Crash:
    last, frames = _stack_below(lines, at + 1, 6)
    text = re.sub(r" ?\(?0x[0-9a-f]++\)?", "", match["message"])
    return Crash("swift", at, max(at, last), (Cause("Fatal error", text, frames, Span(at, match.start("message"))),))


def _exception(lines: tuple[str, ...], at: int, exception: re.Match[str]) -> Crash:
    frames: tuple[Frame, ...] = ()
    last = at
    message = [exception["message"]]
    for index in range(at + 1, min(len(lines), at + 40)):
        if _THROW_STACK.match(lines[index]):
            last, frames = _stack_below(lines, index + 1, 3)
            last = max(last, index)
            break
        if lines[index].strip():
            message.append(lines[index].strip().rstrip("'"))
    while last + 1 < len(lines) and (
        lines[last + 1].strip() == ")"
        or "terminating with uncaught exception" in lines[last + 1]
        or "terminate called" in lines[last + 1]
    ):
        last += 1
    text = "\n".join(message[:1] if not frames else message).strip()
    return Crash("objectivec", at, last, (Cause(exception["type"], text, frames, Span(at, exception.start("type"))),))


def _stack_below(lines: tuple[str, ...], at: int, reach: int) -> tuple[int, tuple[Frame, ...]]:
    """Frames that begin within ``reach`` lines; the source lines of Swift's backtraces may stand between them."""
    frames: list[Frame] = []
    last, missed = at - 1, 0
    for index in range(at, min(len(lines), at + MAX_LINES)):
        frame = frame_at(lines[index], index)
        if frame:
            frames.append(frame)
            last, missed = index, 0
        elif not frames and not lines[index].strip():
            continue
        else:
            missed += 1
            if missed > (reach if not frames else 12 if "│" in lines[index] or not lines[index].strip() else 1):
                break
    return last, tuple(frames)


def _text_report(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """A .crash file: fields, then the thread that crashed, then the other threads, registers and images."""
    first = at
    while first > floor and at - first < 40 and (_FIELD.match(lines[first - 1]) or not lines[first - 1].strip()):
        first -= 1
    while not lines[first].strip():
        first += 1
    fields: dict[str, str] = {}
    said: list[str] = []
    frames: tuple[Frame, ...] = ()
    thrown: tuple[Frame, ...] = ()
    last, index, section = at, first, ""
    while index < min(len(lines), first + MAX_LINES):
        line = lines[index]
        field = _FIELD.match(line)
        if field:
            section = field["name"]
            fields.setdefault(section, field["value"].strip())
            last = index
        elif _CRASHED.match(line) and not frames:
            last, frames = _stack_below(lines, index + 1, 1)
            index = max(last, index)
        elif _LAST_EXCEPTION.match(line):
            last, thrown = _stack_below(lines, index + 1, 1)
            index = max(last, index)
        elif _SECTION.match(line) or frame_at(line, index):
            last, section = index, ""
        elif section.startswith("Application Specific") and line.strip():
            said.append(line.strip())
            last = index
        elif line.strip() and not section and not re.match(r"^\s", line) and index > last + 3:
            break
        elif line.strip():
            last = index
        index += 1
    kind = fields.get("Exception Type", "").partition(" ")[0] or "crash"
    rest = fields.get("Exception Type", "").partition(" ")[2]
    codes = fields.get("Exception Subtype") or fields.get("Exception Codes", "")
    details = "\n".join(
        filter(None, [*said, fields.get("Termination Reason", ""), fields.get("Termination Signal", "")])
    )
    cause = Cause(kind, " ".join(filter(None, [rest, codes])), frames or thrown, Span(at), details)
    causes = (cause, *_said(said, thrown or frames, Span(at)))
    language = (
        "swift"
        if any((frame.file or "").endswith(".swift") or "swift" in (frame.module or "") for frame in cause.frames)
        else "objectivec"
    )
    return Crash(
        language, first, last, causes, thread=fields.get("Triggered by Thread") or fields.get("Crashed Thread")
    )


def _said(said: list[str], frames: tuple[Frame, ...], printed: Span) -> tuple[Cause, ...]:
    """What the program said when it stopped itself is the root of the signal that followed."""
    for text in said:
        swift = _SWIFT_NEW.search(text) or _SWIFT_OLD.search(text)
        exception = _NSEXCEPTION.search(text)
        if exception:
            return (Cause(exception["type"], exception["message"], frames, printed),)
        if swift:
            return (Cause("Fatal error", (swift["message"] or "").strip(), frames, printed),)
    return ()


def _json_report(lines: tuple[str, ...], at: int) -> Crash | None:
    """An .ips file: a line of JSON with the header, then the report as one JSON object over many lines."""
    head = at
    if not lines[at].lstrip().startswith("{"):
        return None
    has_header = '"app_name"' in lines[at] or '"bug_type"' in lines[at]
    begin = at + 1 if has_header and at + 1 < len(lines) and lines[at + 1].lstrip().startswith("{") else at
    if not any('"faultingThread"' in line for line in lines[begin : begin + MAX_LINES]):
        return None
    text = "\n".join(lines[begin:])
    try:
        body, end = json.JSONDecoder().raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or not isinstance(body.get("threads"), list) or not _dict(body.get("exception")):
        return None
    last = begin + text[: len(text) - len(text.lstrip()) + end].count("\n")
    return _from_body(body, head, last)


def _from_body(body: dict[str, Any], first: int, last: int) -> Crash | None:
    exception, images = _dict(body.get("exception")), body.get("usedImages")
    names = [_text(_dict(image).get("name")) for image in images] if isinstance(images, list) else []
    threads, faulting = body["threads"], body.get("faultingThread")
    thread = _dict(threads[faulting]) if isinstance(faulting, int) and 0 <= faulting < len(threads) else {}
    listed = thread.get("frames")
    frames = tuple(_json_frame(_dict(frame), names) for frame in listed[:512]) if isinstance(listed, list) else ()
    said = [_text(text) for texts in _dict(body.get("asi")).values() if isinstance(texts, list) for text in texts]
    message = " ".join(
        filter(None, [_text(exception.get("signal")), _text(exception.get("subtype") or exception.get("codes"))])
    )
    details = "\n".join([*said, _text(_dict(body.get("termination")).get("indicator"))])
    cause = Cause(_text(exception.get("type")) or "crash", message, frames, Span(first), details.strip())
    language = (
        "swift"
        if any((frame.file or "").endswith(".swift") or "libswift" in (frame.module or "") for frame in frames)
        else "objectivec"
    )
    return Crash(language, first, last, (cause, *_said(said, frames, Span(first))), thread=f"thread {faulting}")


def _json_frame(frame: dict[str, Any], names: list[str]) -> Frame:
    index, line = frame.get("imageIndex"), frame.get("sourceLine")
    module = names[index] if isinstance(index, int) and 0 <= index < len(names) else None
    number = line if isinstance(line, int) and line > 0 else None
    return made(_text(frame.get("symbol")) or None, _text(frame.get("sourceFile")) or None, number, module or None)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
