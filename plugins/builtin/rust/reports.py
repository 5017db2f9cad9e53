"""Where a Rust report begins and ends: panics, aborts, and the error that ``main`` returned with its chain."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crashlight_sdk import Cause, Crash, Frame, Span
from crashlight_sdk.reports import sanitizer_epilogue

from .frames import Backtrace, from_panic, location, read_backtrace

MESSAGE_LINES = 200
_NEW = re.compile(
    r"thread '(?P<thread>[^']*+)'(?: \(\d++\))? panicked at (?P<place>(?P<file>[^'\"\s].*?"
    r"|\"[^\"]++\"):(?P<line>\d++|LL)(?::(?P<column>\d++|COL))?):?\s*$"
)
_OLD = re.compile(r"thread '(?P<thread>[^']*+)'(?: \(\d++\))? panicked at '(?P<rest>.*)$")
_BARE = re.compile(r"thread '(?P<thread>[^']*+)'(?: \(\d++\))? panicked at (?P<rest>\S.*)$")
_OLD_END = re.compile(r"^(?P<text>.*)', (?P<place>(?P<file>\S.*?):(?P<line>\d++|LL)(?::(?P<column>\d++|COL))?)\s*$")
_HOOK = re.compile(
    r"(?:^|\s)panicked at (?:'(?P<text>.*)', "
    r")?(?P<place>(?P<file>[^'\s]\S*?\.rs):(?P<line>\d++)(?::(?P<column>\d++))?):?\s*$"
)
_STACK = re.compile(r"^\s*+(?:stack backtrace|Stack backtrace):\s*$")
_NOTE = re.compile(r"^\s*+(?:note: |= note: )")
_BACKTRACE_NOTE = re.compile(
    r"^\s*+note: (?:run with `RUST_BACKTRACE|[Ss]ome details are omitted|the default panic"
    r"|use `RUST_BACKTRACE|Run with `RUST_BACKTRACE)"
)
_NEXT = re.compile(
    r"^(?:thread '|test [\w:]++ \.\.\. |---- |failures:$|error: test failed|fatal runtime error: "
    r"|thread caused |\s*+Running |thread panicked while)"
)
_ABORT = re.compile(
    r"^(?:.*[\s:\]])?(?P<message>fatal runtime error: .*|memory allocation of \d++ bytes failed.*"
    r"|thread panicked while (?:processing panic|panicking)\. aborting\.)\s*$"
)
_OVERFLOW = re.compile(r"thread '(?P<thread>[^']*+)'(?: \(\d++\))? has overflowed its stack")
_EYRE_PANIC = re.compile(r"The application panicked \(crashed\)\.")
_EYRE_MESSAGE = re.compile(r"^\s*+Message:\s++(?P<text>\S.*)$")
_PLACE = re.compile(r"(?P<place>(?P<file>[^\s:][^\s]*?\.rs):(?P<line>\d++)(?::(?P<column>\d++))?)")
_ERROR = re.compile(r"^(?:.*[\s:\]])?Error: ?(?P<message>.*)$")
_CAUSED = re.compile(r"^\s*+Caused by:\s*$")
_NUMBERED = re.compile(r"^\s++(?P<index>\d{1,3}): (?P<text>.*)$")
_RULED = re.compile(r"^\s*+[━─-]{3,} .*[━─-]{3,}\s*$")


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose headline is line ``at``."""
    line = lines[at]
    if "panicked at" in line:
        return _panic(lines, at)
    if "overflowed its stack" in line:
        return _overflow(lines, at)
    if "aborting." in line or "fatal runtime error" in line or "memory allocation of" in line:
        return _abort(lines, at)
    if "The application panicked" in line and _EYRE_PANIC.search(line):
        return _eyre_panic(lines, at)
    if "Error:" in line:
        return _returned_error(lines, at)
    return None


def _panic(lines: tuple[str, ...], at: int) -> Crash | None:
    line = lines[at]
    new = _NEW.search(line)
    if new:
        last, text = _message_below(lines, at + 1)
        place = location(
            new["file"].strip('"'), new["line"], new["column"], Span(at, new.start("place"), new.end("place"))
        )
        return _finish(lines, at, last, _Panic(new["thread"], text, place, Span(at, new.start())))
    old = _OLD.search(line) or _BARE.search(line)
    if old:
        return _old_panic(lines, at, old)
    hook = _HOOK.search(line)
    if hook:
        place = location(hook["file"], hook["line"], hook["column"], Span(at, hook.start("place"), hook.end("place")))
        last, text = (at, hook["text"]) if hook["text"] is not None else _message_below(lines, at + 1)
        return _finish(lines, at, last, _Panic(None, text, place, Span(at, hook.start())))
    return None


