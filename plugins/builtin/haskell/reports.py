"""Where a Haskell report begins and ends, and its call stack.

The wording is that of GHC.Exception, GHC.Stack and Control.Exception.Base in GHC's base library.
"""

import re

from crashlight_sdk import Cause, Crash, Frame, Origin, Span

_CALL_STACK = re.compile(r"^\s*+CallStack \(from (?:HasCallStack|ImplicitParams|-prof)\):?\s*$")
_FRAME = re.compile(
    r"^\s++(?P<function>[^\s,]++), called at "
    r"(?P<place>(?P<file>[^\s:]++):(?P<line>\d++):(?P<column>\d++))(?: in "
    r"(?P<package>[^\s:]++):(?P<module>\S++))?\s*$"
)
_PROFILED = re.compile(
    r"^\s++(?P<function>[A-Z][\w.']*\.[\w']++(?:\.\.\.)?) "
    r"\((?P<place>(?P<file>[^():]+?\.hs):(?:\((?P<line2>\d++),\d++\)-\(\d++,\d++\)"
    r"|(?P<line>\d++):(?P<column>\d++)(?:-\d++)?))\)\s*$"
)
_PLACED = re.compile(
    r"(?:^|: )(?P<place>(?P<file>[^\s:()]+?\.l?hs):(?:\((?P<line2>\d++),\d++\)-\(\d++,\d++\)"
    r"|(?P<line>\d++):(?P<column>\d++)(?:-\d++)?))[:|]\s*"
    r"(?P<message>(?:Non-exhaustive|Irrefutable|Missing field|Assertion failed|No instance nor default"
    r"|No match in record).*)$"
)
_SAID = re.compile(
    r"^(?P<program>[\w./+-]++): (?P<message>(?:Prelude\.|Maybe\.fromJust|Map\.|Ix\{|divide by zero"
    r"|arithmetic (?:overflow|underflow)|<<loop>>|thread blocked indefinitely|stack overflow"
    r"|heap overflow|user error \(.*\)"
    r"|(?:[^\s:]++: )?(?:openFile|openBinaryFile|getEnv|withFile|readCreateProcess|createProcess|connect"
    r"|getAddrInfo|bind|removeFile|createDirectory|hGetLine|hGetContents|fdWrite|commitBuffer)\b.*"
    r"|HttpException.*|.*: invalid argument \(.*|Ratio has zero denominator|array index out of range.*"
    r"|Error in array index.*|index out of bounds.*|undefined array element).*)$"
)
_ANY = re.compile(r"^(?P<program>[\w./+-]++): (?P<message>\S.*)$")


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose call stack, or whose only line, is line ``at``."""
    line = lines[at]
    placed = _PLACED.search(line) if ".hs:" in line or ".lhs:" in line else None
    if placed:
        frame = _at(placed, None, "app", Span(at, placed.start("place"), placed.end("place")))
        last, frames = _stack(lines, at + 1)
        return Crash("haskell", at, last, (_cause(placed["message"].strip(), (frame, *frames), Span(at)),))
    said = _SAID.match(line)
    if said and not _has_stack(lines, at + 1):
        return Crash("haskell", at, at, (_cause(said["message"].strip(), (), Span(at, said.start("message"))),))
    if "CallStack" in line and _CALL_STACK.match(line):
        return _with_stack(lines, at, floor)
    return None


def _has_stack(lines: tuple[str, ...], at: int) -> bool:
    return any(_CALL_STACK.match(line) for line in lines[at : at + 8])


def _with_stack(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """``error`` with a call stack: the message is above it, from the line with the program's name on."""
    last, frames = _stack(lines, at)
    first = None
    for index in range(at - 1, max(floor, at - 20) - 1, -1):
        if not lines[index].strip() and index < at - 1:
            break
        if _ANY.match(lines[index]):
            first = index
            break
    if first is None:
        first = at - 1 if at > floor and lines[at - 1].strip() else at
    head = _ANY.match(lines[first])
    message = [head["message"] if head else lines[first].strip(), *(line.rstrip() for line in lines[first + 1 : at])]
    if first == at or not frames:
        return None
    return Crash(
        "haskell",
        first,
        last,
        (_cause("\n".join(message).strip(), frames, Span(first, head.start("message") if head else 0)),),
    )


def _stack(lines: tuple[str, ...], at: int) -> tuple[int, tuple[Frame, ...]]:
    frames: list[Frame] = []
    last, index = at - 1, at
    while index < len(lines):
        line = lines[index]
        frame = _FRAME.match(line)
        profiled = _PROFILED.match(line)
        if frame:
            origin: Origin = (
                "app" if frame["package"] in (None, "main") or _own(frame["package"], frame["file"]) else "runtime"
            )
            # "f, called at P": the place is inside the caller of f, which the next line names.
            below = _FRAME.match(lines[index + 1]) if index + 1 < len(lines) else None
            caller = below["function"] if below else None
            frames.append(_at(frame, caller, origin, Span(index, frame.start("place"), frame.end("place"))))
        elif profiled:
            frames.insert(
                0,
                _at(profiled, profiled["function"], "app", Span(index, profiled.start("place"), profiled.end("place"))),
            )
        elif not (
            _CALL_STACK.match(line)
            or (not line.strip() and index + 1 < len(lines) and _CALL_STACK.match(lines[index + 1]))
        ):
            break
        last = index
        index += 1
    return last, tuple(frames)


def _own(package: str, file: str) -> bool:
    """A package that is built from this folder has short relative paths; those of libraries do not."""
    return not re.match(
        r"^(?:base|ghc|containers|text|bytestring|vector|array|mtl|transformers|aeson|ghc-prim|integer"
        r"|unordered-containers|primitive|parsec|lens)\b",
        package,
    ) and not file.startswith("libraries/")


def _at(match: re.Match[str], function: str | None, origin: Origin, printed: Span) -> Frame:
    groups = match.groupdict()
    line, column = groups.get("line") or groups.get("line2"), groups.get("column")
    return Frame(
        file=match["file"],
        line=int(line[:9]) if line else None,
        function=function,
        column=int(column[:9]) if column else None,
        module=groups.get("module"),
        origin=origin,
        printed=printed,
    )


def _cause(message: str, frames: tuple[Frame, ...], printed: Span) -> Cause:
    """Haskell prints no class: the words in front of a colon, where they are its own, stand for it."""
    summary, _, rest = message.partition("\n")
    kind = re.match(
        r"(?:user error|divide by zero|Prelude\.[\w!.]++|Maybe\.fromJust|<<loop>>|Non-exhaustive \w++"
        r"|stack overflow|heap overflow|thread blocked indefinitely)",
        summary,
    )
    return Cause(kind[0] if kind else "error", summary, frames, printed, rest)
