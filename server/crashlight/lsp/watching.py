"""Logs that are not open: told by the client where it watches files, by our own watcher otherwise."""

import asyncio

from lsprotocol import types

from crashlight.lsp import acceptances
from crashlight.lsp.analysis import Analysis
from crashlight.lsp.session import Session
from crashlight.lsp.uris import to_path
from crashlight.ports import ChangeKind, FileChange

KINDS: dict[types.FileChangeType, ChangeKind] = {
    types.FileChangeType.Created: "created",
    types.FileChangeType.Changed: "changed",
    types.FileChangeType.Deleted: "deleted",
}
REGISTRATION = "crashlight-watched-logs"


def start(session: Session, analysis: Analysis) -> None:
    """Watch the workspace's logs by the one way that fits this client."""
    if not session.settings.logs.watch or not session.roots:
        return
    if session.client.watches_files:
        watchers = [types.FileSystemWatcher(glob) for glob in session.settings.logs.globs]
        # Source files that come or go change where a frame leads.
        watchers.append(types.FileSystemWatcher("**/*", types.WatchKind.Create | types.WatchKind.Delete))
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = types.Registration(REGISTRATION, types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        session.server.protocol.send_request(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams([registration]))
        return
    loop = asyncio.get_running_loop()

    def changed(changes: list[FileChange]) -> None:
        loop.call_soon_threadsafe(_changed, session, analysis, changes)

    session.spawn(asyncio.to_thread(session.parts.watcher.start, session.roots, changed), "start of the watcher")


def told(session: Session, analysis: Analysis, params: types.DidChangeWatchedFilesParams) -> None:
    """The client's own watcher saw changes."""
    changes = [FileChange(path, KINDS[event.type]) for event in params.changes if (path := to_path(event.uri))]
    _changed(session, analysis, changes)


def _changed(session: Session, analysis: Analysis, changes: list[FileChange]) -> None:
    analysis.files_changed(changes)
    acceptances.look(session)
