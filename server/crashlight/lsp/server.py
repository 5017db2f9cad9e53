"""The language server: joins handlers to methods, and runs until the client is gone."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from crashlight import __version__
from crashlight.lsp import (
    calls,
    code_action,
    code_lens,
    commands,
    configuration,
    definition,
    dispatch,
    hints,
    hover,
    links,
    references,
    status,
    symbols,
    tokens,
    watching,
)
from crashlight.lsp.analysis import Analysis
from crashlight.lsp.documents import Documents
from crashlight.lsp.protocol import Protocol, silence_pygls
from crashlight.lsp.session import Session
from crashlight.lsp.synchronization import Synchronization
from crashlight.lsp.transport import MessageReader, MessageWriter
from crashlight.observe.latency import LatencyTable
from crashlight.settings import Settings

logger = logging.getLogger(__name__)

SHUTDOWN_S = 10.0  # for all parts to stop, before the process ends anyhow
PARENT_CHECK_S = 5.0

REQUESTS: list[tuple[str, Callable[[Session, Any], Any], Any]] = [
    (types.TEXT_DOCUMENT_HOVER, hover.hover, None),
    (types.TEXT_DOCUMENT_DEFINITION, definition.definition, None),
    (types.TEXT_DOCUMENT_DECLARATION, definition.definition, None),
    (types.TEXT_DOCUMENT_REFERENCES, references.references, None),
    (types.TEXT_DOCUMENT_CODE_LENS, code_lens.code_lens, types.CodeLensOptions(resolve_provider=False)),
    (types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, symbols.document_symbol, None),
    (types.TEXT_DOCUMENT_FOLDING_RANGE, symbols.folding_range, None),
    (types.TEXT_DOCUMENT_DOCUMENT_LINK, links.document_link, types.DocumentLinkOptions(resolve_provider=False)),
    (types.TEXT_DOCUMENT_INLAY_HINT, hints.inlay_hint, types.InlayHintOptions(resolve_provider=False)),
    (types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, tokens.full, tokens.LEGEND),
    (types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, tokens.within, tokens.LEGEND),
    (types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, calls.prepare, None),
    (types.CALL_HIERARCHY_INCOMING_CALLS, calls.incoming, None),
    (types.CALL_HIERARCHY_OUTGOING_CALLS, calls.outgoing, None),
    (types.WORKSPACE_SYMBOL, symbols.workspace_symbol, None),
    (
        types.TEXT_DOCUMENT_CODE_ACTION,
        code_action.code_action,
        types.CodeActionOptions(code_action_kinds=code_action.KINDS, resolve_provider=True),
    ),
    (types.CODE_ACTION_RESOLVE, code_action.resolve, None),
]


class CrashlightServer(LanguageServer):
    """pygls' server with our protocol; what it reports goes to our log, never to the user's screen."""

    def __init__(self) -> None:
        silence_pygls()
        super().__init__("crashlight", __version__, protocol_cls=Protocol)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log only: pygls' own way recurses when the client is gone."""
        logger.error("server error in %s: %s", getattr(source, "__name__", source), type(error).__name__)


def run(make_parts: Callable[[Settings, Sequence[Path], Documents], Any], stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Serve one client until it exits or goes away. Returns the exit code of the specification."""
    return asyncio.run(_serve(make_parts, stdin, stdout))


async def _serve(make_parts: Any, stdin: BinaryIO, stdout: BinaryIO) -> int:
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def end(code: int, reason: str = "exit") -> None:
        if not ended.done():
            logger.info("ending: %s", reason)
            ended.set_result(code)

    server = CrashlightServer()
    protocol = server.protocol
    assert isinstance(protocol, Protocol)
    session = Session(server, make_parts)
    register(server, session)
    protocol.on_exit = end

    def client_is_deaf(reason: str) -> None:
        loop.call_soon_threadsafe(end, 1, reason)

    writer = MessageWriter(stdout, client_is_deaf)
    protocol.set_writer(writer)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, 1, "signal")
    MessageReader(stdin, protocol.receive, lambda reason: end(1, reason)).start(loop)
    watch_parent = asyncio.create_task(_end_with_parent(server, end))
    code = await ended
    watch_parent.cancel()
    try:
        await asyncio.wait_for(session.close(), SHUTDOWN_S)
    except TimeoutError:
        logger.error("a part did not stop within %s s", SHUTDOWN_S)
    writer.close()
    return code


def register(server: LanguageServer, session: Session) -> None:
    """Tell pygls which methods there are and who answers them."""
    table = session.latencies
    analysis = Analysis(session)
    synchronization = Synchronization(session, analysis)

    for method, handler, options in REQUESTS:
        server.feature(method, options)(dispatch.request(session, table, method, handler))
    # pygls marks what it registers, which a bound method does not allow.
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(partial(synchronization.opened))
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(partial(synchronization.changed))
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(partial(synchronization.closed))
    server.feature(types.TEXT_DOCUMENT_DID_SAVE, types.SaveOptions(include_text=False))(partial(synchronization.saved))
    for name, command in commands.COMMANDS.items():
        server.command(name)(_command(session, table, name, command))

    async def initialized(_: types.InitializedParams) -> None:
        await configuration.start(session)
        watching.start(session, analysis)
        await asyncio.to_thread(lambda: session.parts.reader)  # made before the first log needs it
        session.spawn(analysis.scan_workspace(), "first scan of the workspace")
        status.changed(session)

    server.feature(types.INITIALIZE)(partial(session.initialize))
    server.feature(types.INITIALIZED)(initialized)
    for method, told in (
        (types.WORKSPACE_DID_CHANGE_CONFIGURATION, configuration.changed),
        (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, configuration.folders_changed),
        (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watching.told),
    ):
        server.feature(method)(partial(told, session, analysis))


def _command(session: Session, table: LatencyTable, name: str, command: Any) -> Callable[..., Any]:
    async def execute(*arguments: Any) -> Any:
        params = types.ExecuteCommandParams(name, list(arguments))
        return await dispatch.request(session, table, name, lambda s, p: command(s, commands.argument_of(p)))(params)

    return execute


async def _end_with_parent(server: LanguageServer, end: Callable[[int, str], None]) -> None:
    """A client that died cannot say exit; the specification has us look for its process."""
    while True:
        await asyncio.sleep(PARENT_CHECK_S)
        if server.process_id and not _alive(server.process_id):
            end(1, "the client's process is gone")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for messages alone: whatever else prints goes to standard error."""
    stdin, stdout = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return stdin, stdout
