"""textDocument/inlayHint: beside a frame, where it leads; beside a line of source, how often it crashed."""

from lsprotocol import types

from crashlight.lsp import diagnostics, words
from crashlight.lsp.session import Session
from crashlight.lsp.uris import to_path


async def inlay_hint(session: Session, params: types.InlayHintParams) -> list[types.InlayHint]:
    """Hints for the lines of the range."""
    uri = params.text_document.uri
    first, last = params.range.start.line, params.range.end.line
    hints = []
    for finding in session.findings.of_log(uri):
        occurrence = finding.occurrence
        if occurrence.last_line <= first or occurrence.first_line > last + 1:
            continue
        for (cause, number), place in occurrence.places.items():
            frame = occurrence.crash.causes[cause].frames[number]
            # A hint that repeats what the line says would be noise.
            if frame.printed is None or (frame.file == place.relative and not place.moved):
                continue
            span = occurrence.locate(frame.printed)
            if first <= span.line - 1 <= last:
                text = f"→ {place.relative}:{place.line}" + (" (moved)" if place.moved else "")
                hints.append(_hint(session, uri, span.line - 1, span.end, text))
    path = to_path(uri)
    if path is not None:
        counted: dict[int, set[str]] = {}
        for finding, line in session.findings.of_source(path):
            if first <= line - 1 <= last and diagnostics.is_shown(session, finding):
                counted.setdefault(line, set()).add(finding.id)
        for line, found in counted.items():
            many = "1 crash" if len(found) == 1 else f"{len(found)} crashes"
            document = session.document(uri)
            end = len(document.line(line - 1)) if document else 0
            hints.append(_hint(session, uri, line - 1, end, f"⚡ {many}"))
    return hints


def _hint(session: Session, uri: str, line: int, column: int, text: str) -> types.InlayHint:
    document = session.document(uri)
    units = session.documents.units.to_client(document.line(line), column) if document else column
    return types.InlayHint(types.Position(line, units), words.plain(text, 120), padding_left=True)
