"""The worker: what runs inside the sandbox. It imports, locks itself, and then answers one request at a time.

Everything before ``lock`` is ours; a plugin's code, which is not trusted, arrives over the pipe after it.
"""

import json
import os
import sys
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any

from crashlight.adapters.plugins.frames import HEADER, OUT_OF_MEMORY, VERSION, frame
from crashlight.adapters.plugins.importer import Sources
from crashlight.adapters.sandbox.lock import Orders, lock
from crashlight_sdk import wire

LONGEST_ERROR = 2000


def main(orders: Orders) -> None:
    """Serve until standard input ends."""
    for name in orders.arguments["preload"]:
        __import__(name)
    # What a plugin prints goes where it harms nothing; nothing may look for source files afterwards.
    sys.stdout = sys.stderr
    warnings.simplefilter("ignore")
    sys.unraisablehook = _ignore
    sources = Sources()
    lock(orders)
    sources.isolate(with_files=orders.arguments["native"])
    _write(frame(wire.encode({"hello": VERSION, "python": ".".join(map(str, sys.version_info[:3]))})))
    worker = Worker(sources)
    while (body := _read()) is not None:
        _write(worker.answer(body))


class Worker:
    """The analyzers that were loaded so far, by the id of their plugin."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._analyzers: dict[str, Any] = {}
        self._operations: dict[str, Callable[[dict[str, Any]], object]] = {
            "load": self._load,
            "parse": self._parse,
            "explain": self._explain,
            "refine": self._refine,
        }

    def answer(self, body: bytes) -> bytes:
        """The frame that answers a request; never raises."""
        try:
            request = json.loads(body)
            return frame(wire.encode({"ok": self._operations[request["op"]](request)}))
        except MemoryError:
            # What the plugin holds would fail every later request: a new worker begins without it.
            os.write(2, OUT_OF_MEMORY)
            os._exit(1)
        except BaseException as error:
            return frame(wire.encode({"error": _describe(error)}))

    def _load(self, request: dict[str, Any]) -> object:
        if "folder" in request:
            self._sources.add_folder(request["plugin"], request["folder"])
        else:
            self._sources.add(request["plugin"], request["files"])
        analyzer = self._sources.make(request["plugin"], request["entry"])
        self._analyzers[request["plugin"]] = analyzer
        return [name for name in ("parse", "explain", "refine") if callable(getattr(analyzer, name, None))]

    def _parse(self, request: dict[str, Any]) -> object:
        return self._analyzers[request["plugin"]].parse(wire.window(request["window"]))

    def _explain(self, request: dict[str, Any]) -> object:
        excerpt = wire.excerpt(request["excerpt"])
        return self._analyzers[request["plugin"]].explain(wire.crash(request["crash"]), excerpt)

    def _refine(self, request: dict[str, Any]) -> object:
        crash, finding = wire.crash(request["crash"]), wire.finding(request["finding"])
        return self._analyzers[request["plugin"]].refine(crash, finding, wire.excerpt(request["excerpt"]))


def _read() -> bytes | None:
    header = _read_exactly(HEADER.size)
    return None if header is None else _read_exactly(HEADER.unpack(header)[0])


def _read_exactly(size: int) -> bytes | None:
    parts: list[bytes] = []
    while size:
        part = os.read(0, min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _write(data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(1, rest) :]


def _describe(error: BaseException) -> str:
    """What was raised and where in the plugin, without a look at any file."""
    place = ""
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if trace.tb_frame.f_globals.get("__name__", "").startswith("crashlight_plugins."):
            place = f" ({code.co_filename}:{trace.tb_lineno} in {code.co_name})"
        trace = trace.tb_next
    try:
        text = str(error)
    except BaseException:
        text = "its text cannot be made"
    return f"{type(error).__name__}: {text}"[:LONGEST_ERROR] + place


def _ignore(_: object) -> None:
    """Errors in a finaliser: nobody can act on them."""
