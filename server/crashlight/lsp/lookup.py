"""From a position to the findings it is about."""

from collections.abc import Iterator

from lsprotocol import types

from crashlight.lsp.findings import Finding
from crashlight.lsp.session import Session
from crashlight.lsp.uris import to_path


def at(session: Session, uri: str, first: int, last: int | None = None) -> Iterator[Finding]:
    """The findings that the 0-based lines ``first`` to ``last`` of a log or source file are about."""
    wanted = range(first + 1, (first if last is None else last) + 2)
    for finding in session.findings.of_log(uri):
        if finding.occurrence.first_line < wanted.stop and finding.occurrence.last_line >= wanted.start:
            yield finding
    path = to_path(uri)
    if path is not None:
        told = set()
        for finding, line in session.findings.of_source(path):
            if line in wanted and finding.fingerprint not in told:
                told.add(finding.fingerprint)
                yield finding


def one(session: Session, uri: str, position: types.Position) -> Finding | None:
    """The first finding at a position."""
    return next(at(session, uri, position.line), None)
