"""What a terminal or a damaged disk adds to text: colours, links, NULs. All patterns are linear.

Sequences are those of ECMA-48: CSI, OSC (links, titles), other strings, and two-character escapes.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

_SEQUENCES = (
    r"\x1b\[[0-?]*+[ -/]*+[@-~]"  # CSI: colours, cursor
    r"|\x1b\][^\x07\x1b\n]*+(?:\x07|\x1b\\)"  # OSC: links, titles
    r"|\x1b[PX^_][^\x1b\n]*+\x1b\\"
    r"|\x1b[ -/]*+[0-~]"
    r"|[\x00\x1b]"
)
_IN_BYTES = re.compile(_SEQUENCES.encode("ascii"))
_IN_TEXT = re.compile(_SEQUENCES + "|\ufeff")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Bytes without noise; ``original`` maps an offset in them to one in the bytes that they came from."""

    data: bytes
    _places: tuple[int, ...] = ()  # in data, where something was dropped in front of
    _dropped: tuple[int, ...] = ()  # how much was dropped up to there

    def original(self, offset: int) -> int:
        """The offset in the original of the byte at ``offset``."""
        index = bisect_right(self._places, offset)
        return offset + (self._dropped[index - 1] if index else 0)


def quiet(block: bytes) -> Quiet:
    """``block`` without colours and NULs. No line break is ever dropped."""
    if b"\x1b" not in block and b"\0" not in block:
        return Quiet(block)
    places: list[int] = []
    dropped: list[int] = []
    total = 0
    for match in _IN_BYTES.finditer(block):
        places.append(match.start() - total)
        total += match.end() - match.start()
        dropped.append(total)
    return Quiet(_IN_BYTES.sub(b"", block), tuple(places), tuple(dropped))


def clean(text: str) -> tuple[str, tuple[int, ...] | None]:
    """One line without noise, and the column of each character kept and one past the end; None where all was kept."""
    if "\x1b" not in text and "\0" not in text and "\ufeff" not in text:
        return text, None
    kept: list[str] = []
    columns: list[int] = []
    last = 0
    for match in _IN_TEXT.finditer(text):
        kept.append(text[last : match.start()])
        columns.extend(range(last, match.start()))
        last = match.end()
    kept.append(text[last:])
    columns.extend(range(last, len(text) + 1))
    return "".join(kept), tuple(columns)
