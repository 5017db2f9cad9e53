"""One client's session: its documents, its settings, and the parts of the house that work for it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from crashlight.lsp.acceptance import Acceptances
from crashlight.lsp.client import Client
from crashlight.lsp.documents import Document, Documents, Units
from crashlight.lsp.findings import Finding, Findings
from crashlight.lsp.uris import to_path
from crashlight.observe.latency import LatencyTable
from crashlight.ports import Files
from crashlight.settings import Settings, load

logger = logging.getLogger(__name__)


class Session:
    """The state that the handlers share. They run on one loop, so plain attributes are safe.

    ``make_parts`` joins the adapters for given settings and folders; the composition root hands it in.
    """

    def __init__(
        self, server: LanguageServer, make_parts: Callable[[Settings, Sequence[Path], Documents], Any]
    ) -> None:
        self.server = server
        self.make_parts = make_parts
        self.documents = Documents()
        self.findings = Findings()
        self.acceptances = Acceptances()
        self.shown_fixes: set[str] = set()
        self.last_known: dict[str, Finding] = {}  # of claimed fixes, whose crash may leave its log meanwhile
        self.status_task: asyncio.Task[Any] | None = None
        self.status_told: dict[str, Any] | None = None
        self.latencies = LatencyTable()
        self.closer_looks: dict[str, asyncio.Task[Any]] = {}
        self.settings = Settings()
        self.editor_settings: dict[str, Any] = {}
        self.roots: tuple[Path, ...] = ()
        self.client: Client
        self.parts: Any = None
        self.diagnostician: Any = None
        self.listening_to: Any = None  # the store whose news this session shows
        self._tasks: set[asyncio.Task[Any]] = set()

    def initialize(self, params: types.InitializeParams) -> None:
        """Take the client's capabilities, folders and first settings."""
        self.client = Client.of(params)
        encodings = params.capabilities.general.position_encodings if params.capabilities.general else None
        known = {kind.value for kind in types.PositionEncodingKind}
        chosen = next((encoding for encoding in encodings or () if encoding in known), types.PositionEncodingKind.Utf16)
        self.documents.units = Units(chosen)
        self.documents.lone_cr_ends_a_line = self.client.lone_cr_ends_a_line
        folders = [to_path(folder.uri) for folder in params.workspace_folders or ()]
        if not folders and params.root_uri:
            folders = [to_path(params.root_uri)]
        self.roots = tuple(folder for folder in folders if folder is not None)
        options = params.initialization_options if isinstance(params.initialization_options, dict) else {}
        self.configure(options.get("settings") or {})

    def configure(self, editor_settings: dict[str, Any]) -> bool:
        """Read all settings anew. True when they changed; the parts then have to be made anew too."""
        self.editor_settings = editor_settings if isinstance(editor_settings, dict) else {}
        loaded = load(self.roots[0] if self.roots else None, self.editor_settings)
        for warning in loaded.warnings:
            self.tell(warning, types.MessageType.Warning)
        changed = loaded.settings != self.settings or self.parts is None
        self.settings = loaded.settings
        if changed and self.parts is None:
            self._make_parts()
        return changed

    async def remake_parts(self) -> None:
        """Stop the parts and make them for the settings and folders of now."""
        before = self.parts
        self._make_parts()
        if before is not None:
            await before.close()

    @property
    def files(self) -> Files:
        """Documents in front of the disk."""
        files: Files = self.parts.files
        return files

    def document(self, uri: str) -> Document | None:
        """The document as it is now: a frozen snapshot for the handler that asks."""
        return self.documents.get(uri)

    def spawn(self, work: Coroutine[Any, Any, Any], reason: str) -> "asyncio.Task[Any]":
        """Run in the background. The session holds the task, names it, and says when it failed."""
        task = asyncio.get_running_loop().create_task(work, name=reason)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def tell(self, text: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """A line in the client's log of this server; never log text."""
        self.server.window_log_message(types.LogMessageParams(kind, text))

    def show(self, text: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """A message that the user sees at once; only for what they asked for or must act on."""
        self.server.window_show_message(types.ShowMessageParams(kind, text))

    async def close(self) -> None:
        """Stop all work, then all parts."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.parts is not None:
            await self.parts.close()

    def _make_parts(self) -> None:
        self.parts = self.make_parts(self.settings, self.roots, self.documents)
        self.diagnostician = self.parts.diagnostician(use_model=self.settings.model.enabled, use_store=True)

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("%s failed", task.get_name(), exc_info=error)
