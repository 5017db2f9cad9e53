"""The protocol class: what pygls leaves open is closed here, before any feature.

Every request gets exactly one answer: also one with malformed parameters, one before ``initialize``
and one after ``shutdown``. Nothing of a message is logged and no traceback is sent to the client, since both may
hold log text. Finished handlers leave nothing behind.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

logger = logging.getLogger(__name__)

NOT_INITIALIZED_MAY_ASK = {types.INITIALIZE, types.EXIT, types.CANCEL_REQUEST}


class Protocol(LanguageServerProtocol):
    """pygls' protocol with its hazards dealt with."""

    def __init__(self, server: Any, converter: Any) -> None:
        super().__init__(server, converter)
        self._initialize_seen = False
        self.on_exit: Callable[[int], None] = lambda code: None
        self.on_message: Callable[[str], None] = lambda method: None

    def receive(self, body: bytes) -> None:
        """Take one message body from the client. Never raises."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError) as error:
            self._refuse(None, types.ErrorCodes.ParseError, f"this is not JSON: {type(error).__name__}")
            return
        if not isinstance(data, dict) or data.get("jsonrpc") != self.VERSION:
            self._refuse(None, types.ErrorCodes.InvalidRequest, "a message is an object with jsonrpc 2.0")
            return
        method, message_id = data.get("method"), data.get("id")
        if method is not None and message_id is not None and (refusal := self._too_early_or_late(method)):
            self._refuse(message_id, *refusal)
            return
        if method is not None and message_id is None and not self._initialize_seen and method != types.EXIT:
            return  # The specification says to drop notifications before initialize.
        if method is not None and self.get_message_type(method) is None:
            data.setdefault("params", None)  # pygls cannot read an unknown message without them
        try:
            message = self.structure_message(data)
        except Exception as error:
            # A response or notification that cannot be read has nobody to tell; a request has.
            logger.debug("malformed message %s: %s", method, type(error).__name__)
            if method is not None and message_id is not None:
                self._refuse(message_id, types.ErrorCodes.InvalidParams, f"the parameters of {method} are malformed")
            elif message_id is not None:
                self._fail_own_request(message_id)
            return
        if method == types.INITIALIZE:
            self._initialize_seen = True
        if method is not None:
            self.on_message(method)
        self.handle_message(message)

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Any:
        """Cancel what is in flight, over a copy: cancelling changes the dictionary."""
        if (handler := self.fm.features.get(types.SHUTDOWN)) is not None:
            yield handler, args, None
        own = self.msg_id
        for message_id, future in list(self._request_futures.items()):
            if message_id != own and not future.done():
                future.cancel()
        self._shutdown = True

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: Any) -> Any:
        """End with 0 after ``shutdown`` and with 1 without it, as the specification says."""
        self.on_exit(0 if self._shutdown else 1)
        yield from ()

    # ------------------------------------------------------------ what pygls would do otherwise

    # Our documents live in lsp/documents.py; pygls' own workspace would keep a second copy of every text.

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Any:
        """Hand the document to our own handler alone."""
        yield from self._own(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Any:
        """Hand the change to our own handler alone."""
        yield from self._own(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Any:
        """Hand the close to our own handler alone."""
        yield from self._own(types.TEXT_DOCUMENT_DID_CLOSE, params)

    def _own(self, method: str, params: Any) -> Any:
        if (handler := self.fm.features.get(method)) is not None:
            yield handler, (params,), None

    def _execute_handler(self, msg_id: Any, handler: Any, callback: Any, args: Any = None, kwargs: Any = None) -> None:
        """Forget a handler's future when it is done; pygls keeps one for each notification."""
        super()._execute_handler(msg_id, handler, callback, args, kwargs)
        if (future := self._request_futures.get(msg_id)) is not None:
            future.add_done_callback(lambda _: self._request_futures.pop(msg_id, None))

    def _send_handler_result(self, future: Any, *, msg_id: Any) -> None:
        """Answer a request; what went wrong inside is named by its class, without a traceback."""
        self._request_futures.pop(msg_id, None)
        if future.cancelled():
            self._refuse(msg_id, types.LSPErrorCodes.RequestCancelled, "cancelled")
            return
        error = future.exception()
        if error is None:
            self._send_response(msg_id, result=future.result())
        elif isinstance(error, Refusal):
            self._refuse(msg_id, error.code, str(error))
        elif isinstance(error, asyncio.CancelledError):
            self._refuse(msg_id, types.LSPErrorCodes.RequestCancelled, "cancelled")
        else:
            logger.error("a request failed", exc_info=error)
            self._refuse(msg_id, types.ErrorCodes.InternalError, f"Crashlight failed: {type(error).__name__}")

    def _check_handler_result(self, future: Any) -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            logger.error("a notification failed", exc_info=error)

    def _handle_response(self, msg_id: Any, result: Any = None, error: Any = None) -> None:
        # A client that answers a request which we gave up meanwhile must not end the loop.
        future = self._request_futures.get(msg_id)
        if future is not None and not future.done():
            super()._handle_response(msg_id, result, error)

    def _too_early_or_late(self, method: str) -> tuple[int, str] | None:
        if self._shutdown:
            return types.ErrorCodes.InvalidRequest, "the server was shut down"
        if method == types.INITIALIZE and self._initialize_seen:
            return types.ErrorCodes.InvalidRequest, "initialize was sent twice"
        if not self._initialize_seen and method not in NOT_INITIALIZED_MAY_ASK:
            return types.ErrorCodes.ServerNotInitialized, "initialize comes first"
        return None

    def _refuse(self, message_id: Any, code: int, text: str) -> None:
        self._result_types.pop(message_id, None)
        self._send_data(
            types.ResponseErrorMessage(id=message_id, error=types.ResponseError(code=int(code), message=text))
        )

    def _fail_own_request(self, message_id: Any) -> None:
        future = self._request_futures.pop(message_id, None)
        if future is not None and not future.done():
            future.set_exception(ValueError("the client's answer is malformed"))


class Refusal(Exception):
    """A request that cannot be answered, with a code of the specification and words for the user."""

    def __init__(self, text: str, code: int = types.LSPErrorCodes.RequestFailed) -> None:
        super().__init__(text)
        self.code = code


def stale(text: str) -> Refusal:
    """The document changed since; the client asks anew."""
    return Refusal(text, types.LSPErrorCodes.ContentModified)


def silence_pygls() -> None:
    """Pygls logs payloads, and so log text; what it has to say we say ourselves."""
    for name in ("pygls", "pygls.protocol", "pygls.feature_manager"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


__all__ = ["Protocol", "Refusal", "silence_pygls", "stale"]
