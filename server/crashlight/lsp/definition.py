"""textDocument/definition: from a frame to its line of source; from elsewhere in a report, to the culprit."""

from lsprotocol import types

from crashlight.domain import SourcePlace
from crashlight.lsp import diagnostics
from crashlight.lsp.session import Session
from crashlight.lsp.uris import from_path


async def definition(session: Session, params: types.DefinitionParams) -> list[types.Location] | None:
    """One location, or none where the workspace does not hold the source."""
    line = params.position.line + 1
    for finding in session.findings.of_log(params.text_document.uri):
        if finding.covers(line):
            found = finding.frame_at(line)
            if found is not None:
                place = finding.occurrence.places.get(found[:2])
            else:
                place = finding.occurrence.culprit.source if finding.occurrence.culprit else None
            return [location(session, place)] if place else None
    return None


def location(session: Session, place: SourcePlace) -> types.Location:
    """A place of the workspace in the client's terms."""
    return types.Location(from_path(place.path), diagnostics.source_range(session, place))
