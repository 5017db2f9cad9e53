"""All trigger literals in one hyperscan automaton."""

import re
import threading
from collections.abc import Iterable, Sequence

import hyperscan

from crashlight.adapters.scan.kept import database
from crashlight.ports import Hit

_GO_ESCAPED = re.compile(rb"[<>&]")


class HyperscanScanner:
    """Finds ``literals``, also as they stand inside a JSON string. Any number of threads may scan at once."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        self._literals = tuple(dict.fromkeys(literals))
        written = [(form, index) for index, literal in enumerate(self._literals) for form in written_forms(literal)]
        self._literal_of = tuple(index for _, index in written)
        self._database = database([form for form, _ in written]) if written else None
        self._of_thread = threading.local()

    def literals(self) -> Sequence[bytes]:
        return self._literals

    def scan(self, block: bytes | bytearray | memoryview) -> list[Hit]:
        if self._database is None or not block:
            return []
        found: list[tuple[int, int]] = []
        add = found.append

        def on_match(form: int, start: int, end: int, flags: int, context: object) -> None:
            add((end, form))

        self._database.scan(
            block if isinstance(block, bytes) else bytes(block), match_event_handler=on_match, scratch=self._scratch()
        )
        literal_of = self._literal_of
        return [Hit(end, literal_of[form]) for end, form in found]

    def _scratch(self) -> hyperscan.Scratch:
        scratch: hyperscan.Scratch | None = getattr(self._of_thread, "scratch", None)
        if scratch is None:
            scratch = hyperscan.Scratch(self._database)
            self._of_thread.scratch = scratch
        return scratch


def written_forms(literal: bytes) -> Iterable[bytes]:
    """``literal`` itself, and how JSON writers put it into a string, once or twice over, where that differs.

    A break at the front is left out as well, since in a wrapped log something stands between it and the rest.
    Go's writer, which Docker uses, also escapes ``<``, ``>`` and ``&``; PHP's escapes ``/``.
    """
    escaped = _escape(literal)
    forms = [
        literal,
        literal.removeprefix(b"\n"),
        escaped,
        _GO_ESCAPED.sub(lambda match: b"\\u%04x" % ord(match[0]), escaped),
        escaped.replace(b"/", b"\\/"),
        _escape(escaped),
    ]
    return dict.fromkeys(forms)


def _escape(text: bytes) -> bytes:
    for plain, written in ((b"\\", b"\\\\"), (b'"', b'\\"'), (b"\n", b"\\n"), (b"\t", b"\\t"), (b"\r", b"\\r")):
        text = text.replace(plain, written)
    return text
