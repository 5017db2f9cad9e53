"""textDocument/documentLink: the printed place of each frame that leads into the workspace, as a link."""

from lsprotocol import types

from crashlight.lsp import diagnostics
from crashlight.lsp.session import Session
from crashlight.lsp.uris import from_path


async def document_link(session: Session, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
    """Links for clients that show them; go-to-definition does the same everywhere."""
    uri = params.text_document.uri
    links = []
    for finding in session.findings.of_log(uri):
        for (cause, number), place in finding.occurrence.places.items():
            printed = finding.occurrence.crash.causes[cause].frames[number].printed
            if printed is not None:
                where = diagnostics.range_in(session, uri, finding.occurrence.locate(printed))
                target = f"{from_path(place.path)}#L{place.line}"
                tooltip = f"{place.relative}:{place.line}" if session.client.link_tooltips else None
                links.append(types.DocumentLink(where, target=target, tooltip=tooltip))
    return links
