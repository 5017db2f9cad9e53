"""Settings and folders that change while the server runs."""

from typing import Any

from lsprotocol import types

from crashlight.lsp import watching
from crashlight.lsp.analysis import Analysis
from crashlight.lsp.session import Session
from crashlight.lsp.uris import to_path

SECTION = "crashlight"


async def start(session: Session) -> None:
    """Ask for the settings once the client is ready, where it lets itself be asked."""
    if session.client.pulls_configuration:
        await _apply(session, await _pull(session))


def changed(session: Session, analysis: Analysis, params: types.DidChangeConfigurationParams) -> None:
    """The client sends the settings (Neovim), or says only that they changed (VS Code)."""
    sent = params.settings.get(SECTION) if isinstance(params.settings, dict) else None
    session.spawn(_changed(session, analysis, sent if isinstance(sent, dict) else None), "change of settings")


def folders_changed(session: Session, analysis: Analysis, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Folders came or went: their logs are read or forgotten."""
    gone = {to_path(folder.uri) for folder in params.event.removed}
    roots = [root for root in session.roots if root not in gone]
    roots += [path for folder in params.event.added if (path := to_path(folder.uri)) and path not in roots]
    session.roots = tuple(roots)
    session.spawn(_restart(session, analysis), "change of folders")


async def _changed(session: Session, analysis: Analysis, sent: dict[str, Any] | None) -> None:
    if sent is None and session.client.pulls_configuration:
        sent = await _pull(session)
    if await _apply(session, sent or {}):
        await _restart(session, analysis, remake=False)


async def _apply(session: Session, editor_settings: dict[str, Any]) -> bool:
    if session.configure(editor_settings):
        await session.remake_parts()
        return True
    return False


async def _restart(session: Session, analysis: Analysis, *, remake: bool = True) -> None:
    if remake:
        await session.remake_parts()
    watching.start(session, analysis)
    analysis.start_over()
    await analysis.scan_workspace()


async def _pull(session: Session) -> dict[str, Any]:
    params = types.ConfigurationParams([types.ConfigurationItem(section=SECTION)])
    answer = await session.server.workspace_configuration_async(params)
    first = answer[0] if answer else None
    return first if isinstance(first, dict) else {}
