"""A log that grows, shrinks, rotates and goes away."""

import os
from pathlib import Path

import pytest

from crashlight.adapters.files import LocalFiles
from crashlight.logs import LogReader
from crashlight.logs.tail import Tail, Update

TRACE = (Path(__file__).parent / "traces" / "python.txt").read_text(encoding="utf-8")
CHATTER = "".join(f"2026-05-01 12:00:{n % 60:02d} INFO request {n} done\n" for n in range(200))


class Log:
    """A log on disk, and the one who follows it."""

    def __init__(self, path: Path, reader: LogReader) -> None:
        self.path = path
        self.tail = Tail(reader)
        self.read = 0

    async def append(self, text: str | bytes) -> Update:
        with self.path.open("ab") as file:
            file.write(text.encode() if isinstance(text, str) else text)
        return await self.look()

    async def look(self) -> Update:
        file = LocalFiles().open(self.path)
        inner = file.read

        def read(offset: int, length: int) -> bytes:
            data = inner(offset, length)
            self.read += len(data)
            return data

        file.read = read  # type: ignore[method-assign]
        self.read = 0
        try:
            return await self.tail.update(file, "a.log")
        finally:
            file.close()


@pytest.fixture
def log(tmp_path: Path, reader: LogReader) -> Log:
    return Log(tmp_path / "a.log", reader)


def spans(update: Update) -> list[tuple[int, int]]:
    return [(one.first_line, one.last_line) for one in update.occurrences]


async def test_what_is_appended_is_found_with_its_line(log: Log) -> None:
    assert await log.append(CHATTER) == Update((), changed=False)
    first = await log.append(TRACE + CHATTER)
    assert spans(first) == [(201, 220)]
    assert first.changed
    second = await log.append(TRACE)
    assert spans(second) == [(201, 220), (421, 440)]


async def test_nothing_new_changes_nothing(log: Log) -> None:
    await log.append(CHATTER + TRACE)
    again = await log.look()
    assert not again.changed
    assert spans(again) == [(201, 220)]
    assert spans(await log.append(CHATTER)) == [(201, 220)]
    more = await log.append(CHATTER)
    assert not more.changed


async def test_a_trace_written_piece_by_piece_is_one_crash_in_the_end(log: Log) -> None:
    await log.append(CHATTER)
    update = None
    for start in range(0, len(TRACE), 37):
        update = await log.append(TRACE[start : start + 37])
        assert len(update.occurrences) <= 1
    assert update is not None
    assert spans(update) == [(201, 220)]
    whole = await log.append(CHATTER)
    assert spans(whole) == [(201, 220)]
    assert not whole.occurrences[0].partial
    assert whole.occurrences[0].crash.causes[0].message == "order 4711 has no items"


async def test_a_half_written_trace_is_partial(log: Log) -> None:
    half = TRACE[: TRACE.index("IndexError")]
    update = await log.append(CHATTER + half)
    assert all(one.partial for one in update.occurrences)
    update = await log.append(TRACE[len(half) :] + CHATTER)
    assert [one.partial for one in update.occurrences] == [False]


async def test_a_truncated_log_starts_over(log: Log) -> None:
    await log.append(CHATTER + TRACE)
    log.path.write_text("")
    assert await log.look() == Update((), changed=True, restarted=True)
    assert spans(await log.append(TRACE)) == [(1, 20)]


async def test_a_log_that_was_copied_and_truncated_and_grew_beyond_its_old_size_starts_over(log: Log) -> None:
    await log.append(TRACE)
    log.path.write_text(CHATTER + CHATTER + TRACE)
    update = await log.look()
    assert update.restarted
    assert spans(update) == [(401, 420)]


async def test_a_log_that_was_renamed_and_created_anew_starts_over(log: Log) -> None:
    await log.append(TRACE + CHATTER)
    log.path.rename(log.path.with_suffix(".log.1"))
    log.path.write_text(TRACE + CHATTER)
    os.utime(log.path)
    update = await log.look()
    assert update.restarted
    assert spans(update) == [(1, 20)]


async def test_a_log_that_is_gone_holds_nothing(log: Log) -> None:
    await log.append(TRACE)
    assert log.tail.forget("a.log") == Update((), changed=True, restarted=True)
    assert log.tail.forget("a.log") == Update((), changed=False, restarted=True)


async def test_a_line_appended_costs_a_line_not_the_log(log: Log) -> None:
    await log.append(CHATTER * 500 + TRACE + CHATTER)
    update = await log.append("one more line\n")
    assert not update.changed
    assert log.read < 200_000


async def test_a_long_line_without_an_end_is_no_trouble(log: Log) -> None:
    await log.append("x" * 500_000)
    update = await log.append("y" * 500_000 + "\n" + TRACE)
    assert spans(update) == [(2, 21)]


async def test_utf_16_is_followed_too(log: Log) -> None:
    await log.append((CHATTER + TRACE).encode("utf-16"))
    update = await log.append((CHATTER + TRACE).encode("utf-16-le"))
    assert spans(update) == [(201, 220), (421, 440)]
