"""A trace in documentation is an example, unless somebody asks."""

from pathlib import Path

import pytest

from crashlight.adapters.files import MemoryFile
from crashlight.logs import LogReader
from crashlight.logs.lines import split
from crashlight.logs.quoting import fenced

TRACE = (Path(__file__).parent / "traces" / "python.txt").read_text(encoding="utf-8")
PAGE = f"# When it fails\n\n```\n{TRACE}```\n\nThat was it.\n"


async def spans(reader: LogReader, text: str, name: str) -> list[tuple[int, int]]:
    return [(one.first_line, one.last_line) async for one in reader.read(MemoryFile(text.encode()), name)]


@pytest.mark.parametrize(
    "name, quoted, expected",
    [("a.md", False, []), ("a.md", True, [(4, 23)]), ("a.txt", False, [(4, 23)]), ("A.Markdown", False, [])],
)
async def test_fences_count_in_markdown(
    reader: LogReader, name: str, quoted: bool, expected: list[tuple[int, int]]
) -> None:
    reader.quoted = quoted
    try:
        assert await spans(reader, PAGE, name) == expected
    finally:
        reader.quoted = False


async def test_a_trace_outside_of_a_fence_counts_in_markdown_too(reader: LogReader) -> None:
    assert await spans(reader, f"```\ncode\n```\n\n{TRACE}", "a.md") == [(5, 24)]


@pytest.mark.parametrize(
    "text, inside",
    [
        ("```\na\n```\nb", {2, 3}),
        ("~~~ python\na\n```\n~~~\nb", {2, 3, 4}),
        ("````\n```\na\n````", {2, 3, 4}),
        ("``` a`b\nx", set()),
        ("    ```\nx", set()),
        ("```\nnever closed", {2}),
    ],
)
def test_fences_are_those_of_commonmark(text: str, inside: set[int]) -> None:
    assert fenced(list(split(text.encode(), 1))) == inside
