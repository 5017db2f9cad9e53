"""Logs in which every line is a JSON record that carries one line of the program's output, as Docker writes them."""

import re
from collections.abc import Callable, Sequence

from crashlight.logs.lines import Line
from crashlight.logs.strings import decoded, fields, is_record

_STREAM = re.compile(r"pod|container|host|service|thread|stream|process|logger|unit|identifier|pid|source|app", re.I)
_LEVEL = re.compile(
    r'"(?:level|severity|levelname|lvl|@l|log\.level|loglevel|priority)"\s*+:\s*+"?([A-Za-z0-9]+)', re.I
)
_PINO = {"10": "TRACE", "20": "DEBUG", "30": "INFO", "40": "WARN", "50": "ERROR", "60": "FATAL"}


def streams(lines: Sequence[Line], has_trigger: Callable[[str], bool], hits: Sequence[int]) -> list[list[Line]]:
    """What the records say, apart by stream (container, thread, stdout or stderr); empty where there are no records.

    The field with the text is the one in which a trigger stands.
    """
    carriers: dict[tuple[str, ...], None] = {}
    for hit in hits[:64]:
        text = lines[hit].text
        if is_record(text):
            for field in fields(text):
                if has_trigger(decoded(lines[hit].cut(field.start, field.end))[0].text):
                    carriers.setdefault(field.path)
    found: list[list[Line]] = []
    for path in carriers:
        by_stream: dict[tuple[str, ...], list[Line]] = {}
        for line in lines:
            if not is_record(line.text):
                continue
            every = fields(line.text)
            carrier = next((field for field in every if field.path == path), None)
            if carrier is None:
                continue
            rows = decoded(line.cut(carrier.start, carrier.end))
            if len(rows) != 1:
                continue
            stream = tuple(
                line.text[other.start : other.end]
                for other in every
                if other is not carrier and _STREAM.search(other.path[-1])
            )
            row = rows[0]
            by_stream.setdefault(stream, []).append(
                Line(row.text, row.number, row.shift, row.columns, f"{line.dropped} {level(line.text)}".strip())
            )
        found.extend(by_stream.values())
    return found


def level(record: str) -> str:
    """The level that a JSON record says it has, in words; empty where it says none."""
    match = _LEVEL.search(record, 0, 64 * 1024)
    return _PINO.get(match[1], match[1]).upper() if match else ""
