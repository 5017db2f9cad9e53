"""Where an error record of PowerShell begins and ends: the layout of Windows PowerShell, and the concise one of 7."""

import re

from crashlight_sdk import Cause, Crash, Frame, Span

_AT = re.compile(
    r"^(?:At|Ligne|In|En|Bei|Zeile) (?P<place>(?P<file>line|[A-Za-z]:\\[^:]*+"
    r"|/[^:]*+):(?P<line>\d++)) (?:char|Zeichen|Caractère|car\.|carácter):\s*+(?P<column>\d++)\s*$"
)
_CODE = re.compile(r"^\+ (?P<code>.*)$")
_CATEGORY = re.compile(
    r"^\s*+\+ CategoryInfo\s++: (?P<category>\w++): \((?P<target>[^)]*+)\) \[(?P<command>[^\]]*+)\], (?P<type>\S++)"
)
_ID = re.compile(r"^\s*+\+ FullyQualifiedErrorId : (?P<id>.*)$")
_MARK = re.compile(r"^\+ *+~++")
_CONCISE = re.compile(
    r"^(?P<type>[A-Za-z][\w.-]*+): "
    r"(?P<place>(?P<file>(?:[A-Za-z]:)?(?=[^:]*[\\/])[^:]*\.ps[m1]\w*+):(?P<line>\d++)(?::(?P<column>\d++)"
    r")?)\s*$"
)
_SHORT = re.compile(r"^(?P<type>[A-Z]\w*+-\w++|\w++(?:Exception|Error)|ParserError|Exception): ?(?P<message>.*)$")
_HEADER = re.compile(r"^Line \|\s*$")
_NUMBERED = re.compile(r"^\s*+(?P<line>\d++) \|\s{0,2}(?P<code>.*)$")
_BAR = re.compile(r"^\s++\|\s?(?P<text>.*)$")


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose sure sign is line ``at``."""
    line = lines[at]
    if _HEADER.match(line):
        return _concise(lines, at, floor)
    if "CategoryInfo" in line and (category := _CATEGORY.match(line)):
        return _classic(lines, at, floor, category)
    return None


def _classic(lines: tuple[str, ...], at: int, floor: int, category: re.Match[str]) -> Crash:
    """``message``, ``At file:line char:column``, the source line, ``+ CategoryInfo``, ``+ FullyQualifiedErrorId``."""
    frame: Frame | None = None
    code, above = "", at
    for index in range(at - 1, max(floor, at - 12) - 1, -1):
        place, source = _AT.match(lines[index]), _CODE.match(lines[index])
        if place:
            file = None if place["file"] == "line" else place["file"]
            printed = Span(index, place.start("place"), place.end("place")) if file else None
            frame = Frame(
                file,
                int(place["line"][:9]) if file else None,
                None,
                int(place["column"][:9]),
                origin="app",
                printed=printed,
                text=code or None,
            )
            above = index
            break
        if source and not _MARK.match(lines[index]):
            code = source["code"].strip()
        elif not _MARK.match(lines[index]) and not lines[index].startswith("+"):
            above = index + 1
            break
    first = above
    while (
        first > floor
        and above - first < 6
        and lines[first - 1].strip()
        and not _ID.match(lines[first - 1])
        and not _is_prompt(lines[first - 1])
    ):
        first -= 1
    message = " ".join(line.strip() for line in lines[first:above])
    last, ids = at, ""
    for index in range(at + 1, min(len(lines), at + 4)):
        identity = _ID.match(lines[index])
        if identity:
            last, ids = index, identity["id"].strip()
            break
        if lines[index].strip():
            last = index
    command = category["command"]
    prefix = f"{command} : "
    if command and message.startswith(prefix):
        message = message.removeprefix(prefix)
    frames = (frame,) if frame else ()
    details = f"{category['category']}: ({category['target']}); {ids}"
    return Crash("powershell", first, last, (Cause(category["type"], message.strip(), frames, Span(first), details),))


def _is_prompt(line: str) -> bool:
    return bool(re.match(r"^(?:PS )?(?:[A-Z]:\\[^>]*+|/\S*+)?>\s", line))


def _concise(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """``Type: file:line`` (or ``Type:`` alone), ``Line |``, the numbered source line, and the message behind bars."""
    if at == floor:
        return None
    head, short = _CONCISE.match(lines[at - 1]), _SHORT.match(lines[at - 1])
    named = head or short
    numbered = _NUMBERED.match(lines[at + 1]) if at + 1 < len(lines) else None
    if named is None or numbered is None:
        return None
    message: list[str] = []
    last = at + 1
    for index in range(at + 2, min(len(lines), at + 30)):
        bar = _BAR.match(lines[index])
        if bar is None:
            break
        last = index
        text = bar["text"].strip()
        if text.strip(" ~"):
            message.append(text)
    frame = Frame(None, int(numbered["line"][:9]), None, origin="app", text=numbered["code"].strip())
    if head:
        printed = Span(at - 1, head.start("place"), head.end("place"))
        frame = Frame(
            head["file"], int(head["line"][:9]), None, origin="app", printed=printed, text=numbered["code"].strip()
        )
    text = " ".join(message)
    return Crash("powershell", at - 1, last, (Cause(named["type"], text, (frame,) if head else (), Span(at - 1)),))
