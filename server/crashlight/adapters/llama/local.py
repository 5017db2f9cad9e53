"""A model of this machine: its worker is started at the first question, restarted when it dies, unloaded when idle."""

import asyncio
import contextlib
import importlib.util
import itertools
import time
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from crashlight.adapters.llama import kept
from crashlight.adapters.llama.build import processor_flags
from crashlight.adapters.llama.cores import free_threads
from crashlight.adapters.llama.process import Worker
from crashlight.adapters.llama.queueing import OnText
from crashlight.adapters.llama.registry import ModelError, find
from crashlight.adapters.llama.turn import turn
from crashlight.adapters.llama.weights import opened
from crashlight.adapters.llama.wire import Ask, Cancel, Done, Evaluated, Failed, Ready, Refused, Reply, Restore, Text
from crashlight.domain import Check
from crashlight.ports import Answer, ModelUnavailable, Question
from crashlight.settings.schema import ModelSettings

CONTEXT = 8192  # tokens, for all questions and kept prefixes together
SLOTS = 3
LOAD_TIMEOUT_S = 90.0
GRACE_S = 10.0  # beyond a question's own deadline, before the worker counts as hanging
LONGEST_PAUSE_S = 60.0
SHORT_PAUSE_S = 2.0  # a pause up to this long is waited for; during a longer one the model is unavailable
SETUP = "Run: crashlight models setup"


@dataclass(eq=False, slots=True)
class _Session:
    """One life of a worker."""

    worker: Worker
    identity: str
    ready: asyncio.Future[Ready]
    calls: dict[int, "_Call"] = field(default_factory=dict)
    prefixes: set[str] = field(default_factory=set)  # that it was given or has evaluated
    ended: str | None = None


@dataclass(eq=False, slots=True)
class _Call:
    done: asyncio.Future[Done]
    on_text: OnText
    text: str = ""


