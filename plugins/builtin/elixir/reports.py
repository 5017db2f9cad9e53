"""Reports of Elixir and Erlang.

Elixir prints ``** (Class) message`` and frames as ``(application version) file:line: function``. Erlang's shell and
its error logger print terms, with ``{module,function,arity,[{file,"…"},{line,n}]}`` for a frame.
"""

import re

from crashlight_sdk import Cause, Crash, Frame, Origin, Span
from crashlight_sdk.records import indent, starts_record

_RAISED = re.compile(r"(?P<lead>.*?)\*\* \((?P<type>[\w.]+|exit|throw|EXIT from [^)]*)\)(?: (?P<message>.*))?$")
_FRAME = re.compile(
    r"\s*+(?:\((?P<app>[\w-]++)(?: (?P<version>[\w.+-]++))?\) )?(?P<file>[^\s:()]+\.(?:exs?|erl|eex|leex|heex|yrl|xrl))"
    r":(?P<line>\d++)(?::\d+)?(?:: (?P<function>\S.*))?$"
)
_PLACELESS = re.compile(
    r"\s{4,}+(?:\((?P<app>[\w-]++)(?: (?P<version>[\w.+-]++))?\) )?"
    r"(?P<function>:?[A-Za-z_][\w.:]*[.:][\w?!]+(?:/\d+|\(.*\)))\s*$"
)
_TEST = re.compile(r"\s*+\d++\) (?:test|property|doctest) .*\((?P<module>[\w.]+)\)\s*$")
_ASSERTION = re.compile(r"\s*+(?P<what>Assertion .*|Expected .*|Refute .*|match \(=\) failed|Assertion failed.*)$")
_NOTE = re.compile(r"\s*+(?:code|left|right|stacktrace|arguments|mailbox|The following):?")
_HEADER = re.compile(
    r".*(?:GenServer .* terminating|Task #PID<.*terminating|Process #PID<.* raised an exception|"
    r"#PID<.*> running .* terminated|State machine .* terminating|Ranch .* terminated|Process .* terminating)"
)
_ABOVE = re.compile(r"(?:Server: |Request: |\s*$)")
_BELOW = re.compile(
    r"(?:Last message|State|Function|    Args|Initial Call|Ancestors|Client |Queue|Postponed|Started from)"
)
_SHELL = re.compile(
    r"(?P<lead>.*?)\*\* exception (?P<type>error|exit|throw): (?P<message>.*)$"
    r"|escript: exception (?P<type2>error|exit|throw): (?P<message2>.*)$"
)
_IN = re.compile(
    r"\s+(?:in (?:function|call from)|called as|\()\s*(?P<function>[\w:'@$.<>/ -]+?/?\d*)?"
    r"\s*\((?P<file>[^\s(),]+\.erl), line (?P<line>\d++)\)"
)
_PROCESS = re.compile(
    r".*Error in process <[\d.]+>(?: on node \S+)? with exit value:|.*CRASH REPORT Process .*"
    r"|=(?:CRASH|ERROR) REPORT====.*"
)
_TERM = re.compile(r"\{file, ?\"(?P<file>[^\"]*+)\"\}, ?\{line, ?(?P<line>\d++)\}")
_IN_MESSAGE = re.compile(r"(?P<file>[\w./-]+\.(?:exs?|eex|heex)):(?P<line>\d++)")
_CALL = re.compile(r"\{('?[\w.]++'?),('?[\w/$<>?!-]++'?),")
_STATE = re.compile(r"\*\* (?:Last message|When Server state|State)")
_REASON = re.compile(
    r"\{\{?(?P<reason>[a-z_]+)|exception (?P<class>error|exit|throw): (?P<said>.*)"
    r"|reason(?: for termination)?:? ?=?=? ?(?P<why>.*)"
)
_LAGER = re.compile(
    r"crashed with reason: (?P<reason>.*?) in (?P<module>[\w.]+):(?P<function>[\w/]+)/\d+ line (?P<line>\d++)"
)

