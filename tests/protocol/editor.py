"""A scripted editor: pytest-lsp's client with the capabilities recorded from a real one.

It keeps open documents as an editor does, applies edits with their versions, and waits for facts.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Union

import pytest_lsp
from lsprotocol import types
from lsprotocol.converters import get_converter
from pytest_lsp import LanguageClient, make_test_lsp_client

from crashlight.lsp.documents import Documents, Units

CLIENTS = Path(__file__).parent / "clients"
RECORDED = {path.stem: path for path in sorted(CLIENTS.glob("*.json"))}
SHIPPED = {"emacs": "emacs@29", "old-neovim": "neovim@0.6", "old-vscode": "visual_studio_code@1.65.2"}
PATIENCE_S = 60.0  # for a fact that must come; a test that waits this long has failed, not timed out


@dataclass
class Editor:
    """One editor, connected to one server."""

    client: LanguageClient
    workspace: Path
    documents: Documents = field(default_factory=Documents)
    registrations: list[types.Registration] = field(default_factory=list)

    @classmethod
    async def start(cls, editor: str, workspace: Path, env: dict[str, str], **settings: Any) -> "Editor":
        """Start ``crashlight serve`` and initialize it as the editor does; ``settings`` are those of the user."""
        client = make_test_lsp_client()
        client.set_configuration(settings, section="crashlight")
        self = cls(client, workspace)
        _tell_actions_from_commands(client)
        client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda params: self.registrations.extend(params.registrations))
        client.feature(types.WORKSPACE_CODE_LENS_REFRESH)(lambda *_: None)
        client.feature(types.WORKSPACE_INLAY_HINT_REFRESH)(lambda *_: None)
        client.feature("crashlight/status")(lambda params: None)
        await client.start_io(
            sys.executable, "-m", "crashlight.cli.main", "serve", env={**os.environ, **env}, cwd=str(workspace)
        )
        capabilities, initialization = _capabilities(editor)
        result = await client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities,
                client_info=types.ClientInfo(editor),
                initialization_options={**initialization, "settings": settings},
                workspace_folders=[types.WorkspaceFolder(workspace.as_uri(), workspace.name)],
                root_uri=workspace.as_uri(),
            )
        )
        self.documents.units = Units(result.capabilities.position_encoding or types.PositionEncodingKind.Utf16)
        return self

    # ------------------------------------------------------------ what a user does

    def open(self, path: Path, language: str) -> str:
        """Open a file; returns its URI."""
        item = types.TextDocumentItem(path.as_uri(), language, 1, path.read_bytes().decode("utf-8", "replace"))
        self.documents.open(item)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return item.uri

    def type(self, uri: str, text: str) -> None:
        """Replace the whole text of a document."""
        self._change(uri, types.TextDocumentContentChangeWholeDocument(text))

    async def take(self, action: types.CodeAction) -> None:
        """Take an action: resolve it, apply its edit, save, and run its command, as editors do."""
        if action.edit is None and action.data is not None:
            action = await self.client.code_action_resolve_async(action)
        assert action.edit is not None
        for uri, edits in _edits(action.edit):
            self.apply(uri, edits)
        if action.command is not None:
            await self.client.workspace_execute_command_async(
                types.ExecuteCommandParams(action.command.command, action.command.arguments)
            )

    def apply(self, uri: str, edits: list[types.TextEdit]) -> None:
        """Apply edits to the open document, from the last to the first, and save it."""
        if self.documents.get(uri) is None:
            self.open(Path(uri.removeprefix("file://")), "python")
        for edit in sorted(edits, key=lambda edit: (edit.range.start.line, edit.range.start.character), reverse=True):
            self._change(uri, types.TextDocumentContentChangePartial(range=edit.range, text=edit.new_text))
        document = self.documents.get(uri)
        assert document is not None
        Path(uri.removeprefix("file://")).write_text(document.text, newline="")
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))

    async def actions(self, uri: str, line: int) -> list[types.CodeAction]:
        """What the light bulb offers on a 0-based line."""
        here = types.Range(types.Position(line, 0), types.Position(line, 0))
        context = types.CodeActionContext(
            [each for each in self.client.diagnostics.get(uri, []) if each.range.start.line == line],
            trigger_kind=types.CodeActionTriggerKind.Invoked,
        )
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), here, context)
        return list(await self.client.text_document_code_action_async(params) or [])

    async def hover(self, uri: str, line: int, character: int = 0) -> str:
        """The hover's text; empty where there is none."""
        params = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
        answer = await self.client.text_document_hover_async(params)
        return answer.contents.value if answer else ""

    async def definition(self, uri: str, line: int) -> list[types.Location]:
        """Where a frame leads."""
        params = types.DefinitionParams(types.TextDocumentIdentifier(uri), types.Position(line, 4))
        return list(await self.client.text_document_definition_async(params) or [])

    # ------------------------------------------------------------ what a test waits for

    async def diagnostics(
        self, uri: str, fact: Callable[[list[types.Diagnostic]], bool] = bool
    ) -> list[types.Diagnostic]:
        """The diagnostics of a document as soon as ``fact`` holds for them."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not (uri in self.client.diagnostics and fact(list(self.client.diagnostics[uri]))):
                    await self.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        except TimeoutError:
            status = await self.client.workspace_execute_command_async(
                types.ExecuteCommandParams("crashlight.status", [{}])
            )
            told = [message.message for message in self.client.log_messages]
            found = [each.message for each in self.client.diagnostics.get(uri, [])]
            raise AssertionError(f"the diagnostics did not come: {found}; told {told}; status {status}") from None
        return list(self.client.diagnostics[uri])

    async def until(self, fact: Callable[[], Any]) -> Any:
        """Ask until ``fact`` gives something; for what no notification tells."""
        async with asyncio.timeout(PATIENCE_S):
            while not (found := await fact()):
                await asyncio.sleep(0.05)
        return found

    # ------------------------------------------------------------ the end

    def kill(self) -> int:
        """SIGKILL to the server; returns its pid."""
        process = self.client._server
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        return process.pid

    async def stop(self) -> int:
        """Shut down in order; returns the exit code."""
        await self.client.shutdown_session()
        process = self.client._server
        assert process is not None
        code = await process.wait()
        await self.client.stop()
        return code

    def _change(self, uri: str, change: types.TextDocumentContentChangeEvent) -> None:
        before = self.documents.get(uri)
        assert before is not None
        after = self.documents.change(uri, before.version + 1, [change])
        assert after is not None
        identifier = types.VersionedTextDocumentIdentifier(version=after.version, uri=uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))


def _tell_actions_from_commands(client: LanguageClient) -> None:
    """lsprotocol takes a code action that carries a command for a command; an editor does not."""
    converter = client.protocol._converter

    def structure(data: Any, _: Any) -> types.CodeAction | types.Command:
        kind = types.Command if isinstance(data.get("command"), str) else types.CodeAction
        return converter.structure(data, kind)  # type: ignore[no-any-return]

    converter.register_structure_hook(Union[types.Command, types.CodeAction], structure)  # noqa: UP007 - as lsprotocol names it


def _capabilities(editor: str) -> tuple[types.ClientCapabilities, dict[str, Any]]:
    if editor in RECORDED:
        recorded = json.loads(RECORDED[editor].read_text(encoding="utf-8"))
        capabilities = get_converter().structure(recorded["capabilities"], types.ClientCapabilities)
        return capabilities, recorded.get("initializationOptions") or {}
    return pytest_lsp.client_capabilities(SHIPPED[editor]), {}


def _edits(edit: types.WorkspaceEdit) -> list[tuple[str, list[types.TextEdit]]]:
    if edit.document_changes:
        return [(each.text_document.uri, list(each.edits)) for each in edit.document_changes]  # type: ignore[union-attr]
    return [(uri, list(edits)) for uri, edits in (edit.changes or {}).items()]