class LocalBackend:
    """Answers with llama.cpp in a worker. Used from one event loop. ``lookup`` guesses tokens from the prompt.

    Guesses pay where several tokens cost little more than one: with AVX-512 four cost twice as much, with AVX2
    nearly four times, so there they are off.
    """

    slots = SLOTS

    def __init__(self, settings: ModelSettings, *, lookup: bool | None = None) -> None:
        self._settings = settings
        self._lookup = "avx512f" in processor_flags() if lookup is None else lookup
        self._session: _Session | None = None
        self._starting = asyncio.Lock()
        self._ids = itertools.count(1)
        self._active = 0
        self._turn: contextlib.AbstractAsyncContextManager[None] | None = None
        self._turning = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._failures = 0
        self._failure = ""
        self._retry_at = 0.0
        self._to_warm: list[str] = []
        self._warming: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------- the port

    async def answer(self, question: Question, on_text: OnText) -> Answer:
        """Raises ModelUnavailable."""
        began = time.monotonic()
        self._stop_warming()
        async with self._working():
            queued = time.monotonic()
            session = await self._running()
            loaded = time.monotonic()
            await self._give_prefix(session, question.prefix)
            done, text = await self._call(session, question, on_text)
        self._failures = 0
        self._failure = ""
        return Answer(
            text=text,
            model=session.identity,
            prompt_tokens=done.prompt_tokens,
            cached_tokens=done.cached_tokens,
            generated_tokens=done.generated_tokens,
            steps=done.steps,
            queue_s=queued - began,
            load_s=loaded - queued,
            prompt_s=done.prompt_s,
            generation_s=done.generation_s,
            finished=done.finished,
        )

    def warm(self, prefixes: Iterable[str]) -> None:
        """Evaluate these when nothing else is to do, if the worker runs."""
        self._to_warm = list(dict.fromkeys([*prefixes, *self._to_warm]))[:8]
        self._warm_when_idle()

    def identity(self) -> str | None:
        """Reads the whole file when it is one of the user's own that was not seen before."""
        if not _library_is_there():
            return None
        try:
            if not self._settings.path:
                spec = find(self._settings.name)
                return f"{spec.name}@{spec.sha256[:12]}" if spec.path.is_file() else None
            with opened(self._settings) as weights:
                return weights.identity
        except ModelError:
            return None

    def check(self) -> Check:
        """Looks at the library, the file and the last failure. Starts nothing."""
        if not _library_is_there():
            return Check("model", "degraded", "llama-cpp-python is not installed", SETUP)
        try:
            with opened(self._settings) as weights:
                identity = weights.identity
        except ModelError as error:
            return Check("model", "degraded", error.reason, error.cure)
        if self._failure:
            return Check("model", "degraded", f"{identity}: {self._failure}", _cure(self._failure))
        if self._session and self._session.ready.done():
            return Check("model", "ok", f"{identity}, loaded, sandbox {self._session.worker.level}")
        return Check("model", "ok", f"{identity}, loaded at the first question")

    async def close(self) -> None:
        """Stop the worker."""
        self._stop_warming()
        self._unload()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ------------------------------------------------------------- one question

    async def _call(self, session: _Session, question: Question, on_text: OnText) -> tuple[Done, str]:
        threads = await asyncio.to_thread(free_threads, self._settings.threads)
        id_ = next(self._ids)
        call = _Call(asyncio.get_running_loop().create_future(), on_text)
        session.calls[id_] = call
        try:
            session.worker.send(
                Ask(
                    id=id_,
                    prefix=question.prefix,
                    text=question.text,
                    opening=question.opening,
                    grammar=question.grammar,
                    max_tokens=question.max_tokens,
                    deadline_s=question.deadline_s,
                    threads=threads,
                    lookup=self._lookup,
                )
            )
            if session.ended is not None:
                raise self._unavailable()
            async with asyncio.timeout(question.deadline_s + GRACE_S):
                return await call.done, call.text
        except TimeoutError:
            self._failed(session, "it did not answer in time and was stopped")
            raise self._unavailable() from None
        finally:
            session.calls.pop(id_, None)
            if not call.done.done() or call.done.cancelled():
                session.worker.send(Cancel(id_))

    async def _give_prefix(self, session: _Session, prefix: str) -> None:
        """Let the worker have the kept evaluation of a prefix, before it would evaluate it anew."""
        if prefix in session.prefixes:
            return
        session.prefixes.add(prefix)
        state = await asyncio.to_thread(kept.load, session.identity, session.ready.result().build, prefix)
        if state is not None:
            session.worker.send(Restore(prefix, state))

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[None]:
        """Hold the machine's turn while at least one question is on its way, and no longer."""
        if self._idle:
            self._idle.cancel()
            self._idle = None
        self._active += 1
        try:
            async with self._turning:
                if self._turn is None:
                    waiting = turn()
                    await waiting.__aenter__()
                    self._turn = waiting
            yield
        finally:
            self._active -= 1
            if not self._active:
                if self._turn:
                    await self._turn.__aexit__(None, None, None)
                    self._turn = None
                seconds = self._settings.idle_minutes * 60
                self._idle = asyncio.get_running_loop().call_later(seconds, self._unload)
                self._warm_when_idle()

    # ------------------------------------------------------------- the worker's life

    async def _running(self) -> _Session:
        """The worker, started where there is none. Raises ModelUnavailable."""
        async with self._starting:
            if self._session is None:
                await self._pause()
                self._session = await self._start()
            session = self._session
            try:
                async with asyncio.timeout(LOAD_TIMEOUT_S):
                    await asyncio.shield(session.ready)
            except TimeoutError:
                self._failed(session, "it did not load in time and was stopped")
                raise self._unavailable() from None
            return session

    async def _pause(self) -> None:
        pause = self._retry_at - time.monotonic()
        if pause > SHORT_PAUSE_S:
            raise self._unavailable()
        if pause > 0:
            await asyncio.sleep(pause)

    async def _start(self) -> _Session:
        if not _library_is_there():
            raise ModelUnavailable("llama-cpp-python is not installed", SETUP)
        loop = asyncio.get_running_loop()
        threads = await asyncio.to_thread(free_threads, self._settings.threads)
        session: _Session

        def on_reply(reply: Reply) -> None:
            loop.call_soon_threadsafe(self._on_reply, session, reply)

        def on_end(reason: str) -> None:
            # The loop is closed already when the whole program is ending.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._failed, session, reason)

        def start() -> _Session:
            nonlocal session
            with opened(self._settings) as weights:
                arguments = {"context": CONTEXT, "slots": SLOTS, "threads": threads}
                worker = Worker(weights, arguments)
                session = _Session(worker, weights.identity, loop.create_future())
                worker.start(on_reply, on_end)
                return session

        try:
            return await asyncio.to_thread(start)
        except ModelError as error:
            raise ModelUnavailable(error.reason, error.cure) from error

    def _on_reply(self, session: _Session, reply: Reply) -> None:
        match reply:
            case Ready():
                if not session.ready.done():
                    session.ready.set_result(reply)
            case Refused(reason=reason):
                self._failed(session, reason)
            case Text(id=id_, text=text):
                if call := session.calls.get(id_):
                    call.text += text
                    call.on_text(text)
            case Done(id=id_):
                if (call := session.calls.get(id_)) and not call.done.done():
                    call.done.set_result(reply)
            case Failed(id=id_, reason=reason):
                if (call := session.calls.get(id_)) and not call.done.done():
                    call.done.set_exception(ModelUnavailable(reason))
            case Evaluated(prefix=prefix, state=state):
                build = session.ready.result().build
                self._spawn(asyncio.to_thread(kept.save, session.identity, build, prefix, state))

    def _failed(self, session: _Session, reason: str) -> None:
        """A worker ended by itself or had to be stopped: its questions fail, and the next start waits a little."""
        if session.ended is not None:
            return
        session.ended = reason
        session.worker.kill()
        if self._session is session:
            self._session = None
        self._failure = f"the model's process stopped: {reason}"
        self._retry_at = time.monotonic() + min(0.5 * 2**self._failures, LONGEST_PAUSE_S)
        self._failures += 1
        if not session.ready.done():
            session.ready.set_exception(self._unavailable())
            session.ready.exception()  # nobody may be waiting for it
        for call in list(session.calls.values()):
            if not call.done.done():
                call.done.set_exception(self._unavailable())

    def _unavailable(self) -> ModelUnavailable:
        return ModelUnavailable(self._failure, _cure(self._failure))

    def _unload(self) -> None:
        session, self._session = self._session, None
        if self._idle:
            self._idle.cancel()
            self._idle = None
        if session and session.ended is None:
            session.ended = "unloaded"
            session.worker.kill()
            for call in list(session.calls.values()):
                if not call.done.done():
                    call.done.set_exception(ModelUnavailable("the model was unloaded"))

    # ------------------------------------------------------------- warming

    def _warm_when_idle(self) -> None:
        session = self._session
        if self._to_warm and session and session.ready.done() and not self._active and not self._warming:
            self._warming = asyncio.get_running_loop().create_task(self._warm(session))

    async def _warm(self, session: _Session) -> None:
        try:
            while self._to_warm and session.ended is None:
                prefix = self._to_warm[0]
                if prefix not in session.prefixes:
                    async with turn():
                        await self._give_prefix(session, prefix)
                        await self._call(session, Question("", prefix, "", max_tokens=0), lambda text: None)
                self._to_warm.pop(0)
        except ModelUnavailable:
            self._to_warm.clear()
        finally:
            self._warming = None

    def _stop_warming(self) -> None:
        if self._warming:
            self._warming.cancel()
            self._warming = None

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _library_is_there() -> bool:
    return importlib.util.find_spec("llama_cpp") is not None


def _cure(failure: str) -> str:
    if "signal 11" in failure or "signal 4" in failure or "cannot be imported" in failure:
        return "Run: crashlight models setup --again"
    return "It is tried again by itself; rules explain crashes meanwhile."
