"""One exchange with a worker: send a request, serve its denied calls, and wait for the answer within limits.

All waiting is one poll over the worker's pipes and its listener, so that a denied call never delays an
answer and a worker that stops reading never blocks the server.
"""

import os
import select
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from crashlight.adapters.plugins.frames import HEADER, OUT_OF_MEMORY, frame
from crashlight.adapters.sandbox.audit import Attempt, Permit
from crashlight.adapters.sandbox.process import Confined

MILD_ATTEMPTS_PER_REQUEST: Final = 64
ORDINARY_REQUEST: Final = 256 << 10
ERRORS_KEPT: Final = 4096
STARVED_FACTOR: Final = 4  # a runnable worker without its processor time may take this many times the wall limit
_PIPE_SIZE: Final = 1 << 20
_SET_PIPE_SIZE: Final = 1031  # F_SETPIPE_SZ


class Stopped(Exception):
    """The worker was stopped, or has ended. ``call`` is the limit or system call that ended it."""

    def __init__(self, call: str, detail: str) -> None:
        super().__init__(detail)
        self.call = call
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Budget:
    """What one request may take."""

    wall_s: float
    cpu_s: float
    output: int  # bytes

    def for_request(self, size: int) -> "Budget":
        """More for a large request: time in proportion beyond 256 KiB, and an answer of 8 bytes for each byte given."""
        factor = max(1.0, size / ORDINARY_REQUEST)
        return Budget(self.wall_s * factor, self.cpu_s * factor, self.output + 8 * size)


