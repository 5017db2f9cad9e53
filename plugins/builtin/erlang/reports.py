"""Where an Erlang report begins and ends: error logger, SASL, the shell, escript, init, Lager."""

import re

from crashlight_sdk import Cause, Crash, Frame, Span

from .frames import frames_of_term, lager_frames, spoken_frame

MAX_LINES = 600
_REPORT = re.compile(r"^=(?P<kind>ERROR|CRASH|SUPERVISOR|WARNING|INFO|PROGRESS) REPORT==== ")
_EXCEPTION = re.compile(r"^(?P<before>.*?)(?:\*\* )?exception (?P<class>error|exit|throw): (?P<text>.*)$")
_PROCESS = re.compile(
    r"Error in process <[\d.]++>(?: (?:on node|with registered name) \S++)*+ with exit value:(?P<value>.*)$"
)
_REASON = re.compile(r"^\*\* (?:R|r)eason for termination ?(?:==|=|:)")
_INIT = re.compile(r"^\{\"init terminating in do_boot\",(?P<value>.*)$|^init terminating in do_boot \((?P<short>.*)")
_KERNEL = re.compile(r"^\{\"Kernel pid terminated\",(?P<value>.*)$")
_LAGER = re.compile(
    r"CRASH REPORT Process .*? (?:exited"
    r"|crashed) with reason: (?P<reason>.*?) in (?P<where>\S++ line \d++.*)$"
    r"|\bterminated with reason: (?P<reason2>.*?)(?: in (?P<where2>\S+:\S+.*))?$"
)
_WORDS = (
    (re.compile(r"^no match of right hand side value (?P<value>.*)"), "badmatch"),
    (
        re.compile(
            r"^(?:bad argument in an arithmetic expression"
            r"|an error occurred when evaluating an arithmetic expression)(?P<value>)"
        ),
        "badarith",
    ),
    (re.compile(r"^no function clause matching (?P<value>.*)"), "function_clause"),
    (re.compile(r"^undefined function (?P<value>\S++)"), "undef"),
    (re.compile(r"^(?:call to )?undefined function (?P<value>\S++)"), "undef"),
    (re.compile(r"^bad key: ?(?P<value>.*)"), "badkey"),
    (re.compile(r"^bad map: ?(?P<value>.*)"), "badmap"),
    (re.compile(r"^no case clause matching (?P<value>.*)"), "case_clause"),
    (re.compile(r"^no true branch found when evaluating an if expression(?P<value>)"), "if_clause"),
    (re.compile(r"^(?:bad function) (?P<value>.*)"), "badfun"),
    (re.compile(r"^(?:bad argument)(?P<value>.*)"), "badarg"),
)
_TERM = re.compile(r"^\{(?P<kind>[a-z_]\w*),(?P<value>.*)\}$", re.DOTALL)


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose first sign is line ``at``, unless the code is Elixir's."""
    crash = _report_at(lines, at, floor)
    if crash and any("Elixir." in line or ".ex" in line for line in lines[crash.first_line : crash.last_line + 1]):
        return None
    return crash


def _report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    line = lines[at]
    report = _REPORT.match(line)
    if report:
        return _logged(lines, at) if report["kind"] in ("ERROR", "CRASH") else None
    if "exception " in line and (spoken := _EXCEPTION.match(line)):
        return _spoken(lines, at, at, spoken)
    process = _PROCESS.search(line)
    if process:
        return _valued(lines, at, at, process["value"])
    init = _INIT.match(line) or _KERNEL.match(line)
    if init:
        return _booted(lines, at)
    if _REASON.match(line):
        return _terminated(lines, max(floor, at - 1) if at > floor and lines[at - 1].startswith("** ") else at, at)
    lager = _LAGER.search(line) if "with reason: " in line else None
    if lager and (lager["where"] or lager["where2"]):
        reason, where = lager["reason"] or lager["reason2"], lager["where"] or lager["where2"]
        frames = lager_frames(where and line, at)
        return Crash("erlang", at, at, (_named(reason, frames, Span(at, lager.start())),)) if frames else None
    return None


def _logged(lines: tuple[str, ...], at: int) -> Crash | None:
    """A report of the error logger: its body says in one of several ways what happened."""
    end = _end_of_report(lines, at)
    for index in range(at + 1, end + 1):
        spoken = _EXCEPTION.match(lines[index])
        process = _PROCESS.search(lines[index])
        crash: Crash | None = None
        if spoken:
            crash = _spoken(lines, at, index, spoken)
        elif process:
            crash = _valued(lines, at, index, process["value"])
        elif _REASON.match(lines[index]):
            crash = _terminated(lines, at, index)
        if crash:
            return Crash("erlang", at, max(end, crash.last_line), crash.causes)
    return None


