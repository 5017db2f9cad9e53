"""One warm restricted process and the thread that owns it; requests wait in a queue, one runs at a time.

The thread lives as long as its process, since the kernel kills the process when the thread ends. A
request whose waiter was cancelled is skipped if it has not begun, and its answer dropped if it has.
"""

import contextlib
import logging
import os
import queue
import select
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

import msgspec

from crashlight.adapters.plugins import checks
from crashlight.adapters.plugins.channel import Budget, Channel, Stopped
from crashlight.adapters.plugins.frames import VERSION
from crashlight.adapters.plugins.manifest import Source
from crashlight.adapters.plugins.preload import needed
from crashlight.adapters.plugins.threaded import ThreadedChannel
from crashlight.adapters.sandbox.audit import Attempt
from crashlight.adapters.sandbox.loading import Loading, readable
from crashlight.adapters.sandbox.machine import Machine
from crashlight.adapters.sandbox.process import Confined, start
from crashlight.adapters.sandbox.profiles import NATIVE, STRICT, Level, Limits
from crashlight.adapters.sandbox.proof import NotProven

START_BUDGET: Final = Budget(wall_s=10.0, cpu_s=10.0, output=4096)
LOAD_BUDGET: Final = Budget(wall_s=2.0, cpu_s=2.0, output=4096)
LONGEST_LIFE_S: Final = 3600.0
MOST_REQUESTS: Final = 50_000
FULL: Final = 0.8  # of its memory: then a worker is replaced before it fails
LONGEST_BACK_OFF_S: Final = 30.0

CAN_POLL: Final = hasattr(select, "poll")

log = logging.getLogger(__name__)


class Unavailable(Exception):
    """No process could be started, or it could not be proven restricted. Nothing was sent to it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The body of an answer, the process that gave it, and the processor time that it took for that."""

    body: bytes
    pid: int
    cpu_s: float = 0.0


@dataclass(slots=True)
class _Job:
    source: Source
    operation: str
    request: bytes
    budget: Budget
    future: Future[Reply] = field(default_factory=Future)


@dataclass(slots=True)
class _Process:
    confined: Confined
    channel: Channel | ThreadedChannel
    born: float
    loaded: dict[str, str] = field(default_factory=dict)  # plugin → why it could not be loaded, or ""
    requests: int = 0


class Failure(Exception):
    """A request that got no answer. ``phase`` is load, parse, explain, refine or idle."""

    def __init__(self, phase: str, pid: int, call: str, detail: str, *, killed: bool) -> None:
        super().__init__(detail)
        self.phase = phase
        self.pid = pid
        self.call = call
        self.detail = detail
        self.killed = killed


OnAttempt = Callable[[str, int, str, Attempt], None]  # plugin, pid, phase, what it tried


