"""From a place in generated JavaScript to the one it was written at, by its source map.

The format is ECMA-426 (source map revision 3): mappings are lines divided by ``;``, segments by ``,``,
numbers in base 64 with five bits a digit, all but the generated column relative to the segment before.
"""

import base64
import binascii
import json
import posixpath
import re
from bisect import bisect_right
from dataclasses import dataclass

LARGEST_MAP = 32_000_000
_COMMENT = re.compile(r"//[#@] ?sourceMappingURL=(\S{1,2000}+)")
_DATA = re.compile(r"^data:application/json(?:;charset=[\w-]+)?(;base64)?,")
_DIGITS = {c: n for n, c in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")}


@dataclass(frozen=True, slots=True)
class Original:
    """Where a generated place was written. ``source`` is relative to the folder of the map; ``line`` is 1-based."""

    source: str
    line: int


class SourceMap:
    """One map, decoded line by line of the generated file as lines are asked for."""

    def __init__(self, text: str) -> None:
        """Raises ValueError when ``text`` is no source map that can be read."""
        data = json.loads(text.removeprefix(")]}'"))
        if not isinstance(data, dict) or not isinstance(data.get("mappings"), str):
            raise ValueError("the source map holds no mappings")
        root = data.get("sourceRoot")
        self._root = root if isinstance(root, str) else ""
        sources = data.get("sources")
        self._sources = [s if isinstance(s, str) else "" for s in sources] if isinstance(sources, list) else []
        self._lines = _decode(data["mappings"])

    def find(self, line: int, column: int) -> Original | None:
        """The original of a 1-based line and column of the generated file."""
        if not 1 <= line <= len(self._lines):
            return None
        segments = self._lines[line - 1]
        at = bisect_right(segments, column - 1, key=lambda segment: segment[0]) - 1
        if at < 0:
            return None
        _, source, original = segments[at]
        if not 0 <= source < len(self._sources) or not self._sources[source]:
            return None
        return Original(posixpath.join(self._root, self._sources[source]), original + 1)


def named_map(generated: str) -> str | None:
    """The path or address that the generated file's last comment names as its map."""
    found = _COMMENT.findall(generated[-4_000:])
    return None if not found or found[-1].startswith("data:") else str(found[-1])


def inline_map(generated: str) -> str | None:
    """The text of the map that the generated file carries in its last comment."""
    at = generated.rfind("sourceMappingURL=data:application/json")
    if at < 0:
        return None
    url = generated[at + len("sourceMappingURL=") :].split(None, 1)[0]
    head = _DATA.match(url)
    if head is None or head[1] is None:
        return None
    try:
        return base64.b64decode(url[head.end() :], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _decode(mappings: str) -> list[list[tuple[int, int, int]]]:
    """For each generated line its segments: column, number of the source, original line; all 0-based."""
    lines: list[list[tuple[int, int, int]]] = []
    source = original = 0
    for text in mappings.split(";"):
        segments, column = [], 0
        for segment in text.split(","):
            numbers = _numbers(segment)
            if not numbers:
                continue
            column += numbers[0]
            if len(numbers) >= 4:
                source += numbers[1]
                original += numbers[2]
                segments.append((column, source, original))
        segments.sort()
        lines.append(segments)
    return lines


def _numbers(segment: str) -> list[int]:
    numbers, value, shift = [], 0, 0
    for char in segment:
        digit = _DIGITS.get(char)
        if digit is None or shift > 30:
            return []
        value |= (digit & 31) << shift
        if digit & 32:
            shift += 5
        else:
            numbers.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return numbers
