"""Bytes of the client to messages and back, over stdio or a loopback socket.

Reading has a thread of its own, so that no slow handler can make the server deaf, and so has writing,
so that a client that does not read cannot stop the server's loop. Bodies have a size cap.
"""

import asyncio
import logging
import queue
import socket
import threading
from collections.abc import Callable
from typing import Any, BinaryIO

logger = logging.getLogger(__name__)

MESSAGE_LIMIT = 256 * 1024 * 1024  # bytes; a document of this size is beyond every editor that we know
HEADER_LIMIT = 4096
QUEUED_MESSAGES = 1024  # reading waits when the loop is this far behind


class Closed(Exception):
    """The client is gone, or it sent something that cannot be told apart any more."""


def read_body(stream: BinaryIO) -> bytes:
    """One message body of the base protocol. Raises Closed at the end of the stream."""
    length: int | None = None
    while True:
        line = stream.readline(HEADER_LIMIT)
        if not line:
            raise Closed("the client closed the connection")
        text = line.strip()
        if not text:
            if length is None:
                continue
            break
        name, _, value = text.partition(b":")
        if name.strip().lower() == b"content-length":
            if not value.strip().isdigit():
                raise Closed("the client sent a Content-Length that is no number")
            length = int(value)
    if length > MESSAGE_LIMIT:
        raise Closed(f"the client announced a message of {length} bytes; the most is {MESSAGE_LIMIT}")
    body = stream.read(length)
    if len(body) < length:
        raise Closed("the client went away in the middle of a message")
    return body


class MessageReader:
    """Reads bodies on a thread and hands them to the loop in order."""

    def __init__(self, stream: BinaryIO, on_body: Callable[[bytes], None], on_close: Callable[[str], None]) -> None:
        self._stream = stream
        self._on_body = on_body
        self._on_close = on_close
        self._room = threading.Semaphore(QUEUED_MESSAGES)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read until the stream ends. The thread is a daemon: a read that never returns holds up no exit."""
        threading.Thread(target=self._read, args=(loop,), name="lsp-reader", daemon=True).start()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            while True:
                body = read_body(self._stream)
                self._room.acquire()
                loop.call_soon_threadsafe(self._deliver, body)
        except Closed as closed:
            reason = str(closed)
        except (OSError, ValueError) as error:
            reason = f"the connection broke: {error}"
        try:
            loop.call_soon_threadsafe(self._on_close, reason)
        except RuntimeError:
            logger.debug("the loop ended before the connection did")

    def _deliver(self, body: bytes) -> None:
        self._room.release()
        self._on_body(body)


class MessageWriter:
    """Writes on a thread; pygls hands it headers and body together. Nothing waits for the client."""

    def __init__(self, stream: BinaryIO, on_close: Callable[[str], None]) -> None:
        self._stream = stream
        self._on_close = on_close
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="lsp-writer", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Queue one message."""
        self._queue.put(data)

    def close(self) -> None:
        """Write what is queued, for at most a second, and stop."""
        self._queue.put(None)
        self._thread.join(timeout=1.0)

    def _write(self) -> None:
        try:
            while (data := self._queue.get()) is not None:
                self._stream.write(data)
                self._stream.flush()
        except (OSError, ValueError) as error:
            self._on_close(f"the client does not take messages any more: {error}")


def accept_one(port: int) -> tuple[BinaryIO, BinaryIO, Any]:
    """Wait for one client on the loopback interface, for debugging. Returns its two streams and the socket."""
    with socket.create_server(("127.0.0.1", port)) as server:
        print(f"listening on 127.0.0.1:{server.getsockname()[1]}", flush=True)
        connection, _ = server.accept()
    return connection.makefile("rb"), connection.makefile("wb"), connection