def _old_panic(lines: tuple[str, ...], at: int, old: re.Match[str]) -> Crash | None:
    """Until Rust 1.72 the message stood in quotes before the place, over several lines where it had them."""
    parts: list[str] = []
    for index in range(at, min(len(lines), at + MESSAGE_LINES)):
        text = old["rest"] if index == at else lines[index]
        end = _OLD_END.match(text)
        if end:
            parts.append(end["text"])
            shift = old.start("rest") if index == at else 0
            printed = Span(index, shift + end.start("place"), shift + end.end("place"))
            place = location(end["file"], end["line"], end["column"], printed)
            return _finish(lines, at, index, _Panic(old["thread"], "\n".join(parts), place, Span(at, old.start())))
        if index > at and (_STACK.match(text) or _BACKTRACE_NOTE.match(text) or _NEXT.match(text)):
            break
        parts.append(text)
    return _finish(lines, at, at, _Panic(old["thread"], old["rest"].rstrip("'"), None, Span(at, old.start())))


def _message_below(lines: tuple[str, ...], at: int) -> tuple[int, str]:
    """The message of a panic since Rust 1.73: the lines below the headline, up to the backtrace or the note."""
    parts: list[str] = []
    index = at
    while index < min(len(lines), at + MESSAGE_LINES):
        line = lines[index]
        if _STACK.match(line) or _BACKTRACE_NOTE.match(line) or _NEXT.match(line):
            break
        if not line.strip() and not _continues(lines, index + 1):
            break
        parts.append(line)
        index += 1
    while parts and not parts[-1].strip():
        parts.pop()
    return at + len(parts) - 1, "\n".join(parts)


def _continues(lines: tuple[str, ...], at: int) -> bool:
    """Whether a blank line is inside a message: the chain of an error or the end of the report follows soon."""
    for line in lines[at : at + 30]:
        if _CAUSED.match(line) or _STACK.match(line) or _BACKTRACE_NOTE.match(line):
            return True
        if _NEXT.match(line) or "panicked at" in line:
            return False
    return False


@dataclass(frozen=True, slots=True)
class _Panic:
    """What the headline of a panic says, and where it stands."""

    thread: str | None
    text: str
    place: Frame | None
    headline: Span


def _finish(lines: tuple[str, ...], first: int, last: int, panic: _Panic) -> Crash:
    last, frames = _stack_below(lines, last + 1)
    frames = from_panic(panic.place, frames) if frames else ((panic.place,) if panic.place else ())
    causes = _panic_causes(panic.text.strip(), frames, panic.headline)
    return Crash("rust", first, sanitizer_epilogue(lines, last), causes, thread=panic.thread)


def _panic_causes(text: str, frames: tuple[Frame, ...], headline: Span) -> tuple[Cause, ...]:
    """A panic over an error prints the whole chain of that error in its message."""
    head, caused, chain = text.partition("Caused by:")
    if not caused:
        summary, _, rest = text.partition("\n")
        details = rest.strip("\n")
        if summary.startswith("assertion") and details:
            summary = f"{summary}\n{details}"
        return (Cause("panic", summary if summary else details, frames, headline, details),)
    links = [head.strip(), *_links(chain.split("\n"))]
    return tuple(Cause("panic", link, frames, headline) for link in links)


def _stack_below(lines: tuple[str, ...], at: int) -> tuple[int, tuple[Frame, ...]]:
    """The backtrace and notes that follow a message: the last line of the report and the frames."""
    last = at - 1
    frames: tuple[Frame, ...] = ()
    index = at
    while index < len(lines):
        line = lines[index]
        if _STACK.match(line):
            trace = read_backtrace(lines, index + 1)
            frames, last = trace.frames, max(index, trace.last_line)
        elif _NOTE.match(line):
            last = index
        elif line.strip() or index > last + 1:
            break
        index = max(index, last) + 1
    return last, frames


def _overflow(lines: tuple[str, ...], at: int) -> Crash | None:
    overflow = _OVERFLOW.search(lines[at])
    if overflow is None:
        return None
    last = at
    for index in range(at + 1, min(len(lines), at + 3)):
        if "fatal runtime error: stack overflow" in lines[index]:
            last = index
    message = f"thread '{overflow['thread']}' has overflowed its stack"
    return Crash(
        "rust", at, last, (Cause("stack overflow", message, (), Span(at, overflow.start())),), thread=overflow["thread"]
    )


