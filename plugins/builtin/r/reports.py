"""Where an R report begins and ends: the error with its call, the chain of calls, warnings, tracebacks."""

import re

from crashlight_sdk import Cause, Crash, Frame, Origin, Span

_ERROR = re.compile(
    r"^(?:.*?[\s\]:])?Error(?: in (?P<call>.*?)(?P<place> ?\((?:from "
    r")?(?P<file>[\w./\\-]{1,300}?\.[Rr])#(?P<line>\d++)\))? ?:(?: (?P<message>.*)|\s*)|: (?P<bare>.*))$"
)
_TIDY = re.compile(r"^Error (?:in )?(?P<call>`[^`]++`|`?[\w.:]++\(\)`?|)? ?!?:?\s*$|^Error in `(?P<call2>[^`]++)`:\s*$")
_CAUSED = re.compile(r"^Caused by error(?: in (?P<call>`[^`]++`|[\w.]++\(\)))?!?:?\s*(?P<message>.*)$")
_BULLET = re.compile(r"^\s*+(?:!|✖|x|i|ℹ|\*|•|└|├)\s?(?P<message>.*)$")
_CALLS = re.compile(r"^Calls: (?P<calls>.*)$")
_HALTED = re.compile(r"^Execution halted\s*$")
_MORE = re.compile(r"^(?:In addition: |Warning message|  |In .*:$|\s*+[!ℹ✖•]|Backtrace:|\s+(?:\d+\.|▆|█))")
_TRACED = re.compile(
    r"^\s*+(?P<number>\d++): (?P<call>[\w.:`$]++.*?)(?: at (?P<place>(?P<file>[^\s#]++)#(?P<line>\d++)))?\s*$"
)
_SEGFAULT = re.compile(r"^\s*+\*\*\* caught (?P<kind>\w++) \*\*\*\s*$")
_BASE = frozenset(
    [
        "stop",
        "library",
        "require",
        "print",
        "file",
        "read.csv",
        "read.table",
        "readLines",
        "source",
        "eval",
        "eval.parent",
        "try",
        "tryCatch",
        "tryCatchList",
        "tryCatchOne",
        "doTryCatch",
        "lapply",
        "sapply",
        "vapply",
        "mapply",
        "FUN",
        "do.call",
        "Reduce",
        "Filter",
        "Map",
        "withCallingHandlers",
        "withVisible",
        "match.arg",
        "match.fun",
        "get",
        "getExportedValue",
        "loadNamespace",
        "requireNamespace",
        "asNamespace",
        "%in%",
        "data.frame",
        "as.data.frame",
        "rbind",
        "cbind",
        "merge",
        "aggregate",
        "lm",
        "glm",
        "predict",
        "model.frame",
        "model.matrix",
        "plot",
        "apply",
        "unlist",
        "strsplit",
        "gsub",
        "readRDS",
        "load",
        "url",
        "download.file",
        "parse",
        "signalCondition",
        ".handleSimpleError",
        "h",
        "if",
        "for",
        "while",
        "`[.data.frame`",
        "`[[.default`",
        "`[`",
        "`[[`",
    ]
)


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose headline is line ``at``."""
    line = lines[at]
    if "caught" in line and (segfault := _SEGFAULT.match(line)):
        return _segfault(lines, at, segfault["kind"])
    if not line.startswith("Error") and "Error" not in line[:60]:
        return None
    tidy = _TIDY.match(line)
    if tidy and at + 1 < len(lines) and _BULLET.match(lines[at + 1]):
        return _chain(lines, at, tidy["call"] or tidy["call2"])
    error = _ERROR.match(line)
    if error and not (error["bare"] and not _halts(lines, at)):
        return _error(lines, at, error)
    return None


def _halts(lines: tuple[str, ...], at: int) -> bool:
    return any(_HALTED.match(line) or _CALLS.match(line) for line in lines[at + 1 : at + 12])


def _error(lines: tuple[str, ...], at: int, error: re.Match[str]) -> Crash | None:
    """``Error in call : message``; R breaks the line after the colon where both are long."""
    message = [error["message"] or error["bare"] or ""]
    calls: tuple[str, ...] = ()
    frames: list[Frame] = []
    last, sure, index = at, False, at + 1
    while index < min(len(lines), at + 200):
        line = lines[index]
        chain, traced = _CALLS.match(line), _TRACED.match(line)
        if chain:
            calls = tuple(part.strip() for part in chain["calls"].split(" -> "))
            sure = True
        elif _HALTED.match(line):
            last, sure = index, True
            break
        elif traced and (frames or traced["number"].isdigit()) and ("(" in line or "#" in line):
            frames.append(_traced(traced, index))
            sure = True
        elif index == at + 1 and line.startswith("  ") and not message[0]:
            message = [line.strip()]
        elif _MORE.match(line):
            if line.startswith("  ") and len(message) < 12:
                message.append(line.strip())
        else:
            break
        last = index
        index += 1
    call = (error["call"] or "").strip()
    if not (sure or (call and re.match(r"^[\w.`$:\[]", call) and message[0] and re.search(r"[(\[\]]|^if ", call))):
        return None
    place = _error_place(error, call, at)
    own = [Frame(None, None, name, origin=_origin(name)) for name in reversed(calls) if name not in ("", "...")]
    stack = (place, *(frames or own)) if place.file or not frames else tuple(frames)
    return Crash(
        "r",
        at,
        last,
        (
            Cause(
                "Error",
                message[0].strip(),
                tuple(stack),
                Span(at),
                "\n".join([f"in {call}" if call else "", *message[1:]]).strip(),
            ),
        ),
    )


def _error_place(error: re.Match[str], call: str, at: int) -> Frame:
    name = re.match(r"^`?[\w.:]++`?(?=\()", call)
    function = name[0].strip("`") if name else call or None
    if error["file"]:
        printed = Span(at, error.start("file"), error.end("line"))
        return Frame(error["file"], int(error["line"][:9]), function, origin="app", printed=printed)
    return Frame(None, None, function, origin=_origin(function or ""))


def _traced(traced: re.Match[str], at: int) -> Frame:
    name = re.match(r"^[\w.:`$]++", traced["call"])
    function = name[0] if name else traced["call"]
    printed = Span(at, traced.start("place"), traced.end("place")) if traced["place"] else None
    line = int(traced["line"][:9]) if traced["line"] else None
    return Frame(traced["file"], line, function, origin="app" if traced["file"] else _origin(function), printed=printed)


def _chain(lines: tuple[str, ...], at: int, call: str | None) -> Crash:
    """The errors of rlang: a bullet with the message, and the errors that caused it, the root last."""
    causes: list[Cause] = []
    parts: list[str] = []
    function, last, index = call, at, at + 1

    def close() -> None:
        name = (function or "").strip("`").removesuffix("()")
        frames = (Frame(None, None, name, origin=_origin(name)),) if name else ()
        causes.append(Cause("Error", " ".join(parts).strip(), frames, Span(at)))

    while index < min(len(lines), at + 200):
        line = lines[index]
        caused, bullet = _CAUSED.match(line), _BULLET.match(line)
        if caused:
            close()
            parts, function = [caused["message"].strip()] if caused["message"] else [], caused["call"]
        elif bullet and len(parts) < 6:
            parts.append(bullet["message"].strip())
        elif _HALTED.match(line):
            last = index
            break
        elif not (_MORE.match(line) or _CALLS.match(line) or (not line.strip() and index < last + 2)):
            break
        if line.strip():
            last = index
        index += 1
    close()
    return Crash("r", at, last, tuple(causes))


def _segfault(lines: tuple[str, ...], at: int, kind: str) -> Crash:
    frames: list[Frame] = []
    message = ""
    last = at
    for index in range(at + 1, min(len(lines), at + 200)):
        traced = _TRACED.match(lines[index])
        if traced:
            frames.append(_traced(traced, index))
        elif lines[index].startswith("address "):
            message = lines[index].strip()
        elif lines[index].strip() not in ("", "Traceback:") and not lines[index].startswith(
            ("Possible actions", "An irrecoverable", "aborting", "R is aborting")
        ):
            break
        if lines[index].strip():
            last = index
    return Crash("r", at, last, (Cause(kind, message, tuple(frames), Span(at)),))


def _origin(function: str) -> Origin:
    name = function.strip("`")
    return "runtime" if name in _BASE or function in _BASE or not name else "library" if "::" in name else "app"
