"""Ways in which logs reach people, as functions: the same trace behind timestamps, in JSON, in colour, in UTF-16.

Used to measure and to test that wrapping does not change what is found.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
CHATTER = (
    "starting",
    "listening on 8080",
    "GET /orders 200 in 12 ms",
    "cache refreshed: 120 entries",
    "GET /health 200",
)


@dataclass(frozen=True, slots=True)
class Wrapping:
    """``wrap`` takes the lines of a log. ``one_line`` says that all of a trace ends up on one line."""

    wrap: Callable[[Sequence[str]], bytes]
    one_line: bool = False


def _each(form: Callable[[int, str], str]) -> Callable[[Sequence[str]], bytes]:
    return lambda lines: ("\n".join(form(index, line) for index, line in enumerate(lines)) + "\n").encode()


def _time(index: int) -> datetime:
    return START + timedelta(milliseconds=137 * index)


def _stamp(index: int) -> str:
    return _time(index).isoformat().replace("+00:00", "000Z")


def _docker(index: int, line: str) -> str:
    return json.dumps({"log": line + "\n", "stream": "stderr", "time": _stamp(index)})


def _fluent(index: int, line: str) -> str:
    record = {
        "log": line,
        "stream": "stderr",
        "kubernetes": {"pod_name": "shop-7d9f8b6c5-x2k9j"},
        "time": _stamp(index),
    }
    return json.dumps(record)


def _one_record(field: str) -> Callable[[Sequence[str]], bytes]:
    def wrap(lines: Sequence[str]) -> bytes:
        before = [json.dumps({"level": "info", "msg": text, "time": _stamp(0)}) for text in CHATTER]
        record = {"level": "error", "msg": "request failed", "time": _stamp(1)}
        nested: object = "\n".join(lines)
        for key in reversed(field.split(".")):
            nested = {key: nested}
        assert isinstance(nested, dict)
        return "\n".join([*before, json.dumps({**record, **nested}), *before, ""]).encode()

    return wrap


def _nested(lines: Sequence[str]) -> bytes:
    inner = _one_record("stack")(lines).decode().splitlines()
    return _each(_docker)(inner)


def _logfmt(lines: Sequence[str]) -> bytes:
    return f"ts={_stamp(0)} level=error msg=failed stack={json.dumps(chr(10).join(lines))}\n".encode()


def _coloured(index: int, line: str) -> str:
    half = len(line) // 2
    return f"\x1b[31m{line[:half]}\x1b[1;38;5;208m{line[half:]}\x1b[0m\x1b[K"


def _interleaved(lines: Sequence[str]) -> bytes:
    rows = []
    for index, line in enumerate(lines):
        rows.append(f"shop-1   | {line}")
        rows.append(f"db-1     | LOG:  checkpoint {index} complete")
    return ("\n".join(rows) + "\n").encode()


WRAPPINGS: dict[str, Wrapping] = {
    "plain": Wrapping(_each(lambda index, line: line)),
    "crlf": Wrapping(lambda lines: ("\r\n".join(lines) + "\r\n").encode()),
    "utf-16": Wrapping(lambda lines: "\n".join(lines).encode("utf-16")),
    "utf-8 with mark": Wrapping(lambda lines: "\n".join(lines).encode("utf-8-sig")),
    "colours": Wrapping(_each(_coloured)),
    "iso time": Wrapping(_each(lambda index, line: f"{_stamp(index)} {line}")),
    "kubernetes (cri)": Wrapping(_each(lambda index, line: f"{_stamp(index)} stderr F {line}")),
    "kubectl --prefix": Wrapping(_each(lambda index, line: f"[pod/shop-7d9f8b6c5-x2k9j/shop] {line}")),
    "docker compose": Wrapping(_each(lambda index, line: f"shop-1   | {line}")),
    "docker json": Wrapping(_each(_docker)),
    "fluent bit json": Wrapping(_each(_fluent)),
    "journald": Wrapping(_each(lambda index, line: f"{_time(index):%b %d %H:%M:%S} host shop[4711]: {line}")),
    "syslog": Wrapping(_each(lambda index, line: f"<11>1 {_stamp(index)} host shop 4711 - - {line}")),
    "github actions": Wrapping(_each(lambda index, line: f"test\tRun tests\t{_stamp(index)} {line}")),
    "gitlab": Wrapping(_each(lambda index, line: f"{_stamp(index)} 01E {line}")),
    "jenkins": Wrapping(_each(lambda index, line: f"[{_stamp(index)}] {line}")),
    "logcat": Wrapping(_each(lambda index, line: f"{_time(index):%m-%d %H:%M:%S}.123  1234  5678 E shop    : {line}")),
    "log4j": Wrapping(
        _each(lambda index, line: f"{_time(index):%Y-%m-%d %H:%M:%S},123 ERROR [main] c.e.Shop - {line}")
    ),
    "python logging": Wrapping(
        _each(lambda index, line: f"{_time(index):%Y-%m-%d %H:%M:%S},123 - shop - ERROR - {line}")
    ),
    "interleaved": Wrapping(_interleaved),
    "quoted": Wrapping(_each(lambda index, line: f"> {line}")),
    "indented": Wrapping(_each(lambda index, line: f"    {line}")),
    "json stack": Wrapping(_one_record("stack"), one_line=True),
    "json error.stack": Wrapping(_one_record("error.stack"), one_line=True),
    "json exc_info": Wrapping(_one_record("exc_info"), one_line=True),
    "json in docker json": Wrapping(_nested, one_line=True),
    "logfmt": Wrapping(_logfmt, one_line=True),
}
