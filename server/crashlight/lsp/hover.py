"""textDocument/hover: why it crashed; on a frame, the source that it points to as well."""

from lsprotocol import types

from crashlight.domain import SourcePlace
from crashlight.lsp import closer_look, feedback, lookup, words
from crashlight.lsp.edits import lines_of
from crashlight.lsp.session import Session
from crashlight.lsp.uris import from_path

LINES_AROUND = 3


async def hover(session: Session, params: types.HoverParams) -> types.Hover | None:
    """What is known now; the model is asked in the background and never waited for."""
    finding = lookup.one(session, params.text_document.uri, params.position)
    if finding is None:
        return None
    pending = finding.diagnosis.pending and closer_look.start(session, finding)
    history = session.findings.histories.get(finding.fingerprint)
    text = words.hover(finding, history, closer_look=pending)
    found = finding.frame_at(params.position.line + 1) if finding.uri == params.text_document.uri else None
    if found is not None and (place := finding.occurrence.places.get(found[:2])) is not None:
        text += "\n\n" + _excerpt(session, place)
    feedback.shown(session, finding)
    kind = types.MarkupKind.Markdown if session.client.markdown else types.MarkupKind.PlainText
    return types.Hover(types.MarkupContent(kind, text))


def _excerpt(session: Session, place: SourcePlace) -> str:
    """A few numbered lines around a place, with an arrow at it."""
    lines = lines_of(session, from_path(place.path))
    if lines is None:
        return ""
    first = max(1, place.line - LINES_AROUND)
    numbered = [
        f"{'→' if number == place.line else ' '} {number:4d}  {lines[number - 1].rstrip()[:200]}"
        for number in range(first, min(len(lines), place.line + LINES_AROUND) + 1)
    ]
    return words.block("\n".join(numbered))
