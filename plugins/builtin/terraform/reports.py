"""The errors of Terraform and OpenTofu, in the box of a terminal or without it.

The layout is that of ``internal/command/format/diagnostic.go`` in Terraform's sources.
"""

import re

from crashlight_sdk import Cause, Crash, Frame, Span

_ERROR = re.compile(r"^(?P<bar>[│|] )?Error: (?P<message>\S.*)$")
_ON = re.compile(
    r"^(?:[│|] )?\s++(?:on"
    r"|with) (?P<place>(?P<file>[\w./\\-]{1,300}?\.tf(?:vars)?(?:\.json)?) line (?P<line>\d++))(?:, in "
    r"(?P<block>.*?))?:?\s*$"
)
_WITH = re.compile(r"^(?:[│|] )?\s++with (?P<address>[\w.\[\]\"-]++)[,:]?\s*$")
_CODE = re.compile(r"^(?:[│|] )?\s++(?P<line>\d++): (?P<code>.*)$")
_END = re.compile(r"^[╵']\s*$")


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The error whose headline is line ``at``; without its box it counts only with a place in a .tf file."""
    error = _ERROR.match(lines[at]) if "Error: " in lines[at] else None
    if error is None:
        return None
    boxed = bool(error["bar"])
    first = at - 1 if at > floor and lines[at - 1].strip() in ("╷", ",") else at
    frame: Frame | None = None
    address = ""
    said: list[str] = []
    last, blanks = at, 0
    for index in range(at + 1, min(len(lines), at + 80)):
        line = lines[index]
        if _END.match(line):
            last = index
            break
        if (boxed and not line.startswith(("│", "|"))) or _ERROR.match(line):
            break
        place, resource, code = _ON.match(line), _WITH.match(line), _CODE.match(line)
        text = line.lstrip("│|").strip()
        if place and frame is None:
            printed = Span(index, place.start("place"), place.end("place"))
            frame = Frame(place["file"], int(place["line"][:9]), place["block"], origin="app", printed=printed)
        elif resource:
            address = resource["address"]
        elif code and frame and frame.text is None:
            frame = Frame(
                frame.file, frame.line, frame.function, None, None, "app", frame.printed, code["code"].strip()
            )
        elif text:
            said.append(text)
        blanks = 0 if text else blanks + 1
        if not boxed and (blanks > 1 or len(said) > 12):
            break
        if text:
            last = index
    if not boxed and frame is None:
        return None
    details = "\n".join(filter(None, [address, *said]))
    message = " ".join([error["message"].strip(), *said[:3]]) if said else error["message"].strip()
    return Crash(
        "other",
        first,
        last,
        (Cause("Error", message, (frame,) if frame else (), Span(at, error.start("message")), details),),
    )
