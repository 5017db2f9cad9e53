"""Documents split and change as editors do, in every position encoding."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from crashlight.lsp.documents import Documents, Units

ENCODINGS = list(types.PositionEncodingKind)
TEXT = st.text(alphabet="ab\r\n\f\v\u0085\u2028é🦀 ", max_size=40)


def opened(text: str, encoding: types.PositionEncodingKind, *, lone_cr: bool = True) -> Documents:
    documents = Documents()
    documents.units = Units(encoding)
    documents.lone_cr_ends_a_line = lone_cr
    documents.open(types.TextDocumentItem("file:///a.log", "log", 1, text))
    return documents


@pytest.mark.parametrize(
    ("text", "lone_cr", "lines"),
    [
        ("", True, ()),
        ("a", True, ("a",)),
        ("a\n", True, ("a\n",)),
        ("a\r\nb\rc\nd", True, ("a\r\n", "b\r", "c\n", "d")),
        ("a\r\nb\rc\nd", False, ("a\r\n", "b\rc\n", "d")),
        ("a\fb\vc\x1cd\u0085e\u2028f\n", True, ("a\fb\vc\x1cd\u0085e\u2028f\n",)),
    ],
)
def test_lines_end_where_the_editor_ends_them(text: str, lone_cr: bool, lines: tuple[str, ...]) -> None:
    documents = opened(text, types.PositionEncodingKind.Utf16, lone_cr=lone_cr)
    document = documents.get("file:///a.log")
    assert document is not None
    assert document.lines == lines
    assert document.text == text


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(line=st.text(alphabet="aé🦀", max_size=20), data=st.data())
def test_columns_and_units_are_inverse(encoding: types.PositionEncodingKind, line: str, data: st.DataObject) -> None:
    units = Units(encoding)
    column = data.draw(st.integers(0, len(line)))
    assert units.to_column(line, units.to_client(line, column)) == column
    assert units.to_column(line, 10_000) == len(line)


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(text=TEXT, inserted=TEXT, data=st.data())
def test_an_incremental_edit_is_the_same_as_the_whole_text(
    encoding: types.PositionEncodingKind, text: str, inserted: str, data: st.DataObject
) -> None:
    documents = opened(text, encoding)
    lines = re.split(r"\r\n|\n|\r", text)
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]

    def place() -> tuple[int, types.Position]:
        number = data.draw(st.integers(0, len(lines) - 1))
        column = data.draw(st.integers(0, len(lines[number])))
        return starts[number] + column, types.Position(number, documents.units.to_client(lines[number], column))

    (first, start), (last, end) = sorted([place(), place()], key=lambda each: each[0])
    change = types.TextDocumentContentChangePartial(range=types.Range(start, end), text=inserted)
    document = documents.change("file:///a.log", 2, [change])
    assert document is not None
    assert document.text == text[:first] + inserted + text[last:]
    assert document.lines == documents.split(document.text)
    assert document.version == 2


def test_a_snapshot_does_not_change_under_its_reader() -> None:
    documents = opened("one\n", types.PositionEncodingKind.Utf16)
    snapshot = documents.get("file:///a.log")
    documents.change("file:///a.log", 2, [types.TextDocumentContentChangeWholeDocument(text="two\n")])
    assert snapshot is not None
    assert (snapshot.text, snapshot.version) == ("one\n", 1)


def test_a_change_of_a_document_that_is_not_open_changes_nothing() -> None:
    documents = Documents()
    assert documents.change("file:///b.log", 1, [types.TextDocumentContentChangeWholeDocument(text="x")]) is None
    assert documents.close("file:///b.log") is None