_RUNTIME = frozenset(
    {
        "elixir",
        "stdlib",
        "kernel",
        "erts",
        "iex",
        "mix",
        "ex_unit",
        "logger",
        "eex",
        "compiler",
        "ssl",
        "inets",
        "crypto",
        "public_key",
        "mnesia",
        "sasl",
        "runtime_tools",
    }
)
_LIBRARIES = re.compile(
    r"(?:plug\w*|phoenix\w*|ecto\w*|cowboy\w*|cowlib|ranch|bandit|thousand_island"
    r"|db_connection|postgrex|myxql|tds|jason|poison|"
    r"telemetry\w*|absinthe\w*|oban\w*|tesla|hackney|httpoison|finch|mint|castore"
    r"|nimble\w*|gen_stage|broadway\w*|flow|swoosh|"
    r"bamboo|guardian|comeonin|bcrypt\w*|argon2\w*|ex_aws\w*|ex_machina|mox|bypass"
    r"|hound|wallaby|credo|dialyxir|gettext|timex|"
    r"tzdata|decimal|html\w*|floki|nx|exla|axon|livebook|kino|redix|amqp|brod"
    r"|kafka_ex|grpc|protobuf|cachex|con_cache|quantum|"
    r"libcluster|horde|swarm|sentry|appsignal|new_relic\w*|prom_ex|req|websock\w*|gun|poolboy|parse_trans|certifi|idna)"
)


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report of which line ``at`` is the first sign."""
    line = lines[at]
    if "** exception " in line or "exception error" in line or "exception exit" in line:
        return _shell(lines, at)
    if "** (" in line and (raised := _RAISED.match(line)) is not None:
        return _raised(lines, at, floor, raised)
    if _ASSERTION.match(line) and "stacktrace:" in "".join(lines[at : at + 40]):
        return _assertion(lines, at, floor)
    if ("process <" in line or "REPORT" in line) and _PROCESS.match(line):
        return _erlang(lines, at)
    return None


def _raised(lines: tuple[str, ...], at: int, floor: int, raised: re.Match[str]) -> Crash | None:
    """An exception with the frames below it, and the process report around it."""
    innermost, match = at, raised
    while innermost + 1 < len(lines) and (match["message"] or "").rstrip(": ").endswith(
        ("was raised", "exited", "EXIT")
    ):
        inner = _RAISED.match(lines[innermost + 1])
        if inner is None:
            break
        innermost, match = innermost + 1, inner
    begin = innermost + 1
    depth = indent(lines[innermost])
    message = [match["message"] or ""]
    while begin < min(len(lines), innermost + 60) and _frame(lines[begin], begin) is None:
        text = lines[begin]
        if starts_record(text) or (not text.strip() and not _soon(lines, begin)) or _BELOW.match(text.strip()):
            break
        message.append(text[depth:] if text[:depth].strip() == "" else text)
        begin += 1
    has_frames = begin < len(lines) and _frame(lines[begin], begin) is not None
    frames, last = _frames(lines, begin) if has_frames else ([], innermost)
    first = _first(lines, at, floor)
    if not frames and first == at and raised["lead"].strip():
        return None
    last = _last(lines, last) if first != at or frames else last
    said = message if has_frames else message[:1]
    text = "\n".join(row for row in said if not _NOTE.match(row)).strip()
    kind = match["type"]
    details = "\n".join(row for row in said if _NOTE.match(row))
    if (placed := _IN_MESSAGE.match(text)) is not None:  # What does not compile is named by the message alone.
        file, shift = placed["file"], match.start("message")
        printed = Span(innermost, shift, shift + placed.end("line"))
        frames.insert(0, Frame(file, int(placed["line"]), None, origin="app", printed=printed))
    cause = Cause(kind, text, tuple(frames), Span(innermost, match.start("type")), details)
    return Crash("elixir", first, max(last, innermost), (cause,))


def _soon(lines: tuple[str, ...], index: int) -> bool:
    """Whether frames or "stacktrace:" follow: the message has blank lines, and indented ones after them."""
    for number in range(index + 1, min(len(lines), index + 40)):
        if lines[number].strip() == "stacktrace:" or _frame(lines[number], number) is not None:
            return True
        if lines[number].strip() and lines[number][:2] != "  ":
            return False
    return False


def _first(lines: tuple[str, ...], at: int, floor: int) -> int:
    """The first line of the process or test report around the exception on line ``at``."""
    for index in range(at - 1, max(floor, at - 6) - 1, -1):
        if _HEADER.match(lines[index]):
            return index
        if _TEST.match(lines[index]) and index >= at - 2:
            return index
        if not _ABOVE.match(lines[index]) and not _FRAME.match(lines[index]):
            break
    return at


def _last(lines: tuple[str, ...], last: int) -> int:
    index = last + 1
    while (
        index < min(len(lines), last + 12)
        and _BELOW.match(lines[index].strip())
        and not lines[index].startswith("    at")
    ):
        last = index
        index += 1
    return last


def _frames(lines: tuple[str, ...], index: int) -> tuple[list[Frame], int]:
    frames: list[Frame] = []
    while index < len(lines):
        frame = _frame(lines[index], index)
        if frame is None:
            break
        frames.append(frame)
        index += 1
    return frames, index - 1


def _frame(line: str, index: int) -> Frame | None:
    match = _FRAME.match(line)
    if match is not None:
        file = match["file"]
        return Frame(
            file=file,
            line=int(match["line"]),
            function=_name(match["function"]),
            module=match["app"],
            origin=_origin(match["app"], match["version"] or "", file),
            printed=Span(index, match.start("file"), match.end("line")),
        )
    match = _PLACELESS.match(line)
    if match is None:
        return None
    where = _origin(match["app"], match["version"] or "", "")
    return Frame(None, None, match["function"], module=match["app"], origin="runtime" if where == "app" else where)


def _name(function: str | None) -> str | None:
    """The function without the arguments that a clause error shows."""
    return function.partition("(")[0] or function if function else None


def _origin(app: str | None, version: str, file: str) -> Origin:
    """The origin by the application in parentheses; a runtime built from a checkout is being worked on."""
    if app is None:
        return "library" if file.startswith(("deps/", "/deps/")) or "/deps/" in file else "app"
    if app in _RUNTIME:
        return "app" if version.endswith("-dev") and file.startswith("lib/") else "runtime"
    return "library" if _LIBRARIES.fullmatch(app) else "app"


def _assertion(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """A failed assertion of ExUnit, which prints no class."""
    match = _ASSERTION.match(lines[at])
    title = next((index for index in range(at - 1, max(floor, at - 4) - 1, -1) if _TEST.match(lines[index])), None)
    stack = next(
        (index for index in range(at, min(len(lines), at + 60)) if lines[index].strip() == "stacktrace:"), None
    )
    if match is None or title is None or stack is None:
        return None
    frames, last = _frames(lines, stack + 1)
    details = "\n".join(line.strip() for line in lines[at + 1 : stack])
    cause = Cause("ExUnit.AssertionError", match["what"], tuple(frames), Span(at, match.start("what")), details)
    return Crash("elixir", title, max(last, stack), (cause,))


def _shell(lines: tuple[str, ...], at: int) -> Crash | None:
    match = _SHELL.match(lines[at])
    if match is None:
        return None
    kind, message = match["type"] or match["type2"], match["message"] or match["message2"]
    frames: list[Frame] = []
    index = last = at
    while index + 1 < len(lines) and lines[index + 1][:1] in (" ", "\t"):
        index += 1
        place = _IN.match(lines[index])
        if place is not None:
            span = Span(index, place.start("file"), place.end("line"))
            frames.append(_erlang_frame(place["file"], int(place["line"]), place["function"], span))
        last = index
    cause = Cause(kind, message, tuple(frames), Span(at, match.start("message" if match["message"] else "message2")))
    return Crash("erlang", at, last, (cause,))


def _erlang_frame(file: str, line: int, function: str | None, span: Span | None) -> Frame:
    name = file.rpartition("/")[2]
    ours = name not in _OTP
    return Frame(file, line, (function or "").strip() or None, origin="app" if ours else "runtime", printed=span)


def _erlang(lines: tuple[str, ...], at: int) -> Crash | None:
    """A report of the error logger: the reason, and the stack as a term."""
    reason = ""
    frames: list[Frame] = []
    last = at
    for index in range(at, min(len(lines), at + 200)):
        line = lines[index]
        if index > at and (line.startswith("=") or (not line.strip() and frames) or starts_record(line)):
            break
        if (lager := _LAGER.search(line)) is not None:
            frame = _erlang_frame(f"{lager['module']}.erl", int(lager["line"]), lager["function"], None)
            return Crash("erlang", at, at, (Cause("error", lager["reason"], (frame,), Span(at)),))
        if not reason and not _STATE.match(line) and (found := _REASON.search(line)) is not None:
            reason = next((group for group in found.groups() if group), "")
        for term in _TERM.finditer(line):
            span = Span(index, term.start("file"), term.end("line"))
            before = "".join(lines[max(at, index - 6) : index]) + line[: term.start()]
            calls = _CALL.findall(before)
            name = f"{calls[-1][0]}:{calls[-1][1]}" if calls else None
            frames.append(_erlang_frame(term["file"], int(term["line"]), name, span))
        if line.strip():
            last = index
    if not frames:
        return None
    return Crash("erlang", at, last, (Cause("error", reason, tuple(frames), Span(at)),))


_OTP_MODULES = """
    gen_server gen_statem gen_event gen_fsm proc_lib supervisor erl_eval shell lists maps ets gen
    application_master init escript error_handler io_lib io file timer erlang string binary proplists dict queue
    rand
"""
_OTP = frozenset(f"{name}.erl" for name in _OTP_MODULES.split())
