"""``crashlight bench sandbox``: what the lock costs, beside no lock and beside ready-made sandboxes, in one run.

Every candidate runs the same echo in the same Python, so the ratios say what the lock alone costs.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from crashlight.adapters.plugins import WorkerHost
from crashlight.adapters.sandbox import start, survey
from crashlight.adapters.sandbox.profiles import LEVELS, STRICT, Level
from crashlight.settings import Settings
from crashlight_sdk import Window

SUMMARY = "What the sandbox costs: start, round trips and memory, beside no lock, bubblewrap and sandlock."
EXAMPLE = "crashlight bench sandbox --repeat 20"

ECHO = "import os\nwhile d := os.read(0, 1 << 16):\n while d: d = d[os.write(1, d):]"
SIZES = {"1 KiB": 1 << 10, "64 KiB": 64 << 10, "1 MiB": 1 << 20}
TRACE = (
    "Traceback (most recent call last):",
    '  File "a.py", line 1, in f',
    "    x[1]",
    "IndexError: list index out of range",
)


@dataclass(frozen=True, slots=True)
class Running:
    """An echo that answers. The descriptors block."""

    pid: int
    stdin: int
    stdout: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians, in seconds and bytes. ``memory`` is what the process shares with nobody."""

    start: float
    trips: tuple[float, ...]
    memory: int


Starter = Callable[[], AbstractContextManager[Running]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may be said behind ``bench sandbox``."""
    parser.add_argument(
        "--repeat", type=int, default=10, metavar="N", help="starts of each, of which the median counts"
    )


def run(options: argparse.Namespace) -> int:
    """Print a table; 0 always, since a figure is no failure."""
    candidates = dict(_candidates())
    # One start of each in turn, so that a busy moment falls on all of them.
    rounds = [{name: _measure(starter) for name, starter in candidates.items()} for _ in range(options.repeat)]
    figures = {name: _median([one[name] for one in rounds]) for name in candidates}
    base = figures["no lock"]
    trips = "".join(f"{size:>17s}" for size in SIZES)
    print(f"{'':26s}{'start':>17s}{trips}{'memory':>17s}")
    for name, one in figures.items():
        cells = [_cell(one.start * 1e3, base.start * 1e3, "ms")]
        cells += [_cell(mine * 1e3, theirs * 1e3, "ms") for mine, theirs in zip(one.trips, base.trips, strict=True)]
        cells.append(_cell(one.memory / 1e6, base.memory / 1e6, "MB"))
        print(f"{name:26s}" + "".join(cells))
    for name in ("bubblewrap", "sandlock"):
        if name not in figures:
            print(f"{name} is not installed, so it is not compared")
    ready, asked = asyncio.run(_analyzers())
    print(
        f"built-in analyzers: the first answer after {ready * 1e3:.0f} ms with the start, "
        f"then {asked * 1e3:.2f} ms each"
    )
    return 0


def _candidates() -> Iterator[tuple[str, Starter]]:
    plain = [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", ECHO]
    yield "no lock", lambda: _plain(plain)
    best = survey().level
    for level in reversed(LEVELS[LEVELS.index(best) :]):
        name = "Crashlight without a lock" if level == "none" else f"Crashlight, {level}"
        yield name, lambda level=level: _ours(level)  # type: ignore[misc]  # mypy cannot infer a default argument
    if bubblewrap := shutil.which("bwrap"):
        wrapped = [bubblewrap, "--ro-bind", "/", "/", "--unshare-all", "--die-with-parent", "--clearenv", *plain]
        yield "bubblewrap", lambda: _plain(wrapped)
    try:
        import sandlock  # type: ignore[import-not-found,unused-ignore]  # only where somebody put it beside
    except ImportError:
        return
    readable = sorted({str(Path(part).resolve()) for part in ("/usr", "/lib", "/etc", sys.base_prefix, sys.prefix)})
    yield "sandlock", lambda: _sandlock(sandlock, plain, readable)


@contextmanager
def _plain(argv: list[str]) -> Iterator[Running]:
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env={})
    assert process.stdin and process.stdout
    try:
        yield Running(process.pid, process.stdin.fileno(), process.stdout.fileno())
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


@contextmanager
def _ours(level: Level) -> Iterator[Running]:
    confined = start("crashlight.adapters.sandbox.probe", STRICT, machine=survey().at_most(level))
    try:
        confined.prove()
        yield Running(confined.pid, confined.stdin.fileno(), confined.stdout.fileno())
    finally:
        confined.kill()


@contextmanager
def _sandlock(module: object, argv: list[str], readable: list[str]) -> Iterator[Running]:
    piped = module.StdioMode.PIPED  # type: ignore[attr-defined]
    box = module.Sandbox(fs_readable=readable, max_memory="256M", clean_env=True)  # type: ignore[attr-defined]
    process = box.popen(argv, stdin=piped, stdout=piped)
    try:
        yield Running(process.pid, process.stdin.fileno(), process.stdout.fileno())
    finally:
        process.kill()
        process.wait()


def _measure(starter: Starter) -> Figures:
    began = time.perf_counter()
    with starter() as running:
        _trip(running, b"x")
        ready = time.perf_counter() - began
        trips = []
        for size in SIZES.values():
            data = bytes(size)
            times = [_trip(running, data) for _ in range(max(3, min(50, (1 << 20) // size)))]
            trips.append(statistics.median(times))
        return Figures(ready, tuple(trips), _private(_innermost(running.pid)))


def _trip(running: Running, data: bytes) -> float:
    """Send and get back; in pieces that fit the pipes, so that neither side waits for the other."""
    began = time.perf_counter()
    for first in range(0, len(data), 1 << 15):
        piece = data[first : first + (1 << 15)]
        os.write(running.stdin, piece)
        left = len(piece)
        while left:
            got = len(os.read(running.stdout, left))
            if not got:
                raise RuntimeError("the echo has ended")
            left -= got
    return time.perf_counter() - began


def _median(figures: list[Figures]) -> Figures:
    return Figures(
        statistics.median(one.start for one in figures),
        tuple(statistics.median(times) for times in zip(*(one.trips for one in figures), strict=True)),
        int(statistics.median(one.memory for one in figures)),
    )


def _private(pid: int) -> int:
    """Bytes that no other process has too; 0 where the machine does not say."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


def _innermost(pid: int) -> int:
    """The process at the end of a chain of children; a sandbox may wrap what it runs."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(path.read_text().rpartition(")")[2].split()[1])] = int(path.parent.name)
    while pid in parents:
        pid = parents[pid]
    return pid


def _cell(mine: float, base: float, unit: str) -> str:
    ratio = f"({mine / base:.1f}×)" if base else ""
    return f"{mine:8.2f} {unit} {ratio:5s}"


async def _analyzers() -> tuple[float, float]:
    host = WorkerHost(Settings().plugins)
    try:
        window = Window(TRACE)
        began = time.perf_counter()
        await host.parse(window)
        ready = time.perf_counter() - began
        times = []
        for _ in range(50):
            began = time.perf_counter()
            await host.parse(window)
            times.append(time.perf_counter() - began)
    finally:
        await host.close()
    return ready, statistics.median(times)
