"""Quoted strings inside a line: the fields of a JSON record, or of ``key="value"`` pairs, mapped back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crashlight.logs.lines import Line
from crashlight.logs.noise import clean

MAX_PARSED = 2 << 20  # characters of a line that are looked at

_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)"')
_PART = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],]')
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
_BREAK = "\\n"


@dataclass(frozen=True, slots=True)
class Field:
    """A string value in a JSON record: the keys that lead to it, and its columns inside the quotes."""

    path: tuple[str, ...]
    start: int
    end: int


def fields(text: str) -> list[Field]:
    """The string values of the JSON object that ``text`` is, also where it is cut or slightly wrong."""
    found: list[Field] = []
    path: list[str] = []
    inside: list[str] = []  # "{" or "["
    key: str | None = None
    for match in _PART.finditer(text, 0, MAX_PARSED):
        part = match[0]
        if part in "{[":
            if inside:
                path.append(key or "")
            inside.append(part)
            key = None
        elif part in "}]":
            if inside:
                inside.pop()
            if path:
                path.pop()
            key = None
        elif part == ",":
            key = None
        elif inside and inside[-1] == "{" and key is None:
            key = part[1:-1]
        else:
            found.append(Field((*path, key or ""), match.start() + 1, match.end() - 1))
    return found


def is_record(text: str) -> bool:
    """Whether a line looks like one JSON object."""
    stripped = text.strip()
    return len(stripped) > 1 and stripped[0] == "{" and stripped.rstrip(",")[-1:] == "}"


def with_breaks(line: Line) -> Iterator[Line]:
    """The quoted strings of ``line`` that hold escaped line breaks, as lines that are not decoded yet."""
    if _BREAK not in line.text:
        return
    for match in _STRING.finditer(line.text, 0, MAX_PARSED):
        if _BREAK in match[1].rstrip("\\n"):
            yield line.cut(match.start(1), match.end(1))


def decoded(line: Line) -> list[Line]:
    """The lines of an escaped string; a break at its very end makes no further line."""
    characters: list[str] = []
    columns: list[int] = []
    last = 0

    def keep(until: int) -> None:
        characters.append(line.text[last:until])
        columns.extend(line.column(index) for index in range(last, until))

    for match in _ESCAPE.finditer(line.text):
        keep(match.start())
        text = _meaning(match)
        characters.append(text)
        columns.extend([line.column(match.start())] * len(text))
        last = match.end()
    keep(len(line.text))
    columns.append(line.column(len(line.text)))
    return _rows("".join(characters), columns, line)


def _rows(text: str, columns: list[int], line: Line) -> list[Line]:
    rows: list[Line] = []
    start = 0
    for row in text.rstrip("\r\n").split("\n"):
        body, kept = clean(row.rstrip("\r"))
        places = columns[start : start + len(row) + 1] if kept is None else [columns[start + index] for index in kept]
        rows.append(Line(body, line.number, 0, places, line.dropped))
        start += len(row) + 1
    return rows


def _meaning(match: re.Match[str]) -> str:
    first, second, plain = match.groups()
    if plain is not None:
        return _PLAIN.get(plain, match[0])
    code = int(first, 16)
    if second is not None:
        if 0xD800 <= code <= 0xDBFF:
            return chr(0x10000 + ((code - 0xD800) << 10) + (int(second, 16) - 0xDC00))
        return _character(code) + _character(int(second, 16))
    return _character(code)


def _character(code: int) -> str:
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)
