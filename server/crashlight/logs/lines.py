"""A line of text that knows where in its file each of its characters stood."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crashlight.domain import LineOrigin
from crashlight.logs.noise import clean

MAX_LINE = 16 * 1024  # characters of a line that an analyzer sees
_NOISE = (b"\r", b"\x1b", b"\0", "\ufeff".encode())


@dataclass(frozen=True, slots=True)
class Line:
    """``columns`` gives the file's column of each character and one past the end; None for ``shift`` and counting on.

    ``dropped`` is what stood around the text and was taken off: a logger's prefix, or the level of a record.
    """

    text: str
    number: int  # 1-based in the file
    shift: int = 0
    columns: Sequence[int] | None = None
    dropped: str = ""

    def cut(self, start: int, end: int | None = None) -> "Line":
        """The part from ``start`` to ``end``."""
        end = len(self.text) if end is None else min(end, len(self.text))
        dropped = f"{self.dropped} {self.text[:start]}" if start else self.dropped
        if self.columns is None:
            return Line(self.text[start:end], self.number, self.shift + start, None, dropped)
        return Line(self.text[start:end], self.number, 0, self.columns[start : end + 1], dropped)

    def column(self, index: int) -> int:
        """The file's column of the character at ``index``, which may be one past the end."""
        return self.shift + index if self.columns is None else self.columns[index]

    def origin(self) -> LineOrigin:
        """Where the line stood, in the domain's words."""
        columns = None if self.columns is None else tuple(self.columns)
        return LineOrigin(self.number, 0 if columns else self.shift, len(self.text), columns)


def decode(data: bytes) -> str:
    """UTF-8, and Latin-1 as the last resort: it always fits."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def split(data: bytes, number: int, column: int = 0) -> Iterator[Line]:
    r"""The lines of ``data``, whose first has the 1-based ``number`` and begins at ``column``.

    Line breaks are ``\n`` and ``\r\n``. A lone ``\r``, as progress bars write it, parts a line into several that
    share its number. Noise is removed.
    """
    rows = data.split(b"\n")
    if rows and not rows[-1]:
        rows.pop()
    if not any(noise in data for noise in _NOISE):
        # Most logs are plain, and then most of the time here would go into finding that out line by line.
        for index, row in enumerate(rows):
            yield Line(decode(row), number + index, 0 if index else column)
        return
    for index, row in enumerate(rows):
        text = decode(row.rstrip(b"\r"))
        shift = 0 if index else column
        if "\r" in text:
            start = 0
            for part in text.split("\r"):
                yield _cleaned(part, number + index, shift + start)
                start += len(part) + 1
        else:
            yield _cleaned(text, number + index, shift)


def _cleaned(text: str, number: int, shift: int) -> Line:
    text, columns = clean(text)
    if columns is None:
        return Line(text, number, shift)
    return Line(text, number, 0, [column + shift for column in columns] if shift else columns)
