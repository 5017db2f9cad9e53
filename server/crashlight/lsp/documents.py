"""Open documents as the editor holds them: lines, versions, and positions in the client's units.

Lines end at CRLF, LF and CR only. Python's ``splitlines`` also splits at form feeds and others, which no editor does:
diagnostics would land a line low and an incremental edit would go wrong for good. A client that does
not take a lone CR as a line end says so when it starts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lsprotocol import types

LINE = re.compile(r"[^\r\n]*+(?:\r\n|\n|\r)|[^\r\n]++")
LINE_WITHOUT_CR = re.compile(r"[^\n]*+\n|[^\n]++")


@dataclass(frozen=True, slots=True)
class Document:
    """One version of one document. ``lines`` keep their line ends; a change makes a new Document."""

    uri: str
    version: int
    language: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.lines)

    def line(self, number: int) -> str:
        """The 0-based line without its end; empty beyond the last."""
        return self.lines[number].rstrip("\r\n") if 0 <= number < len(self.lines) else ""


class Units:
    """Conversion between characters and the units of the client's positions."""

    def __init__(self, encoding: types.PositionEncodingKind | str = types.PositionEncodingKind.Utf16) -> None:
        self.encoding = types.PositionEncodingKind(encoding)

    def to_client(self, line: str, column: int) -> int:
        """Units before the character ``column`` of ``line``."""
        before = line[:column]
        if before.isascii() or self.encoding == types.PositionEncodingKind.Utf32:
            return len(before)
        if self.encoding == types.PositionEncodingKind.Utf8:
            return len(before.encode("utf-8", "surrogatepass"))
        return len(before) + sum(character > "\uffff" for character in before)

    def to_column(self, line: str, units: int) -> int:
        """The character at ``units`` of ``line``; its end where ``units`` is beyond it."""
        if line.isascii() or self.encoding == types.PositionEncodingKind.Utf32:
            return min(units, len(line))
        passed = 0
        for column, character in enumerate(line):
            if passed >= units:
                return column
            if self.encoding == types.PositionEncodingKind.Utf8:
                passed += len(character.encode("utf-8", "surrogatepass"))
            else:
                passed += 2 if character > "\uffff" else 1
        return len(line)

    def range(self, line: str, number: int, start: int, end: int) -> types.Range:
        """The range of the characters ``start`` to ``end`` of the 0-based line ``number``."""
        return types.Range(
            types.Position(number, self.to_client(line, start)), types.Position(number, self.to_client(line, end))
        )


class Documents:
    """All open documents, by URI."""

    def __init__(self) -> None:
        self.units = Units()
        self.lone_cr_ends_a_line = True
        self._open: dict[str, Document] = {}

    def get(self, uri: str) -> Document | None:
        """The document as it is now; None where it is not open."""
        return self._open.get(uri)

    def all(self) -> Sequence[Document]:
        """Every open document."""
        return tuple(self._open.values())

    def open(self, item: types.TextDocumentItem) -> Document:
        """The editor opened it; from now on its text alone is true."""
        document = Document(item.uri, item.version, item.language_id, self.split(item.text))
        self._open[item.uri] = document
        return document

    def change(
        self, uri: str, version: int, changes: Sequence[types.TextDocumentContentChangeEvent]
    ) -> Document | None:
        """Apply changes in order. None for a document that is not open: the client is out of step."""
        document = self._open.get(uri)
        if document is None:
            return None
        lines = document.lines
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                lines = self._splice(lines, change.range, change.text)
            else:
                lines = self.split(change.text)
        document = Document(uri, version, document.language, lines)
        self._open[uri] = document
        return document

    def close(self, uri: str) -> Document | None:
        """The editor closed it; the disk is true again."""
        return self._open.pop(uri, None)

    def split(self, text: str) -> tuple[str, ...]:
        """Lines with their ends."""
        if "\r" not in text:
            parts = text.split("\n")
            lines = [part + "\n" for part in parts[:-1]]
            return (*lines, parts[-1]) if parts[-1] else tuple(lines)
        pattern = LINE if self.lone_cr_ends_a_line else LINE_WITHOUT_CR
        return tuple(pattern.findall(text))

    def _splice(self, lines: tuple[str, ...], where: types.Range, text: str) -> tuple[str, ...]:
        """Replace a range. Only the lines it touches are split anew."""
        first, last = min(where.start.line, len(lines)), min(where.end.line, len(lines))
        before = lines[first] if first < len(lines) else ""
        after = lines[last] if last < len(lines) else ""
        # A position beyond a line means its end, before the line break.
        head = before[: self.units.to_column(before.rstrip("\r\n"), where.start.character)]
        tail = after[self.units.to_column(after.rstrip("\r\n"), where.end.character) :]
        # A carriage return at the seam may join a line feed of the neighbour to one line end.
        if head == "" and first > 0 and lines[first - 1].endswith("\r"):
            first -= 1
            head = lines[first]
        return (*lines[:first], *self.split(head + text + tail), *lines[last + 1 :])