class Worker:
    """Runs the plugins of ``sources``. ``on_attempt`` and ``on_idle_failure`` are called from its thread."""

    def __init__(
        self,
        name: str,
        sources: Mapping[str, Source],
        *,
        memory_mb: int,
        machine: Machine,
        on_attempt: OnAttempt,
        on_idle_failure: Callable[[str, Failure], None],
    ) -> None:
        self._name = name
        self._sources = sources
        self._memory_mb = memory_mb
        self._machine = machine
        self._on_attempt = on_attempt
        self._on_idle_failure = on_idle_failure
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._process: _Process | None = None
        self._phase = ("", "start")  # plugin, phase
        self._failed_starts = 0
        self._not_before = 0.0
        self._reason = ""
        self._wake_read, self._wake_write = -1, -1
        self._thread: threading.Thread | None = None
        self.level: Level | None = None

    def submit(self, source: Source, operation: str, request: bytes, budget: Budget) -> Future[Reply]:
        """Queue a request. The future raises Failure, Unavailable or checks.RaisedInside."""
        job = _Job(source, operation, request, budget)
        self._put(job)
        return job.future

    def warm(self) -> Future[Reply]:
        """Start the process now, if there is none, so that the first request need not wait for it."""
        return self.submit(next(iter(self._sources.values())), "warm", b"", START_BUDGET)

    def close(self) -> None:
        """End the process and the thread. Requests that still wait are cancelled. Blocks for milliseconds."""
        if self._thread is not None:
            self._put(None)
            self._thread.join()
            self._thread = None

    def _put(self, job: _Job | None) -> None:
        if self._thread is None:
            self._wake_read, self._wake_write = os.pipe()
            self._thread = threading.Thread(target=self._run, name=f"plugins-{self._name}", daemon=True)
            self._thread.start()
        self._jobs.put(job)
        os.write(self._wake_write, b"\0")

    def _run(self) -> None:
        try:
            while (job := self._next()) is not None:
                if job.future.set_running_or_notify_cancel():
                    self._do(job)
        finally:
            self._end()
            with contextlib.suppress(queue.Empty):
                while True:
                    waiting = self._jobs.get_nowait()
                    if waiting is not None:
                        waiting.future.cancel()
            os.close(self._wake_read)
            os.close(self._wake_write)

    def _next(self) -> _Job | None:
        process = self._process
        if process is not None:
            plugin = self._phase[0]
            self._phase = (plugin, "idle")
            try:
                process.channel.idle(self._wake_read)
            except Stopped as stop:
                self._process = None
                failure = Failure("idle", process.confined.pid, stop.call, stop.detail, killed=True)
                self._on_idle_failure(plugin, failure)
        os.read(self._wake_read, 1)
        return self._jobs.get()

    def _do(self, job: _Job) -> None:
        self._phase = (job.source.id, "start")
        try:
            process = self._ready()
            if job.operation == "warm":
                reply = Reply(b"", process.confined.pid)
            else:
                self._load(process, job.source)
                self._phase = (job.source.id, job.operation)
                process.requests += 1
                began = process.confined.cpu_seconds()
                body = process.channel.exchange(job.request, job.budget)
                reply = Reply(body, process.confined.pid, process.confined.cpu_seconds() - began)
        except Stopped as stop:
            pid = self._process.confined.pid if self._process else 0
            self._process = None
            job.future.set_exception(Failure(self._phase[1], pid, stop.call, stop.detail, killed=True))
        except Exception as error:
            job.future.set_exception(error)
        else:
            job.future.set_result(reply)

    def _ready(self) -> _Process:
        """A process that was proven restricted, and is neither old nor full."""
        process = self._process
        if process is not None and self._is_spent(process):
            self._end()
            process = None
        if process is None:
            process = self._process = self._start()
        return process

    def _is_spent(self, process: _Process) -> bool:
        if process.requests >= MOST_REQUESTS or time.monotonic() - process.born > LONGEST_LIFE_S:
            return True
        if process.requests % 64:
            return False
        return process.confined.memory_bytes() > FULL * (self._memory_mb << 20)

    def _start(self) -> _Process:
        if time.monotonic() < self._not_before:
            raise Unavailable(self._reason)
        try:
            process = self._start_and_prove()
        except (OSError, NotProven, Stopped, checks.Refused) as error:
            self._failed_starts += 1
            self._not_before = time.monotonic() + min(LONGEST_BACK_OFF_S, 0.5 * 2**self._failed_starts)
            self._reason = f"the sandbox could not be proven to hold, so nothing runs: {error}"
            log.warning("worker %s: %s", self._name, self._reason)
            raise Unavailable(self._reason) from error
        self._failed_starts = 0
        return process

    def _start_and_prove(self) -> _Process:
        texts = [
            text for source in self._sources.values() for name, text in source.files().items() if name.endswith(".py")
        ]
        # A native plugin has a worker of its own, so there is one of them or none.
        native = [source.folder for source in self._sources.values() if source.is_native]
        confined = start(
            "crashlight.adapters.plugins.inside",
            NATIVE if native else STRICT,
            limits=Limits(memory_mb=self._memory_mb),
            machine=self._machine,
            readable=readable(native[0]) if native else (),
            arguments={"preload": needed(texts), "native": bool(native)},
        )
        try:
            self.level = confined.prove()
            channel = Channel(confined, self._tell) if CAN_POLL else ThreadedChannel(confined)
            hello = msgspec.json.decode(channel.exchange(b"", START_BUDGET))
            if not isinstance(hello, dict) or hello.get("hello") != VERSION:
                raise NotProven("the worker speaks another version of the protocol")
        except BaseException:
            confined.kill()
            raise
        log.debug("worker %s is %d, at level %s", self._name, confined.pid, self.level)
        return _Process(confined, channel, time.monotonic())

    def _load(self, process: _Process, source: Source) -> None:
        """Send a plugin's code, once for each process. Raises what it raised at its first load again."""
        reason = process.loaded.get(source.id)
        if reason is None:
            self._phase = (source.id, "load")
            code = {"folder": str(source.folder.resolve())} if source.is_native else {"files": source.files()}
            request = {"op": "load", "plugin": source.id, "entry": source.manifest.plugin.entry, **code}
            process.channel.permit = Loading() if source.is_native else None
            try:
                body = process.channel.exchange(msgspec.json.encode(request), LOAD_BUDGET)
            finally:
                process.channel.permit = None
            try:
                methods: list[str] = checks.decode(body, list[str])
                reason = "" if "parse" in methods or "refine" in methods else "its class has no method 'parse'"
            except (checks.RaisedInside, checks.Refused) as error:
                reason = str(error) or "it could not be loaded"
            process.loaded[source.id] = reason
        if reason:
            raise Failure("load", process.confined.pid, "import", reason, killed=False)

    def _tell(self, attempt: Attempt) -> None:
        plugin, phase = self._phase
        self._on_attempt(plugin, self._process.confined.pid if self._process else 0, phase, attempt)

    def _end(self) -> None:
        if self._process is not None:
            self._process.confined.kill()
            self._process = None
