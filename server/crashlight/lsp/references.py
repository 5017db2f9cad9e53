"""textDocument/references: from a line of source to every crash that passed through it."""

from pathlib import Path

from lsprotocol import types

from crashlight.lsp import diagnostics
from crashlight.lsp.session import Session
from crashlight.lsp.uris import to_path


async def references(session: Session, params: types.ReferenceParams) -> list[types.Location]:
    """The frames in logs, in order of logs and lines. On a frame of a log: the other frames at its place."""
    uri, line = params.text_document.uri, params.position.line + 1
    path = to_path(uri)
    for finding in session.findings.of_log(uri):
        found = finding.frame_at(line) if finding.covers(line) else None
        if found is not None and (place := finding.occurrence.places.get(found[:2])) is not None:
            path, line = Path(place.path), place.line
    if path is None:
        return []
    locations = []
    for finding, frame in session.findings.through(path, line):
        if frame.printed is not None:
            span = finding.occurrence.locate(frame.printed)
            locations.append(types.Location(finding.uri, diagnostics.range_in(session, finding.uri, span)))
    return sorted(locations, key=lambda where: (where.uri, where.range.start.line))
