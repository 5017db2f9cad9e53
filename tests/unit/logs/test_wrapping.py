"""Wrapping a trace does not change what is found in it, and every place is mapped back into the file."""

import re
from pathlib import Path

import pytest

from crashlight.cli.bench_wrapped import WRAPPINGS
from crashlight.domain import Occurrence

TRACES = {
    path.stem: path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "traces").glob("*.txt"))
}
CHATTER = ["starting", "listening on 8080", "GET /orders 200 in 12 ms"]


def told(occurrence: Occurrence) -> tuple[object, ...]:
    """What a crash says, without where it stands."""
    causes = occurrence.crash.causes
    frames = [[(frame.file, frame.line, frame.function, frame.origin) for frame in cause.frames] for cause in causes]
    return (
        occurrence.crash.language,
        [(cause.crash_type, cause.message) for cause in causes],
        frames,
        occurrence.fingerprint,
    )


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("trace", TRACES)
async def test_a_wrapped_trace_says_the_same(read, trace: str, wrapping: str) -> None:
    lines = [*CHATTER, *TRACES[trace].splitlines(), *CHATTER]
    plain = await read("\n".join(lines))
    assert len(plain) == 1

    data = WRAPPINGS[wrapping].wrap(lines)
    found = await read(data)

    assert [told(one) for one in found] == [told(plain[0])]


@pytest.mark.parametrize("wrapping", WRAPPINGS)
async def test_frames_are_mapped_back_to_the_text_that_prints_them(read, wrapping: str) -> None:
    lines = [*CHATTER, *TRACES["python"].splitlines()]
    data = WRAPPINGS[wrapping].wrap(lines)
    [occurrence] = await read(data)
    text = data.decode("utf-16" if wrapping == "utf-16" else "utf-8").replace("\r\n", "\n").split("\n")

    for frame in occurrence.crash.root.frames:
        assert frame.printed is not None
        place = occurrence.locate(frame.printed)
        printed = re.sub(r"\x1b\[[\d;]*[mK]", "", text[place.line - 1][place.start : place.end])
        assert "orders.py" in printed
        assert str(frame.line) in printed
