"""textDocument/didOpen, didChange, didClose, didSave: what the editor holds, and what that means."""

from lsprotocol import types

from crashlight.lsp import acceptances
from crashlight.lsp.analysis import Analysis
from crashlight.lsp.session import Session


class Synchronization:
    """Keeps documents in step and wakes what depends on them."""

    def __init__(self, session: Session, analysis: Analysis) -> None:
        self._session = session
        self._analysis = analysis

    def opened(self, params: types.DidOpenTextDocumentParams) -> None:
        """A log is analysed at once; a source file may hold a fix that was taken."""
        document = self._session.documents.open(params.text_document)
        if self._analysis.is_log(document):
            self._analysis.document_changed(document.uri, quiet_s=0)
        else:
            acceptances.look(self._session)

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        """A version that the client sends for a document it never opened is told to nobody but our log."""
        uri, version = params.text_document.uri, params.text_document.version
        document = self._session.documents.change(uri, version, params.content_changes)
        if document is None:
            return
        if self._analysis.is_log(document):
            self._analysis.document_changed(uri)
        else:
            acceptances.look(self._session)
            self._analysis.source_changed(uri)

    def closed(self, params: types.DidCloseTextDocumentParams) -> None:
        """The disk is true again."""
        document = self._session.documents.close(params.text_document.uri)
        if document is not None and self._analysis.is_log(document):
            self._analysis.document_closed(document.uri)

    def saved(self, params: types.DidSaveTextDocumentParams) -> None:
        """A taken fix that is still there at the next save was kept."""
        acceptances.look(self._session)
        acceptances.settle(self._session, params.text_document.uri)
