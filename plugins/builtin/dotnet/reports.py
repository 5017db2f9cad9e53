"""Where a .NET report begins and ends, and how its exceptions are nested."""

import re
from dataclasses import dataclass

from crashlight_sdk import Cause, Crash, Frame, Span

from .frames import frame_at, is_separator

ABOVE = 40  # lines that a message may take between its headline and the first frame
_NAME = r"(?:[A-Za-z_][\w`]*+[.+])*+[A-Z]\w*?(?:Exception|Error|Fault|Failure|Abort)(?:`\d)?"
_TYPE = re.compile(rf"(?P<type>{_NAME})(?: ?\((?:0x[0-9a-fA-F]++|-?\d++)\))?(?P<end>: ?|$| --->|\s*$)")
_HEAD = re.compile(
    rf"^(?P<before>.{{0,400}}?(?:^|[\s:>|\]\[(\"'=,-]))(?P<type>{_NAME})(?: ?\((?:0x[0-9a-fA-F]++"
    rf"|-?\d++)\))?(?:: ?(?P<message>.*)|(?P<nested> ?--->.*)|\s*)$"
)
_UNHANDLED = re.compile(
    rf"Unhandled [Ee]xception[.:] (?P<type>{_NAME})(?: \(0x[0-9a-fA-F]++\))?(?:: (?P<message>.*))?$"
)
_INNER = re.compile(rf"\s*--->\s*+(?:\(Inner Exception #(?P<number>\d++)\) )?(?={_NAME})")
_END_OF_INNER = re.compile(
    r"^\s*+--- (?:End of inner exception|Ende der internen|Fin de la trace de la pile d'exception interne"
    r"|Fin del seguimiento de la pila de la excepción interna|Конец трассировки внутреннего|内部异常堆栈跟踪的结尾"
    r"|内部例外スタック|Fim do rastreamento de pilha de exceções internas|Koniec śladu stosu wyjątków).*---\s*$"
)
_AGGREGATED = re.compile(r"^\s*+---> \(Inner Exception #\d++\) ")
_CLOSED = re.compile(r"^\s*+<---\s*$|<---\s*$")
_RETHROW = re.compile(rf"^Rethrow as (?P<type>{_NAME}): ?(?P<message>.*)$")
_FILENAME = re.compile(r"^\s*+\(Filename: (?P<file>[^)]*?) Line: (?P<line>-?\d++)\)")
_RUNTIME_SAYS = re.compile(
    r"^(?P<text>Process terminated\. (?P<a>.*)|Stack overflow\.|Fatal error\. (?P<b>.*)"
    r"|Process is terminated due to StackOverflowException\.|Unhandled exception at 0x.*|FailFast:.*)$"
)
_REPEAT = re.compile(r"^\s*+(?:Repeat(?:ed)? \d++ times?:?|-{10,})\s*$")
_ANNOUNCED = ("Unhandled Exception:", "Unhandled exception:", "Unhandled exception.")


