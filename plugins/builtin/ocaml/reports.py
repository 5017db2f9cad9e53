"""Where an OCaml report begins and ends. The wording is that of stdlib/printexc.ml and runtime/printexc.c."""

import re

from crashlight_sdk import Cause, Crash, Frame, Origin, Span

_FATAL = re.compile(r"^(?:.*?[\s\]:])?Fatal error: exception (?P<exception>.*)$")
_FRAME = re.compile(
    r"^\s*+(?:Raised(?: by primitive operation)?|Re-raised|Called from"
    r"|Re-raised at) (?:at )?(?P<function>[\w.'$]++(?: \(fun\))?)?\s*"
    r"(?:in )?(?:file \"(?P<file>[^\"]++)\"(?: \(inlined\))?, (?P<place>lines? (?P<line>\d++))(?:-\d++)?, "
    r"characters (?P<column>\d++)-\d++|unknown location)"
)
_EXCEPTION = re.compile(r"^(?P<type>[A-Z][\w.']*+)(?:\((?P<message>.*)\))?(?::? (?P<more>\S.*))?$", re.DOTALL)
_STANDARD = re.compile(
    r"^(?:Stdlib|CamlinternalFormat|CamlinternalLazy|Dynlink|Unix|Str)\b|^(?:Stdlib__|CamlinternalO)"
)
_LIBRARY = re.compile(r"^(?:Lwt|Base|Core|Async|Cohttp|Yojson|Dune|Mirage|Eio|Ppx|Zarith|Re)(?:_\w++|\.|__)")


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose headline is line ``at``, or a bare backtrace that begins there."""
    line = lines[at]
    fatal = _FATAL.match(line) if "Fatal error: exception " in line else None
    if fatal:
        last, frames = _stack(lines, at + 1)
        return Crash(
            "ocaml",
            at,
            max(at, last),
            (_cause(fatal["exception"].strip(), frames, Span(at, fatal.start("exception"))),),
        )
    if line.lstrip().startswith("Raised ") and _FRAME.match(line):
        last, frames = _stack(lines, at)
        if len(frames) > 1:
            above = lines[at - 1].strip() if at > floor else ""
            named = _EXCEPTION.match(above.rpartition("exception ")[2]) if above else None
            first = at - 1 if named else at
            return Crash(
                "ocaml", first, last, (_cause(above.rpartition("exception ")[2] if named else "", frames, Span(first)),)
            )
    return None


def _stack(lines: tuple[str, ...], at: int) -> tuple[int, tuple[Frame, ...]]:
    frames: list[Frame] = []
    last = at - 1
    for index in range(at, len(lines)):
        match = _FRAME.match(lines[index])
        if match is None:
            break
        last = index
        function = (
            match["function"].removesuffix(" (fun)") if match["function"] not in (None, "unknown", "file") else None
        )
        printed = Span(index, match.start("file"), match.end("place")) if match["file"] else None
        frames.append(
            Frame(
                file=match["file"],
                line=int(match["line"][:9]) if match["line"] else None,
                function=function,
                column=int(match["column"][:9]) + 1 if match["column"] else None,
                module=function.partition(".")[0] if function else None,
                origin=_origin(function, match["file"]),
                printed=printed,
            )
        )
    return last, tuple(frames)


def _origin(function: str | None, file: str | None) -> Origin:
    name = function or ""
    if _STANDARD.match(name) or (file is None and not name):
        return "runtime"
    if (
        file
        and re.match(
            r"^(?:stdlib|hashtbl|list|map|array|string|bytes|printf|scanf|camlinternal\w*+|unix|str|lazy|buffer"
            r"|queue|stack|set)\.ml$",
            file,
        )
        and not name.startswith("Dune")
    ):
        return "runtime"
    if _LIBRARY.match(name) or (
        file and re.search(r"(?:^|/)(?:\.opam|_opam|duniverse|vendor)/|^src/(?:core|unix)/lwt", file)
    ):
        return "library"
    return "app"


def _cause(exception: str, frames: tuple[Frame, ...], printed: Span) -> Cause:
    match = _EXCEPTION.match(exception)
    if match is None:
        return Cause("exception", exception, frames, printed)
    message = match["message"] if match["message"] is not None else match["more"] or ""
    unquoted = message[1:-1] if len(message) > 1 and message[0] == message[-1] == '"' else message
    place = re.match(r"^\"(?P<file>[^\"]++)\", (?P<line>\d++), (?P<column>\d++)$", message)
    if place and not frames:
        frames = (Frame(place["file"], int(place["line"][:9]), None, int(place["column"][:9]) + 1, origin="app"),)
    return Cause(match["type"], unquoted, frames, printed)