def _abort(lines: tuple[str, ...], at: int) -> Crash | None:
    abort = _ABORT.match(lines[at])
    if abort is None:
        return None
    kind, _, rest = abort["message"].partition(": ")
    if kind != "fatal runtime error":
        kind, rest = "abort", abort["message"]
    last, frames = _stack_below(lines, at + 1)
    return Crash("rust", at, last, (Cause(kind, rest, frames, Span(at, abort.start("message"))),))


def _eyre_panic(lines: tuple[str, ...], at: int) -> Crash | None:
    """The report of color-eyre's panic hook."""
    text, place, last = "", None, at
    for index in range(at + 1, min(len(lines), at + 40)):
        message = _EYRE_MESSAGE.match(lines[index])
        where = (
            _PLACE.search(lines[index])
            if "Location:" in lines[index] or lines[index - 1].strip() == "Location:"
            else None
        )
        if message:
            text, last = message["text"], index
        elif where and place is None:
            place, last = _location(where, index), index
        elif not message and text and place is None and lines[index].strip():
            text, last = f"{text}\n{lines[index].strip()}", index
        elif place is not None:
            break
    if not text:
        return None
    last, frames = _ruled_sections(lines, last + 1)
    frames = from_panic(place, frames) if frames else ((place,) if place else ())
    return Crash("rust", at, last, _panic_causes(text, frames, Span(at)))


def _returned_error(lines: tuple[str, ...], at: int) -> Crash | None:
    """The error that ``main`` returned, as anyhow and eyre print it: a chain, a location, a backtrace."""
    error = _ERROR.match(lines[at])
    if error is None:
        return None
    chain: list[str] = [error["message"].strip()] if error["message"].strip() else []
    last, place, sure = at, None, False
    frames: tuple[Frame, ...] = ()
    index = at + 1
    while index < min(len(lines), at + 400):
        line = lines[index]
        number = _NUMBERED.match(line)
        if _CAUSED.match(line):
            below = index + 1
            links: list[str] = []
            while below < len(lines) and lines[below].strip() and lines[below][:1] in " \t":
                links.append(lines[below])
                below += 1
            chain.extend(_links(links))
            sure, last = sure or bool(links), below - 1
        elif number and not chain and not sure:
            chain, last = [], index
            while index < len(lines) and (number := _NUMBERED.match(lines[index])):
                chain.append(number["text"].strip())
                last = index
                index += 1
            continue
        elif line.strip() == "Location:" and index + 1 < len(lines) and (where := _PLACE.search(lines[index + 1])):
            place, last, sure = _location(where, index + 1), index + 1, True
        elif _STACK.match(line):
            trace: Backtrace = read_backtrace(lines, index + 1)
            frames, last, sure = trace.frames, max(index, trace.last_line), sure or bool(trace.frames)
        elif _RULED.match(line):
            last, more = _ruled_sections(lines, index)
            frames = frames or more
            sure = sure or bool(more)
        elif line.strip():
            break
        index = max(index, last) + 1
    if not sure or not chain or not (frames or place or len(chain) > 1):
        return None
    frames = frames if place is None else from_panic(place, frames)
    span = Span(at, error.start("message"))
    return Crash("rust", at, last, tuple(Cause("Error", link, tuple(frames), span) for link in chain))


def _ruled_sections(lines: tuple[str, ...], at: int) -> tuple[int, tuple[Frame, ...]]:
    """The ruled SPANTRACE and BACKTRACE sections of color-eyre."""
    last, index = at - 1, at
    frames: tuple[Frame, ...] = ()
    while index < len(lines):
        if _RULED.match(lines[index]):
            last = index
            trace = read_backtrace(lines, index + 1)
            if "BACKTRACE" in lines[index]:
                frames = trace.frames
            last = max(last, trace.last_line)
        elif lines[index].strip() and not lines[index].lstrip().startswith(("Run with", "Backtrace omitted", "⋮")):
            break
        elif lines[index].strip():
            last = index
        index = max(index, last) + 1
    return last, frames


def _links(lines: Sequence[str]) -> list[str]:
    """The texts below "Caused by:", numbered or not; a text may have several lines."""
    links: list[str] = []
    numbered = any(_NUMBERED.match(line) for line in lines)
    for line in lines:
        number = _NUMBERED.match(line)
        if number:
            links.append(number["text"].strip())
        elif line.strip() and links and (numbered or not line.startswith("    ")):
            links[-1] += "\n" + line.strip()
        elif line.strip():
            links.append(line.strip())
    return links


def _location(where: re.Match[str], at: int) -> Frame:
    return location(where["file"], where["line"], where["column"], Span(at, where.start("place"), where.end("place")))