@dataclass
class _Open:
    """An exception of which the headline was read and whose frames are still to come."""

    crash_type: str
    message: str
    printed: Span
    frames: tuple[Frame, ...] = ()

    def cause(self) -> Cause:
        text = re.sub(r"\s*<---\s*$", "", self.message).strip()
        summary, _, rest = text.partition("\n")
        return Cause(self.crash_type, summary.strip(), self.frames, self.printed, rest.strip())


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose first frame is line ``at``, or that has a headline of the runtime there."""
    line = lines[at]
    if len(line) < 8:
        return None
    says = _RUNTIME_SAYS.match(line)
    if says:
        return _runtime_says(lines, at, says)
    if "nhandled " in line and (unhandled := _UNHANDLED.search(line)):
        below = range(at + 1, min(len(lines), at + ABOVE))
        if not any(frame_at(lines[index], index) for index in below):
            return _without_frames(at, unhandled)
    if not ("at " in line or ") in " in line or "(" in line):
        return None
    if frame_at(line, at) is None or ("(at " not in line and not line[:1].isspace() and not line.startswith("at ")):
        return None
    head = _headline_above(lines, at, floor)
    if head is None:
        return _bare(lines, at)
    return _chain(lines, head, at, floor)


def _language(frames: tuple[Frame, ...]) -> str:
    """By the first file: the runtime is the same for all languages."""
    file = next((frame.file for frame in frames if frame.file), "")
    return "fsharp" if file.endswith(".fs") else "visualbasic" if file.endswith(".vb") else "csharp"


def _without_frames(at: int, unhandled: re.Match[str]) -> Crash:
    """An exception of which only the sentence is left, as where stderr was cut."""
    entry = _Open(unhandled["type"], unhandled["message"] or "", Span(at, unhandled.start("type")))
    return Crash("csharp", at, at, (entry.cause(),))


def _headline_above(lines: tuple[str, ...], at: int, floor: int) -> int | None:
    """The line that opens the report: the topmost exception whose text goes on down to the first frame."""
    for index in range(at - 1, max(floor, at - ABOVE) - 1, -1):
        line = lines[index]
        if (frame_at(line, index) is not None and index < at - 1) or _END_OF_INNER.match(line):
            return None
        stripped = line.lstrip()
        if stripped.startswith("--->") or (_INNER.search(line) and not _opens(line)):
            continue
        if _opens(line):
            return index
    return None


def _opens(line: str) -> bool:
    head = _HEAD.match(line)
    return head is not None and "--->" not in head["before"] and not line.lstrip().startswith("--->")


def _chain(lines: tuple[str, ...], first: int, at: int, floor: int) -> Crash | None:
    """The exceptions named between ``first`` and the first frame, and their frames from ``at`` on."""
    opened = _named(lines, first, at)
    if not opened:
        return None
    done: list[_Open] = []
    stack = list(opened)
    current = stack.pop()
    last, index = at - 1, at
    while index < len(lines):
        line = lines[index]
        frame = frame_at(line, index)
        rethrow = _RETHROW.match(line)
        if frame:
            current.frames += (frame,)
        elif _END_OF_INNER.match(line) and stack:
            done.append(current)
            current = stack.pop()
        elif rethrow:
            done.append(current)
            current = _Open(rethrow["type"], rethrow["message"], Span(index, rethrow.start("type")))
        elif _AGGREGATED.match(line):
            last = _skip_aggregated(lines, index)
            index = last + 1
            continue
        elif _FILENAME.match(line):
            current.frames = _with_filename(current.frames, lines[index], index)
        elif not (is_separator(line) or _REPEAT.match(line) or _CLOSED.match(line)) and (
            line.strip() or not _goes_on(lines, index + 1)
        ):
            break
        if line.strip():
            last = index
        index += 1
    done.append(current)
    done.extend(reversed(stack))
    causes = tuple(entry.cause() for entry in reversed(done))
    announced = first > floor and lines[first - 1].strip() in _ANNOUNCED
    last = _said_again(lines, max(last, first), causes[0])
    return Crash(_language(causes[-1].frames), first - announced, last, _with_frames(causes))


def _said_again(lines: tuple[str, ...], last: int, outer: Cause) -> int:
    """Mono prints an unhandled exception twice; the second time is the same crash."""
    again = next((index for index in range(last + 1, min(len(lines), last + 4)) if lines[index].strip()), len(lines))
    if again >= len(lines) or not lines[again].startswith("[ERROR] FATAL UNHANDLED EXCEPTION: " + outer.crash_type):
        return last
    for index in range(again + 1, min(len(lines), again + ABOVE)):
        if frame_at(lines[index], index):
            repeated = _chain(lines, again, index, again)
            return repeated.last_line if repeated else last
    return again


def _named(lines: tuple[str, ...], first: int, at: int) -> list[_Open]:
    """The exceptions of the headline, the outermost first."""
    head = _HEAD.match(lines[first])
    if head is None:
        return []
    text = "\n".join([lines[first][head.start("type") :], *lines[first + 1 : at]])
    opened: list[_Open] = []
    for part in _INNER.split(text)[::2]:
        named = _TYPE.match(part)
        if named is None:
            if opened:
                opened[-1].message += part
            continue
        offset = text.find(part)
        line = first + text.count("\n", 0, max(offset, 0))
        column = head.start("type") if not opened else max(lines[line].find(named["type"]), 0)
        opened.append(_Open(named["type"], part[named.end() :].strip(), Span(line, column)))
    return opened


def _skip_aggregated(lines: tuple[str, ...], at: int) -> int:
    """The further inner exceptions of an AggregateException: the first one is the root, and was named above."""
    last = at
    for index in range(at, min(len(lines), at + 2000)):
        if _CLOSED.search(lines[index]):
            last = index
            following = next((i for i in range(index + 1, min(len(lines), index + 3)) if lines[i].strip()), None)
            if following is None or not _AGGREGATED.match(lines[following]):
                break
        elif frame_at(lines[index], index) or is_separator(lines[index]):
            last = index
    return last


def _goes_on(lines: tuple[str, ...], at: int) -> bool:
    return at < len(lines) and bool(
        _AGGREGATED.match(lines[at])
        or _FILENAME.match(lines[at])
        or _RETHROW.match(lines[at])
        or _CLOSED.match(lines[at])
    )


def _with_filename(frames: tuple[Frame, ...], line: str, at: int) -> tuple[Frame, ...]:
    """Unity's player names the place of the log call below the stack; IL2CPP frames have none of their own."""
    match = _FILENAME.match(line)
    if match is None or not match["file"].strip() or int(match["line"]) <= 0 or any(frame.file for frame in frames):
        return frames
    place = Frame(
        match["file"], int(match["line"]), None, origin="app", printed=Span(at, match.start("file"), match.end("line"))
    )
    return (place, *frames)