class Channel:
    """The pipes of one worker. Used from one thread. ``permit`` lets some of its calls go on, while it is set."""

    def __init__(self, confined: Confined, on_attempt: Callable[[Attempt], None]) -> None:
        self._confined = confined
        self._on_attempt = on_attempt
        self._in = confined.stdin.fileno()
        self._out = confined.stdout.fileno()
        self._err = confined.stderr.fileno()
        self._errors = bytearray()
        self._received = bytearray()
        self._mild = 0
        self.permit: Permit | None = None
        for descriptor in (self._in, self._out, self._err):
            os.set_blocking(descriptor, False)
        self._widen()
        self._poll = select.poll()
        self._poll.register(self._out, select.POLLIN)
        self._poll.register(self._err, select.POLLIN)
        if confined.listener:
            self._poll.register(confined.listener.fd, select.POLLIN)

    def exchange(self, request: bytes, budget: Budget) -> bytes:
        """The body of the answer. Raises Stopped, with the worker killed, when a limit is met or it ends."""
        try:
            return self._exchange(frame(request) if request else b"", budget)
        except Stopped:
            self._confined.kill()
            raise

    def idle(self, wake: int) -> None:
        """Wait until ``wake`` is readable, serving denied calls meanwhile. Raises Stopped as ``exchange`` does."""
        self._poll.register(wake, select.POLLIN)
        try:
            while True:
                ready = self._poll.poll()
                if any(descriptor == wake for descriptor, _ in ready):
                    return
                self._serve(ready, 0)
                if self._received:
                    raise Stopped("unasked answer", "it wrote without being asked")
        except Stopped:
            self._confined.kill()
            raise
        finally:
            self._poll.unregister(wake)

    def errors(self) -> str:
        """The end of what the worker wrote to standard error."""
        return self._errors.decode("utf-8", "replace").strip()

    def _exchange(self, to_send: bytes, budget: Budget) -> bytes:
        self._mild = 0
        rest = memoryview(to_send)
        limit = Limit(self._confined, budget)
        if rest:
            self._poll.register(self._in, select.POLLOUT)
        try:
            while True:
                rest = self._send(rest)
                body = self._answer(budget.output)
                if body is not None and not rest:
                    return body
                self._serve(self._poll.poll(limit.milliseconds()), budget.output)
        finally:
            if rest:
                with suppress(KeyError):
                    self._poll.unregister(self._in)

    def _send(self, rest: memoryview) -> memoryview:
        if not rest:
            return rest
        try:
            rest = rest[os.write(self._in, rest) :]
        except BlockingIOError:
            return rest
        except BrokenPipeError:
            raise self._ended() from None
        if not rest:
            self._poll.unregister(self._in)
        return rest

    def _answer(self, cap: int) -> bytes | None:
        """The whole answer, if it is there."""
        if len(self._received) < HEADER.size:
            return None
        (length,) = HEADER.unpack_from(self._received)
        if length > cap:
            raise Stopped("output", f"an answer of {length} bytes, where {cap} are allowed")
        end = HEADER.size + length
        if len(self._received) < end:
            return None
        if len(self._received) > end:
            raise Stopped("malformed frame", "more bytes than the answer's length says")
        body = bytes(self._received[HEADER.size : end])
        self._received.clear()
        return body

    def _serve(self, ready: list[tuple[int, int]], cap: int) -> None:
        for descriptor, _ in ready:
            if descriptor == self._out:
                self._receive(cap)
            elif descriptor == self._err:
                self._drain_errors()
            elif descriptor != self._in:
                self._deny()

    def _receive(self, cap: int) -> None:
        part = os.read(self._out, 1 << 18)
        if not part:
            raise self._ended()
        self._received += part
        if len(self._received) > cap + HEADER.size:
            raise Stopped("output", f"over {cap} bytes of answer")

    def _drain_errors(self) -> None:
        part = os.read(self._err, 1 << 16)
        if part:
            self._errors += part
            del self._errors[:-ERRORS_KEPT]
        else:
            self._poll.unregister(self._err)

    def _deny(self) -> None:
        attempt = self._confined.answer(self.permit)
        if attempt is None:
            return
        if attempt.severity == "severe":
            # Killed before it is told to anybody: whatever else it planned does not happen.
            self._confined.kill()
            self._on_attempt(attempt)
            raise Stopped(attempt.call, f"it called {attempt.call}, which no analyzer needs")
        self._on_attempt(attempt)
        self._mild += 1
        if self._mild >= MILD_ATTEMPTS_PER_REQUEST:
            raise Stopped(attempt.call, f"{self._mild} denied calls in one request, the last one {attempt.call}")

    def _ended(self) -> Stopped:
        with suppress(OSError, KeyError):
            self._drain_errors()
        code = self._confined.kill()
        if self._errors.endswith(OUT_OF_MEMORY):
            return Stopped("memory", OUT_OF_MEMORY.decode().strip())
        reason = f"signal {-code}" if code < 0 else f"exit code {code}"
        last = self.errors().splitlines()[-1:]
        return Stopped("ended", f"it ended with {reason}" + "".join(f": {line[:300]}" for line in last))

    def _widen(self) -> None:
        """Pipes that hold a whole window save a switch of processes every 64 KiB."""
        with suppress(ImportError, OSError):
            import fcntl

            for descriptor in (self._in, self._out):
                fcntl.fcntl(descriptor, _SET_PIPE_SIZE, _PIPE_SIZE)


class Limit:
    """The time that one request has left, by the wall and by the worker's own clock."""

    def __init__(self, confined: Confined, budget: Budget) -> None:
        self._confined = confined
        self._budget = budget
        self._wall_end = time.monotonic() + budget.wall_s
        self._last_end = time.monotonic() + STARVED_FACTOR * budget.wall_s
        self._cpu_end = confined.cpu_seconds() + budget.cpu_s

    def milliseconds(self) -> float:
        """How long to wait before looking again. Raises Stopped when there is no time left."""
        cpu_left = self._cpu_end - self._confined.cpu_seconds()
        if cpu_left <= 0:
            raise Stopped("cpu", f"over {self._budget.cpu_s * 1000:.0f} ms of processor time")
        now = time.monotonic()
        wall_left = self._wall_end - now
        if wall_left <= 0:
            # On a busy machine a worker that would run is not one that hangs.
            if now >= self._last_end or not self._confined.is_runnable():
                raise Stopped("wall", f"no answer within {self._budget.wall_s * 1000:.0f} ms")
            wall_left = 0.02
        return max(1.0, 1000 * min(wall_left, cpu_left))
