"""What holds for any text: no error, no overlap, and nothing that depends on how a log is wrapped."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crashlight.adapters.files import MemoryFile
from crashlight.cli.bench_wrapped import WRAPPINGS
from crashlight.domain import Occurrence
from crashlight.logs import LogReader
from crashlight.logs.lines import split
from crashlight.logs.noise import clean, quiet
from crashlight.logs.search import LineCounter
from crashlight.logs.strings import decoded, fields
from crashlight.logs.template import template

TRACES = [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "traces").glob("*.txt"))]
CHATTER = ["starting", "listening on 8080", "GET /orders 200 in 12 ms", "cache refreshed: 120 entries", ""]

relaxed = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

pieces = st.one_of(
    st.sampled_from(TRACES),
    st.sampled_from(TRACES).flatmap(lambda trace: st.integers(0, len(trace)).map(lambda end: trace[:end])),
    st.sampled_from(TRACES).flatmap(lambda trace: st.integers(0, len(trace)).map(lambda start: trace[start:])),
    st.sampled_from(
        ['{"a": "', "\\n", "\\u0000", '"}', "\x1b[31m", "\x1b]8;;", "\0", "\r", "\r\n", "\ufeff", "> ", "| "]
    ),
    st.text(max_size=40),
)
texts = st.lists(pieces, max_size=12).map("".join)
logs = st.one_of(
    texts.map(lambda text: text.encode("utf-8", "surrogatepass")),
    texts.map(lambda text: text.encode("utf-16", "surrogatepass")),
    st.binary(max_size=400),
    st.tuples(texts, st.binary(max_size=20), texts).map(
        lambda parts: parts[0].encode("utf-8", "replace") + parts[1] + parts[2].encode("utf-8", "replace")
    ),
)


async def found(reader: LogReader, data: bytes) -> list[Occurrence]:
    return [one async for one in reader.read(MemoryFile(data), "a.log")]


def said(occurrence: Occurrence) -> object:
    causes = occurrence.crash.causes
    frames = [[(frame.file, frame.line, frame.function) for frame in cause.frames] for cause in causes]
    return occurrence.fingerprint.key, [(cause.crash_type, cause.message) for cause in causes], frames


def lines_of(occurrence: Occurrence) -> set[tuple[int, int]]:
    """The characters that a report takes, as (line, column)."""
    crash = occurrence.crash
    taken = set()
    for origin in occurrence.origins[crash.first_line : crash.last_line + 1]:
        span = origin.locate(0, None)
        taken |= {(span.line, column) for column in range(span.start, max(span.end, span.start + 1))}
    return taken


@relaxed
@given(data=logs)
async def test_any_bytes_are_read_without_an_error_or_an_overlap(reader: LogReader, data: bytes) -> None:
    occurrences = await found(reader, data)
    taken: set[tuple[int, int]] = set()
    for occurrence in occurrences:
        assert 1 <= occurrence.first_line <= occurrence.last_line
        mine = lines_of(occurrence)
        assert not mine & taken
        taken |= mine
        for cause in occurrence.crash.causes:
            for frame in cause.frames:
                if frame.printed:
                    occurrence.locate(frame.printed)
    assert [one.first_line for one in occurrences] == sorted(one.first_line for one in occurrences)


@relaxed
@given(
    trace=st.sampled_from(TRACES),
    name=st.sampled_from(sorted(WRAPPINGS)),
    before=st.lists(st.sampled_from(CHATTER), max_size=6),
    after=st.lists(st.sampled_from(CHATTER), max_size=6),
)
async def test_wrapping_changes_nothing(
    reader: LogReader, trace: str, name: str, before: list[str], after: list[str]
) -> None:
    lines = [*before, *trace.splitlines(), *after]
    plain = [said(one) for one in await found(reader, "\n".join(lines).encode())]
    assert [said(one) for one in await found(reader, WRAPPINGS[name].wrap(lines))] == plain


words = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8)
prefixes = st.tuples(
    words, st.sampled_from(["-", "/", "_", " "]), st.integers(0, 99_999), st.sampled_from(["]", ":", " |", " >", " -"])
)


@relaxed
@given(trace=st.sampled_from(TRACES), parts=prefixes)
async def test_any_prefix_on_every_line_changes_nothing(
    reader: LogReader, trace: str, parts: tuple[str, str, int, str]
) -> None:
    word, joint, number, closer = parts
    lines = ["starting", *trace.splitlines(), "listening on 8080"]
    plain = [said(one) for one in await found(reader, "\n".join(lines).encode())]
    wrapped = "\n".join(f"{word}{joint}{number}{closer} {line}" for line in lines)
    assert [said(one) for one in await found(reader, wrapped.encode())] == plain


@relaxed
@given(trace=st.sampled_from(TRACES), places=st.lists(st.integers(0, 2000), max_size=30))
async def test_colour_at_any_place_changes_nothing(reader: LogReader, trace: str, places: list[int]) -> None:
    plain = [said(one) for one in await found(reader, trace.encode())]
    coloured = trace
    for place in sorted((place % (len(trace) + 1) for place in places), reverse=True):
        coloured = f"{coloured[:place]}\x1b[1;31m{coloured[place:]}"
    assert [said(one) for one in await found(reader, coloured.encode())] == plain


@given(text=st.text(st.characters(exclude_characters="\n"), max_size=200))
def test_each_character_kept_comes_from_its_column(text: str) -> None:
    kept, columns = clean(text)
    if columns is None:
        assert kept == text
    else:
        assert len(columns) == len(kept) + 1
        assert "".join(text[column] for column in columns[:-1]) == kept
        assert columns[-1] == len(text)


@given(
    data=st.lists(
        st.sampled_from([b"\x1b[31m", b"\0", b"text", b"\n", b"\x1b", b"\x1b]8;;x\x07", b"\xc3\xa4"]), max_size=30
    ).map(b"".join)
)
def test_what_is_left_of_a_block_knows_where_it_was(data: bytes) -> None:
    plain = quiet(data)
    assert plain.data.count(b"\n") == data.count(b"\n")
    assert bytes(data[plain.original(index)] for index in range(len(plain.data))) == plain.data


@given(text=st.text(max_size=300), key=st.text(max_size=20))
def test_json_strings_are_decoded_as_json_means_them(text: str, key: str) -> None:
    import json

    text = text.replace("\r", " ").rstrip("\n")
    raw = json.dumps({"k": {"f": text}, "other": 1})
    [line] = split(raw.encode(), 1)
    [field] = fields(line.text)
    assert field.path == ("k", "f")
    rows = decoded(line.cut(field.start, field.end))
    expected = [clean(row)[0] for row in text.split("\n")]
    assert [row.text for row in rows] == expected
    for row in rows:
        assert row.columns is not None
        assert len(row.columns) >= len(row.text) + 1


@given(data=st.binary(max_size=3000), offsets=st.lists(st.integers(0, 3000), max_size=5).map(sorted))
def test_lines_are_counted_from_anywhere(data: bytes, offsets: list[int]) -> None:
    counter = LineCounter(MemoryFile(data))
    for offset in offsets:
        before = data[:offset]
        assert counter.at(min(offset, len(data)))[0] == before.count(b"\n") + 1


@pytest.mark.parametrize("unit", ["a", "1", "/", "'", '"a', "0x", "a.", "a@", "[", "1.", "://a", "\\", "-"])
def test_a_template_is_made_in_linear_time(unit: str) -> None:
    import time

    def cost(size: int) -> float:
        text = (unit * size)[:size]
        return min(_timed(lambda: template(text)) for _ in range(3))

    def _timed(work) -> float:  # type: ignore[no-untyped-def]
        start = time.process_time()
        for _ in range(20):
            work()
        return time.process_time() - start

    short, long = cost(250), cost(2000)
    assert long < 40 * short + 0.05