def _with_frames(causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """An inner exception that was never thrown has no frames; those of the one around it lead to it."""
    frames: tuple[Frame, ...] = ()
    filled: list[Cause] = []
    for cause in causes:
        frames = cause.frames or frames
        filled.append(Cause(cause.crash_type, cause.message, cause.frames or frames, cause.printed, cause.details))
    return tuple(filled)


def _bare(lines: tuple[str, ...], at: int) -> Crash | None:
    """Frames without a headline: two at least, one of them with a place."""
    frames: list[Frame] = []
    last, index = at - 1, at
    while index < len(lines):
        frame = frame_at(lines[index], index)
        if frame is None and not is_separator(lines[index]):
            break
        frames += [frame] if frame else []
        last = index
        index += 1
    indented = any(line[:1].isspace() for line in lines[at : last + 1])
    if len(frames) < 3 or not indented or not any(frame.file for frame in frames):
        return None
    return Crash("csharp", at, last, (Cause("stack trace", "", tuple(frames), Span(at)),))


def _runtime_says(lines: tuple[str, ...], at: int, says: re.Match[str]) -> Crash | None:
    """A message of the runtime itself: a stack overflow, a failed assertion, a fatal error."""
    frames: list[Frame] = []
    notes: list[str] = []
    last, index = at, at + 1
    while index < min(len(lines), at + 400):
        frame = frame_at(lines[index], index)
        if frame:
            frames.append(frame)
        elif _REPEAT.match(lines[index]):
            pass
        elif frames or (not lines[index].strip() and index > at + 1) or len(notes) > 6:
            break
        else:
            notes.append(lines[index].strip())
            index += 1
            continue
        last = index
        index += 1
    text = (says["a"] or says["b"] or says["text"]).strip()
    if not frames and says["text"].startswith(("Fatal error.", "Process terminated.")) and "Exception" not in text:
        return None
    named = _TYPE.match(text)
    if "tack overflow" in says["text"] or "StackOverflow" in says["text"]:
        kind, message = "StackOverflowException", text
    elif named:
        kind, message = named["type"], text[named.end() :]
    else:
        kind, message = says["text"].partition(".")[0], " ".join([text, *notes])
    return Crash("csharp", at, last if frames else at, (Cause(kind, message, tuple(frames), Span(at)),))
