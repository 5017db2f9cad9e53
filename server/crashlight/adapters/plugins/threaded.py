"""The exchange with a worker where pipes cannot be polled: on Windows. One thread for each pipe.

It does what ``channel`` does but for denied calls, which no such system tells.
"""

import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress

from crashlight.adapters.plugins.channel import ERRORS_KEPT, Budget, Limit, Stopped
from crashlight.adapters.plugins.frames import HEADER, OUT_OF_MEMORY, frame
from crashlight.adapters.sandbox.audit import Permit
from crashlight.adapters.sandbox.process import Confined


class ThreadedChannel:
    """The pipes of one worker; the same methods as ``Channel``."""

    def __init__(self, confined: Confined) -> None:
        self.permit: Permit | None = None
        self._confined = confined
        self._errors = bytearray()
        self._received = bytearray()
        self._parts: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._to_send: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._drain = self._begin(self._read_errors)
        self._begin(self._read_answers)
        self._begin(self._write)

    def exchange(self, request: bytes, budget: Budget) -> bytes:
        """The body of the answer. Raises Stopped, with the worker killed, when a limit is met or it ends."""
        try:
            if request:
                self._to_send.put(frame(request))
            return self._answer(Limit(self._confined, budget), budget.output)
        except Stopped:
            self._confined.kill()
            raise

    def idle(self, wake: int) -> None:
        """Nothing is watched between requests; what happens then is noticed at the next one."""

    def errors(self) -> str:
        """The end of what the worker wrote to standard error."""
        return self._errors.decode("utf-8", "replace").strip()

    def _answer(self, limit: Limit, cap: int) -> bytes:
        while True:
            if len(self._received) >= HEADER.size:
                (length,) = HEADER.unpack_from(self._received)
                end = HEADER.size + length
                if length > cap:
                    raise Stopped("output", f"an answer of {length} bytes, where {cap} are allowed")
                if len(self._received) > end:
                    raise Stopped("malformed frame", "more bytes than the answer's length says")
                if len(self._received) == end:
                    body = bytes(self._received[HEADER.size :])
                    self._received.clear()
                    return body
            try:
                part = self._parts.get(timeout=limit.milliseconds() / 1000)
            except queue.Empty:
                continue
            if not part:
                raise self._ended()
            self._received += part

    def _ended(self) -> Stopped:
        code = self._confined.kill()
        self._drain.join(1.0)
        if self._errors.endswith(OUT_OF_MEMORY):
            return Stopped("memory", OUT_OF_MEMORY.decode().strip())
        last = self.errors().splitlines()[-1:]
        return Stopped("ended", f"it ended with {code}" + "".join(f": {line[:300]}" for line in last))

    def _begin(self, loop: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=loop, name=f"pipe-{self._confined.pid}", daemon=True)
        thread.start()
        return thread

    def _read_answers(self) -> None:
        with suppress(OSError, ValueError):
            while part := os.read(self._confined.stdout.fileno(), 1 << 18):
                self._parts.put(part)
        self._parts.put(b"")

    def _read_errors(self) -> None:
        with suppress(OSError, ValueError):
            while part := os.read(self._confined.stderr.fileno(), 1 << 16):
                self._errors += part
                del self._errors[:-ERRORS_KEPT]

    def _write(self) -> None:
        while self._confined.is_alive():
            with suppress(OSError, ValueError, queue.Empty):
                rest = memoryview(self._to_send.get(timeout=1.0))
                while rest:
                    rest = rest[os.write(self._confined.stdin.fileno(), rest) :]
