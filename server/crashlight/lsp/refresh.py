"""Tell the client that what it shows between our answers may be out of date."""

from lsprotocol import types

from crashlight.lsp.session import Session


def lenses(session: Session) -> None:
    """Lenses and hints are asked anew, where the client can."""
    if session.client.refresh_lenses:
        session.server.protocol.send_request(types.WORKSPACE_CODE_LENS_REFRESH, None)
    if session.client.refresh_hints:
        session.server.protocol.send_request(types.WORKSPACE_INLAY_HINT_REFRESH, None)
