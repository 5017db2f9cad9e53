"""``crashlight bench db``: what the database costs, on a server of its own that is thrown away afterwards."""

import argparse
import asyncio
import json
import shutil
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from crashlight.domain import FeedbackEvent

if TYPE_CHECKING:
    import psutil

    from crashlight.adapters.postgres.cluster import Cluster
    from crashlight.adapters.postgres.connecting import Address
    from crashlight.adapters.postgres.database import Database

SUMMARY = "Measure writes, queries, starts and sizes of the database."
EXAMPLE = "crashlight bench db --size 100000 --binaries /usr/lib/postgresql/15/bin"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may be said behind ``bench db``."""
    parser.add_argument("--size", type=int, default=100_000, metavar="N", help="occurrences in the database")
    parser.add_argument("--binaries", action="append", metavar="DIR", help="PostgreSQL programs; may be said again")
    parser.add_argument("--format", choices=("text", "json"), default="text")


@dataclass(slots=True)
class Timing:
    """How long one kind of call took, in milliseconds."""

    name: str
    p50_ms: float
    p95_ms: float
    per_s: float
    calls: int


@dataclass(slots=True)
class Measured:
    """All figures of one server."""

    server: str
    occurrences: int
    start_cold_s: float = 0.0
    start_warm_s: float = 0.0
    enter_running_s: float = 0.0
    fill_s: float = 0.0
    memory_idle_mb: float = 0.0
    keeper_mb: float = 0.0
    disk_empty_mb: float = 0.0
    disk_filled_mb: float = 0.0
    timings: list[Timing] = field(default_factory=list)


def run(options: argparse.Namespace) -> int:
    """Print the figures of each server."""
    results = [asyncio.run(_measure(binaries, options.size)) for binaries in options.binaries or [None]]
    if options.format == "json":
        print(json.dumps([asdict(result) for result in results]))
    else:
        print("\n\n".join(_in_lines(result) for result in results))
    return 0


async def _measure(binaries: str | None, size: int) -> Measured:
    from crashlight.adapters.postgres.cluster import Cluster
    from crashlight.adapters.postgres.place import find_place
    from crashlight.adapters.postgres.programs import find

    home = Path(tempfile.mkdtemp(prefix="crashlight-bench-"))
    programs = find(binaries)
    cluster = Cluster(find_place(home), programs)
    result = Measured(f"PostgreSQL {programs.version}", size)
    try:
        await _measure_all(cluster, result, home)
    finally:
        cluster.stop()
        cluster.place.remove()
        shutil.rmtree(home)
    return result


async def _measure_all(cluster: "Cluster", result: Measured, home: Path) -> None:
    from crashlight.adapters.postgres import migrating, samples
    from crashlight.adapters.postgres.admin import size_of
    from crashlight.adapters.postgres.cluster import Cluster
    from crashlight.adapters.postgres.database import Database

    address, result.start_cold_s = _timed(cluster.start)
    migrating.upgrade(address)
    data = cluster.place.data(cluster.programs().major)
    result.disk_empty_mb = size_of(data) / 1e6
    cluster.stop()
    _, result.start_warm_s = _timed(cluster.start)
    other = Cluster(cluster.place, cluster.programs())
    _, result.enter_running_s = _timed(other.start)
    other.leave()
    result.memory_idle_mb, result.keeper_mb = _memory(cluster)
    database = Database(address, 4, str(uuid.uuid4()))
    try:
        begun = time.perf_counter()
        async with database.transaction() as connection:
            groups = await samples.fill(connection, result.occurrences)
        result.fill_s = time.perf_counter() - begun
        _vacuum(address)
        result.disk_filled_mb = size_of(data) / 1e6
        result.timings = await _timings(database, groups, home)
    finally:
        await database.close()


async def _timings(database: "Database", groups: int, home: Path) -> list[Timing]:
    from crashlight.adapters.postgres import reading
    from crashlight.adapters.postgres.entries import Entry, EventEntry, row
    from crashlight.adapters.postgres.journal import Journal
    from crashlight.adapters.postgres.samples import fingerprint, frames
    from crashlight.ports import AnswerKey

    journal = Journal(home / "journal")

    def event(group: int) -> Entry:
        return EventEntry(FeedbackEvent(str(uuid.uuid4()), time.time(), "accepted", fingerprint(group), workspace="/w"))

    async def append(number: int) -> None:
        journal.append([row(event(number))])

    async def single(number: int) -> None:
        await database.write([event(1 + number % groups)])

    async def batch(number: int) -> None:
        await database.write([event(1 + (number * 500 + step) % groups) for step in range(500)])

    async def hot(number: int) -> None:
        await asyncio.gather(*(database.write([event(1 + step % 3)]) for step in range(number, number + 4)))

    async def histories(number: int) -> None:
        async with database.transaction() as connection:
            await reading.histories(connection, [fingerprint(1 + (number * 100 + n) % groups) for n in range(100)])

    async def answer(number: int) -> None:
        key = AnswerKey(fingerprint(1 + number % groups), "excerpt", "absent", "null@1")
        async with database.transaction() as connection:
            await reading.answer(connection, key)

    async def similar(number: int) -> None:
        async with database.transaction() as connection:
            await reading.similar_groups(connection, frames(1 + number % groups), 10)

    async def recent(_: int) -> None:
        async with database.transaction() as connection:
            await reading.recent_groups(connection, 50)

    async def found(number: int) -> None:
        async with database.transaction() as connection:
            await reading.occurrences_of(connection, fingerprint(1 + number % groups), 50)

    async def prompts(_: int) -> None:
        async with database.transaction() as connection:
            await reading.kinds_by_prompt(connection, datetime.now(UTC) - timedelta(days=28))

    timings = [
        await _repeat("journal: append and flush", 100, append),
        await _repeat("write: one event, committed", 200, single),
        await _repeat("write: batch of 500 events", 10, batch, each=500),
        await _repeat("write: 4 at once on 3 hot groups", 50, hot, each=4),
        await _repeat("read: histories of 100 groups", 100, histories),
        await _repeat("read: answer by key", 200, answer),
        await _repeat("read: 10 similar groups", 100, similar),
        await _repeat("page: 50 latest groups", 100, recent),
        await _repeat("page: 50 occurrences of a group", 100, found),
        await _repeat("page: feedback by prompt, 28 days", 20, prompts),
    ]
    journal.close()
    return timings


async def _repeat(name: str, calls: int, work: Callable[[int], Awaitable[None]], each: int = 1) -> Timing:
    await work(0)  # the first one pays for connections and plans
    durations = []
    for number in range(1, calls + 1):
        begun = time.perf_counter()
        await work(number)
        durations.append(1000 * (time.perf_counter() - begun))
    cuts = statistics.quantiles(durations, n=20)
    return Timing(name, statistics.median(durations), cuts[-1], 1000 * each * calls / sum(durations), calls)


def _timed(work: "Callable[[], Address]") -> "tuple[Address, float]":
    begun = time.perf_counter()
    address = work()
    return address, time.perf_counter() - begun


def _vacuum(address: "Address") -> None:
    import psycopg

    with psycopg.connect(address.libpq(), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _memory(cluster: "Cluster") -> tuple[float, float]:
    """Of PostgreSQL and of the keeper, in MB; what processes share is counted once where the system says it."""
    import psutil

    postgres = keeper = 0
    for process in psutil.process_iter(["cmdline"]):
        words = " ".join(process.info["cmdline"] or [])
        if "postgres.keeper" in words and str(cluster.place.root) in words:
            keeper += _own_memory(process)
            for child in process.children(recursive=True):
                postgres += _own_memory(child)
    return postgres / 1e6, keeper / 1e6


def _own_memory(process: "psutil.Process") -> int:
    full = process.memory_full_info() if sys.platform == "linux" else process.memory_info()
    return int(getattr(full, "pss", full.rss))


def _in_lines(result: Measured) -> str:
    lines = [
        f"{result.server}, {result.occurrences:,} occurrences (made in {result.fill_s:.1f} s)",
        f"  start   cold {result.start_cold_s:.2f} s, warm {result.start_warm_s:.2f} s,"
        f" already running {1000 * result.enter_running_s:.0f} ms",
        f"  memory  idle {result.memory_idle_mb:.0f} MB, keeper {result.keeper_mb:.0f} MB",
        f"  disk    empty {result.disk_empty_mb:.0f} MB, filled {result.disk_filled_mb:.0f} MB",
        f"  {'':36s} {'p50 ms':>9s} {'p95 ms':>9s} {'per s':>10s}",
    ]
    lines += [
        f"  {timing.name:36s} {timing.p50_ms:9.2f} {timing.p95_ms:9.2f} {timing.per_s:10,.0f}"
        for timing in result.timings
    ]
    return "\n".join(lines)
