"""``crashlight bench editor``: what an editor waits for, measured from its side of the pipe.

A server is started as an editor starts it. For logs of a given size with a given number of crashes it measures the
time from ``didOpen`` to the diagnostics, and from a hover request to its answer, and beside them the
time to copy the same text to a process that does nothing (``cat``), which no server can beat.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SUMMARY = "Measure first diagnostics and hover as an editor waits for them."
EXAMPLE = "crashlight bench editor --size 1 --rounds 20"

PROGRAM = "def load(users, key):\n    return users[key]\n\n\nload({'ann': 1}, 'bob')\n"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--size", type=float, default=1.0, metavar="MB", help="size of the log (default: 1)")
    parser.add_argument("--crashes", type=int, default=10, metavar="N", help="crashes in the log (default: 10)")
    parser.add_argument("--rounds", type=int, default=20, metavar="N", help="times each is measured (default: 20)")
    parser.add_argument("--format", choices=["text", "json"], default="text")


def run(options: argparse.Namespace) -> int:
    """Print the figures; exit 0."""
    with tempfile.TemporaryDirectory() as folder:
        figures = _measure(Path(folder), options)
    if options.format == "json":
        print(json.dumps(figures))
        return 0
    print(f"a log of {options.size:g} MB with {options.crashes} crashes, {options.rounds} rounds, milliseconds")
    print(f"{'':28s}{'p50':>9s}{'p95':>9s}{'longest':>9s}")
    for name, row in figures.items():
        print(f"{name:28s}{row['p50']:9.1f}{row['p95']:9.1f}{row['longest']:9.1f}")
    return 0


def _measure(folder: Path, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    (folder / "users.py").write_text(PROGRAM, encoding="utf-8")
    crash = subprocess.run([sys.executable, "users.py"], cwd=folder, capture_output=True, text=True, check=False).stderr
    text = _log(crash, int(options.size * 1_000_000), options.crashes)
    client = _Client(folder)
    try:
        client.initialize()
        client.open("warm.log", text[:20_000] + crash)
        opens, hovers, copies = [], [], []
        for number in range(options.rounds):
            seconds, diagnostics = client.open(f"{number}.log", text)
            if len(diagnostics) != min(options.crashes, 100):
                raise RuntimeError(f"expected {options.crashes} crashes, the server told {len(diagnostics)}")
            opens.append(seconds)
            hovers.append(client.hover(f"{number}.log", diagnostics[-1]["range"]["start"]["line"]))
            copies.append(
                _timed(lambda: subprocess.run(["/bin/cat"], input=text.encode(), capture_output=True, check=True))
            )
            client.close(f"{number}.log")
    finally:
        client.stop()
    return {
        "didOpen to diagnostics": _row(opens),
        "hover": _row(hovers),
        "the same text through cat": _row(copies),
    }


def _log(crash: str, size: int, crashes: int) -> str:
    line = "2026-01-01 12:00:00,000 INFO service.worker: handled request {} in 12 ms\n"
    between = max(1, size // (crashes + 1) // len(line))
    parts: list[str] = []
    for number in range(crashes + 1):
        parts.extend(line.format(index) for index in range(between))
        if number < crashes:
            parts.append(crash)
    return "".join(parts)


def _row(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50": ordered[len(ordered) // 2] * 1000,
        "p95": ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] * 1000,
        "longest": ordered[-1] * 1000,
    }


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


class _Client:
    """The least client that measures: one request at a time over pipes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._next = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "crashlight.cli.main", "serve"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "CRASHLIGHT_HOME": str(folder / "home")},
        )

    def initialize(self) -> None:
        capabilities = {"textDocument": {"hover": {"contentFormat": ["markdown"]}}}
        folders = [{"uri": self._folder.as_uri(), "name": "bench"}]
        settings = {"logs": {"watch": False}, "model": {"enabled": False}}
        self._ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": None,
                "capabilities": capabilities,
                "workspaceFolders": folders,
                "initializationOptions": {"settings": settings},
            },
        )
        self._send({"method": "initialized", "params": {}})

    def open(self, name: str, text: str) -> tuple[float, list[Any]]:
        """Seconds from the open to its first diagnostics, and those."""
        uri = (self._folder / name).as_uri()
        item = {"uri": uri, "languageId": "log", "version": 1, "text": text}
        started = time.perf_counter()
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": item}})
        told = self._until(lambda m: m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == uri)
        return time.perf_counter() - started, told["params"]["diagnostics"]

    def hover(self, name: str, line: int) -> float:
        where = {"textDocument": {"uri": (self._folder / name).as_uri()}, "position": {"line": line, "character": 2}}
        started = time.perf_counter()
        answer = self._ask("textDocument/hover", where)
        if not answer.get("result"):
            raise RuntimeError("the hover over a crash is empty")
        return time.perf_counter() - started

    def close(self, name: str) -> None:
        self._send(
            {"method": "textDocument/didClose", "params": {"textDocument": {"uri": (self._folder / name).as_uri()}}}
        )

    def stop(self) -> None:
        self._ask("shutdown", None)
        self._send({"method": "exit"})
        self._process.wait(timeout=30)

    def _ask(self, method: str, params: Any) -> Any:
        self._next += 1
        self._send({"id": self._next, "method": method, "params": params})
        return self._until(lambda m: m.get("id") == self._next and "method" not in m)

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> Any:
        from crashlight.lsp.transport import read_body

        assert self._process.stdout is not None
        while True:
            message = json.loads(read_body(self._process.stdout))  # type: ignore[arg-type]
            if wanted(message):
                return message
