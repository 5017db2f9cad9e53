"""``crashlight bench scan``: megabytes a second beside grep, start-up, memory, and what one appended line costs."""

import argparse
import asyncio
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crashlight.adapters.files import LocalFiles
from crashlight.app import App
from crashlight.cli.main import UsageError
from crashlight.logs import Tail
from crashlight.ports import FileIdentity, OpenFile
from crashlight.settings import Settings

SUMMARY = "Speed of a scan beside `LC_ALL=C grep -cE` with the same literals, start-up, memory, and appending a line."
EXAMPLE = "crashlight bench scan --size 1000"

TRACE = """Traceback (most recent call last):
  File "/srv/shop/orders.py", line 17, in <module>
    total(orders)
  File "/srv/shop/orders.py", line 5, in total
    return order["items"][0]["price"]
IndexError: list index out of range
"""
SAMPLE_S = 0.02  # seconds between two looks at the memory of the processes


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a program: seconds, private memory at its peak in bytes (the whole tree), and its output."""

    seconds: float
    memory: int
    output: str


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may be said behind ``bench scan``."""
    parser.add_argument("--size", type=int, default=1000, metavar="MB", help="size of the larger log (default 1000)")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="runs of each, of which the fastest counts")
    parser.add_argument("--folder", type=Path, help="where the logs are made (default: the temporary folder)")


def run(options: argparse.Namespace) -> int:
    """Print a table; 0 always, since a figure is no failure."""
    grep = shutil.which("grep")
    if grep is None:
        raise UsageError("there is no grep on this machine to compare with")
    with tempfile.TemporaryDirectory(prefix="crashlight-bench-", dir=options.folder) as name:
        folder = Path(name)
        patterns = folder / "patterns"
        patterns.write_bytes(b"\n".join(_patterns()) + b"\n")
        small, large = max(1, options.size // 5), options.size
        start = _fastest(_scan(_log(folder, 1, 0, kilo=True)), options.repeat)
        print(f"start-up, a log of 1 KB: {start.seconds:.2f} s")
        print(f"{'':28s}{'MB/s, slope':>13s}{f'{large} MB':>10s}{'memory':>10s}{'found':>8s}")
        for crashes in (0, 10, 10_000):
            logs = [_log(folder, size, crashes) for size in (small, large)]
            lines = [("crashlight scan", [_scan(log) for log in logs])]
            lines.append(("grep -cE", [[grep, "-cE", "-f", str(patterns), str(log)] for log in logs]))
            for title, commands in lines:
                runs = [_fastest(command, options.repeat) for command in commands]
                slope = (large - small) / max(1e-6, runs[1].seconds - runs[0].seconds)
                found = len(runs[1].output.splitlines()) if title.startswith("crashlight") else ""
                print(
                    f"{f'{title}, {crashes} crashes':28s}{slope:13.0f}{runs[1].seconds:8.2f} s"
                    f"{runs[1].memory / 1e6:7.0f} MB{found:>8}"
                )
            for log in logs:
                log.unlink()
        first, again, read = asyncio.run(_append(_log(folder, large, 10)))
        print(
            f"following a log of {large} MB: first look {first:.2f} s; "
            f"after a line was appended {again * 1000:.1f} ms, {read / 1000:.0f} KB read"
        )
    return 0


def _scan(log: Path) -> list[str]:
    return [sys.executable, "-m", "crashlight.cli.main", "scan", "--no-model", "--format", "json", str(log)]


def _patterns() -> Iterator[bytes]:
    app = App(Settings())
    for literal in app.scanner.literals():
        yield re.sub(rb"([\\.^$*+?()\[\]{}|])", rb"\\\1", literal.strip(b"\n"))


def _log(folder: Path, size: int, crashes: int, *, kilo: bool = False) -> Path:
    """A log of about ``size`` MB (or KB) with ``crashes`` spread over it; the same for the same numbers."""
    path = folder / f"{size}{'k' if kilo else 'm'}-{crashes}.log"
    chance = random.Random(20)  # noqa: S311 - numbers for a log, no secret
    block = "".join(_chatter(chance) for _ in range(10 if kilo else 10_000)).encode()
    total = size * (1_000 if kilo else 1_000_000)
    step = max(1, total // max(1, crashes))
    written = told = 0
    with path.open("wb") as file:
        while written < total:
            part = block[: min(len(block), total - written, step)]
            part = part[: part.rfind(b"\n") + 1] or block[: block.find(b"\n") + 1]
            file.write(part)
            written += len(part)
            while told < crashes and written >= told * step:
                file.write(TRACE.encode())
                told += 1
    return path


def _chatter(chance: random.Random) -> str:
    second, thread, user = chance.randrange(86_400), chance.randrange(16), chance.randrange(10_000)
    what = chance.choice(("request finished", "order stored", "cache miss", "session opened", "payment accepted"))
    return (
        f"2026-05-01 {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d},{chance.randrange(1000):03d} INFO  "
        f"[worker-{thread}] com.example.shop.OrderService - {what} user={user} took={chance.randrange(500)}ms\n"
    )


def _fastest(command: Sequence[str], times: int) -> Run:
    return min((_measured(command) for _ in range(times)), key=lambda one: one.seconds)


def _measured(command: Sequence[str]) -> Run:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"}, text=True)
    peak = [0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(SAMPLE_S):
            peak[0] = max(peak[0], _private(process.pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    return Run(seconds, peak[0], output)


def _private(pid: int) -> int:
    """Private bytes of a process and its children, from /proc; 0 where there is none."""
    total = 0
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        total += sum(int(size) * 1024 for size in re.findall(r"^Private_\w+: +(\d+) kB", rollup, re.MULTILINE))
        for task in Path(f"/proc/{pid}/task").iterdir():
            children = (task / "children").read_text(encoding="ascii").split()
            total += sum(_private(int(child)) for child in children)
    except OSError:
        pass
    return total


class _Counting:
    """An open file that counts what is read from it."""

    rereadable = True

    def __init__(self, file: OpenFile) -> None:
        self._file = file
        self.identity: FileIdentity = file.identity
        self.bytes = 0

    def size(self) -> int:
        return self._file.size()

    def read(self, offset: int, length: int) -> bytes:
        data = self._file.read(offset, length)
        self.bytes += len(data)
        return data

    def close(self) -> None:
        self._file.close()


async def _append(log: Path) -> tuple[float, float, int]:
    """Seconds of the first look at a log, seconds after one line more, and the bytes read then."""
    app = App(Settings())
    tail = Tail(app.reader)
    try:
        first, _ = await _look(tail, log)
        with log.open("a", encoding="utf-8") as file:
            file.write("2026-05-02 00:00:00,000 INFO  [worker-1] com.example.shop.OrderService - one line more\n")
        again, read = await _look(tail, log)
    finally:
        await app.close()
    return first, again, read


async def _look(tail: Tail, log: Path) -> tuple[float, int]:
    start = time.perf_counter()
    file = _Counting(LocalFiles().open(log))
    await tail.update(file, str(log))
    file.close()
    return time.perf_counter() - start, file.bytes