def _end_of_report(lines: tuple[str, ...], at: int) -> int:
    last = at
    for index in range(at + 1, min(len(lines), at + MAX_LINES)):
        line = lines[index]
        if _REPORT.match(line) or (not line.strip() and index > at + 1 and _blank_ends(lines, index + 1)):
            break
        if line.strip():
            last = index
    return last


def _blank_ends(lines: tuple[str, ...], at: int) -> bool:
    return at >= len(lines) or not lines[at][:1].isspace()


def _spoken(lines: tuple[str, ...], first: int, at: int, spoken: re.Match[str]) -> Crash | None:
    """``exception error: …`` with lines ``in function  m:f/1 (m.erl, line 3)`` below it."""
    text = [spoken["text"]]
    frames: list[Frame] = []
    last = at
    for index in range(at + 1, min(len(lines), at + 200)):
        frame = spoken_frame(lines[index], index)
        if frame:
            frames.append(frame)
        elif (
            not lines[index][:1].isspace()
            or not lines[index].strip()
            or re.match(r"^\s{4}\w+(?: \w+)?: ", lines[index])
        ):
            break
        elif not frames:
            text.append(lines[index].strip())
        last = index
    sure = frames or spoken["before"].strip(" *") in ("", "escript:", "1>") or re.match(r"^\d+> $", spoken["before"])
    if not sure or (not frames and spoken["before"] == "" and "**" not in lines[at]):
        return None
    inline = re.search(r" \((?P<place>(?P<file>[\w./-]{1,300}?\.erl), line (?P<line>\d++))\)$", text[0])
    if inline and not frames:
        start = spoken.start("text")
        printed = Span(at, start + inline.start("place"), start + inline.end("place"))
        name = re.match(r"no function clause matching (?P<function>[^(]++)", text[0])
        frames.append(
            Frame(
                inline["file"],
                int(inline["line"][:9]),
                name["function"] if name else None,
                origin="app",
                printed=printed,
            )
        )
        text[0] = text[0][: inline.start()]
    printed = Span(at, spoken.start("text"))
    return Crash("erlang", first, last, (_named(" ".join(text).strip(), tuple(frames), printed),))


def _valued(lines: tuple[str, ...], first: int, at: int, value: str) -> Crash | None:
    """An exit value as a term, on the same line or on those below."""
    begin = at if value.strip() else at + 1
    last = _end_of_term(lines, begin)
    return _from_term(lines, first, begin, last)


def _booted(lines: tuple[str, ...], at: int) -> Crash | None:
    last = at
    for index in range(at + 1, min(len(lines), at + 6)):
        if _INIT.match(lines[index]) or "Crash dump is being written" in lines[index]:
            last = index
    crash = _from_term(lines, at, at, at)
    return Crash("erlang", at, last, crash.causes) if crash else None


def _terminated(lines: tuple[str, ...], first: int, at: int) -> Crash | None:
    begin = at + 1 if at + 1 < len(lines) and lines[at].rstrip().endswith(("==", "=", ":")) else at
    last = begin
    for index in range(begin + 1, min(len(lines), begin + 200)):
        if lines[index].startswith("** ") or not lines[index].strip() or not lines[index][:1].isspace():
            break
        last = index
    return _from_term(lines, first, begin, last)


def _end_of_term(lines: tuple[str, ...], at: int) -> int:
    last = at
    for index in range(at + 1, min(len(lines), at + 200)):
        if not lines[index][:1].isspace() or not lines[index].strip():
            break
        last = index
    return last


def _from_term(lines: tuple[str, ...], first: int, begin: int, last: int) -> Crash | None:
    """The reason is what stands before the stack, which is a list of tuples."""
    if begin >= len(lines):
        return None
    text = " ".join(line.strip() for line in lines[begin : last + 1])
    text = re.sub(r"^\*\* ", "", text)
    text = re.sub(
        r"^\{\"(?:init terminating in do_boot|Kernel pid terminated)\",|^init terminating in do_boot \(", "", text
    )
    stack = re.search(r",\s*\[\{(?:[a-z]|')", text)
    reason = text[: stack.start()] if stack else text
    if stack and reason.startswith("{"):
        reason = reason[1:]
    frames = frames_of_term(lines, begin, last)
    if not frames and not _TERM.match(reason):
        return None
    return Crash("erlang", first, max(last, first), (_named(reason.strip(), frames, Span(begin)),))


def _named(reason: str, frames: tuple[Frame, ...], printed: Span) -> Cause:
    """The atom of the reason is its class; the value with it is the message."""
    for pattern, kind in _WORDS:
        words = pattern.match(reason)
        if words:
            return Cause(kind, reason, frames, printed)
    term = _TERM.match(reason)
    if term:
        return Cause(term["kind"], term["value"].strip(), frames, printed)
    atom = re.match(r"^[a-z_]\w*$", reason)
    return Cause(reason if atom else "exception error", "" if atom else reason, frames, printed)
