"""The server's side of one inference worker: start it locked, write requests, hand on replies, notice its end."""

import contextlib
import os
import queue
import selectors
import signal
import threading
from collections.abc import Callable

from crashlight.adapters.llama.weights import Weights
from crashlight.adapters.llama.wire import HEADER, Reply, Request, WireError, frame, length, reply
from crashlight.adapters.sandbox.process import Confined, start
from crashlight.adapters.sandbox.profiles import INFERENCE, Limits
from crashlight.adapters.sandbox.proof import NotProven

MODULE = "crashlight.adapters.llama.worker"
START_TIMEOUT_S = 30.0
SPARE_MEMORY_MB = 4096  # address space beside the weights: libraries, the cache of keys and values, scratch
CHUNK = 1 << 16
KEPT_ERRORS = 4096  # bytes of standard error
ALLOWED_ATTEMPTS = 200  # mild ones; a library looks for a file now and then


class Worker:
    """One process. It ends with the server, or by ``kill``."""

    def __init__(self, weights: Weights, arguments: dict[str, int]) -> None:
        # The weights may be closed by their owner once this returns.
        self._descriptor = os.dup(weights.descriptor)
        self._memory_mb = (weights.size >> 20) + SPARE_MEMORY_MB
        self._arguments = {**arguments, "descriptor": self._descriptor}
        self._requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process: Confined | None = None
        self._killed = False
        self._ending = threading.Lock()
        self.level = "none"

    def start(self, on_reply: Callable[[Reply], None], on_end: Callable[[str], None]) -> None:
        """Both are called on a thread of the worker's own; ``on_end`` gets the reason, once."""
        # The kernel ends the process when the thread that started it ends, so it is one that lives as long.
        live = threading.Thread(target=self._live, args=(on_reply, on_end), name="crashlight-inference", daemon=True)
        live.start()

    def send(self, request: Request) -> None:
        """Never blocks."""
        self._requests.put(frame(request))

    def kill(self) -> None:
        """End it at once. May be repeated, from any thread."""
        with self._ending:
            self._killed = True
            if self._process:
                # Its own thread notices the end, and alone lets go of pipes that it may be reading just now.
                os.killpg(self._process.pid, signal.SIGKILL)

    def _live(self, on_reply: Callable[[Reply], None], on_end: Callable[[str], None]) -> None:
        reason = "it was stopped"
        try:
            process = self._start()
            self.level = process.prove(START_TIMEOUT_S)
            threading.Thread(target=self._write, args=(process,), daemon=True).start()
            reason = self._read(process, on_reply)
        except NotProven as error:
            reason = f"its sandbox was not proven: {error}"
        except (OSError, ValueError, WireError) as error:
            reason = str(error)
        finally:
            self._requests.put(None)
            with self._ending:
                started, self._process = self._process, None
            if started:
                started.kill()
            on_end("it was stopped" if self._killed else reason)

    def _start(self) -> Confined:
        try:
            with self._ending:
                if self._killed:
                    raise OSError("it was stopped before it began")
                self._process = start(
                    MODULE,
                    INFERENCE,
                    limits=Limits(memory_mb=self._memory_mb, cpu_s=None, file_kb=0, open_files=64, processes=None),
                    inherit=[self._descriptor],
                    site_packages=True,
                    arguments=self._arguments,
                )
                return self._process
        finally:
            os.close(self._descriptor)

    def _write(self, process: Confined) -> None:
        with contextlib.suppress(OSError, ValueError):
            while (data := self._requests.get()) is not None:
                view = memoryview(data)
                while view:
                    view = view[process.stdin.write(view) or 0 :]

    def _read(self, process: Confined, on_reply: Callable[[Reply], None]) -> str:
        """Hand on replies until the process ends; returns why it did. Raises WireError."""
        received = bytearray()
        errors = bytearray()
        attempts = 0
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            selector.register(process.stderr, selectors.EVENT_READ)
            if process.listener:
                selector.register(process.listener.fd, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is process.stdout:
                        chunk = os.read(process.stdout.fileno(), CHUNK)
                        if not chunk:
                            return _ending(process, bytes(errors))
                        received += chunk
                        _take_frames(received, on_reply)
                    elif key.fileobj is process.stderr:
                        chunk = os.read(process.stderr.fileno(), CHUNK)
                        errors = (errors + chunk)[-KEPT_ERRORS:]
                        if not chunk:
                            selector.unregister(process.stderr)
                    else:
                        attempt = process.answer()
                        attempts += 1
                        if attempt and (attempt.severity == "severe" or attempts > ALLOWED_ATTEMPTS):
                            return f"it tried {attempt.call}, which its sandbox denies"


def _take_frames(received: bytearray, on_reply: Callable[[Reply], None]) -> None:
    while len(received) >= HEADER:
        end = HEADER + length(bytes(received[:HEADER]))
        if len(received) < end:
            return
        message = reply(bytes(received[HEADER:end]))
        del received[:end]
        on_reply(message)


def _ending(process: Confined, errors: bytes) -> str:
    with contextlib.suppress(OSError, ValueError):
        errors += process.stderr.read(KEPT_ERRORS) or b""
    code = process.kill()
    last = errors.decode("utf-8", "replace").strip().splitlines()[-1:]
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"it ended with {how}" + (f": {last[0][:300]}" if last else "")
