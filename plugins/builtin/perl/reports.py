"""What Perl prints when it dies: "message at FILE line N.", and Carp's lines "name(…) called at FILE line N"."""

import re

from crashlight_sdk import Cause, Crash, Frame, Origin, Span
from crashlight_sdk.records import starts_record

_FILE = r"(?:\(eval \d+\)|-e|(?:[A-Za-z]:)?[^\s:\"'()]+\.(?:pl|pm|t|cgi|psgi|plx|PL)|/?[\w./-]+/[\w.-]+)"
_DIED = re.compile(
    rf"(?P<message>\S.*?) at (?P<file>{_FILE}) line (?P<line>\d++)(?:, <[^>]*> (?:line|chunk) \d++)?"
    r"(?P<rest>\.|, near .*|, at EOF|,? ?)\s*$"
)
_CALLED = re.compile(rf"\s+(?P<call>\S.*?) called at (?P<file>{_FILE}) line (?P<line>\d++)")
_ABORTED = re.compile(r"(?:BEGIN failed--compilation aborted|Compilation failed in require|Execution of .* aborted)")
_WARNINGS = re.compile(
    r"Use of uninitialized|Argument \".*\" isn't numeric|Subroutine \S+ redefined"
    r"|\S+ redefined|Name \".*\" used only once|"
    r"Useless use|Odd number of elements|Deep recursion|Possible |Scalar value"
    r"|Unquoted string|Wide character|substr outside|"
    r"Variable \"\S+\" (?:masks|will not stay)|\"my\" variable|Reference found where"
    r"|Applying pattern|Smartmatch|given is|Statement unlikely|"
    r"Found = in conditional|Unescaped left brace|splice\(\) offset|readline\(\) on closed"
    r"|print\(\) on closed|Exiting |Deprecated|"
    r".*(?:is|are) (?:experimental|deprecated)|# |\s*Failed test|Duplicate |Ambiguous "
    r"|Prototype mismatch|Constant subroutine"
)


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose message ends on line ``at``."""
    line = lines[at]
    if " line " not in line:
        return None
    match = _DIED.match(line)
    if match is None or _WARNINGS.match(line.strip()) or _CALLED.match(line) or starts_prose(match["message"]):
        return None
    if _ABORTED.match(line):
        return None
    frames = [_frame(match, at, None)]
    index = last = at
    names: list[str] = []
    while index + 1 < len(lines):
        index += 1
        called = _CALLED.match(lines[index])
        if called is not None:
            names.append(called["call"].partition("(")[0])
            frames.append(_frame(called, index, None))
        elif not _ABORTED.match(lines[index].strip()):
            break
        last = index
    functions = [*names, None]
    placed = tuple(
        Frame(frame.file, frame.line, name, origin=frame.origin, printed=frame.printed)
        for frame, name in zip(frames, functions, strict=False)
    )
    if len(frames) == 1 and last == at and match["rest"] not in (".",) and not match["rest"].startswith(", "):
        return None
    column = match.start("message")
    return Crash("perl", at, last, (Cause("die", match["message"], placed, Span(at, column, match.end("message"))),))


def starts_prose(message: str) -> bool:
    """Whether the words before "at FILE line N" are no error: another program's note of a place."""
    return message.lower().startswith(
        ("at ", "see ", "defined ", "in ", "called ", "note: ", "warning: ", "from ")
    ) or (starts_record(message) and " died" not in message and "error" not in message.lower())


def _frame(match: re.Match[str], index: int, function: str | None) -> Frame:
    file = match["file"]
    return Frame(
        file,
        int(match["line"]),
        function,
        origin=_origin(file),
        printed=Span(index, match.start("file"), match.end("line")),
    )


def _origin(file: str) -> Origin:
    if re.search(r"/(?:perl5?|site_perl|vendor_perl|local/lib/perl5)/|/share/perl|/lib/perl", file):
        return "runtime" if re.search(r"/(?:Carp|strict|warnings|Test/\w+|Exporter)\.pm|/Try/Tiny", file) else "library"
    return "library" if file.startswith("(eval") else "app"
