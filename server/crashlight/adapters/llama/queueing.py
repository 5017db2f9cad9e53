"""Questions in front of a backend: the same one asked once, the most urgent first, a few at a time."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from crashlight.ports import Answer, ModelUnavailable, Question

OnText = Callable[[str], None]


class Backend(Protocol):
    """What answers. ``slots`` questions may be on their way at once; cancelling ``answer`` frees its slot."""

    slots: int

    async def answer(self, question: Question, on_text: OnText) -> Answer:
        """Raises ModelUnavailable."""
        ...


@dataclass(eq=False, slots=True)
class _Waiter:
    future: asyncio.Future[Answer]
    on_text: OnText | None


@dataclass(eq=False, slots=True)
class _Job:
    question: Question
    waiters: list[_Waiter] = field(default_factory=list)
    text: str = ""
    task: asyncio.Task[None] | None = None

    def tell(self, text: str) -> None:
        self.text += text
        for waiter in self.waiters:
            if waiter.on_text:
                waiter.on_text(text)


class AskQueue:
    """Used from one event loop."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._waiting: list[tuple[int, int, _Job]] = []
        self._jobs: dict[str, _Job] = {}
        self._running = 0
        self._order = itertools.count()

    async def ask(self, question: Question, on_text: OnText | None = None) -> Answer:
        """Wait for the answer. When nobody waits for a question any more, it is given up. Raises ModelUnavailable."""
        job = self._jobs.get(question.key)
        if job is None:
            job = self._jobs[question.key] = _Job(question)
        elif job.text and on_text:
            on_text(job.text)
        waiter = _Waiter(asyncio.get_running_loop().create_future(), on_text)
        job.waiters.append(waiter)
        if job.task is None:
            # Asked again more urgently, it stands in line twice; the later place finds it running.
            heapq.heappush(self._waiting, (question.priority, next(self._order), job))
            self._start_more()
        try:
            return await waiter.future
        finally:
            job.waiters.remove(waiter)
            if not job.waiters:
                self._give_up(job)

    async def close(self) -> None:
        """Give up everything."""
        tasks = [job.task for job in self._jobs.values() if job.task]
        for job in list(self._jobs.values()):
            for waiter in list(job.waiters):
                if not waiter.future.done():
                    waiter.future.set_exception(ModelUnavailable("the server is stopping"))
            self._give_up(job)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _give_up(self, job: _Job) -> None:
        if self._jobs.get(job.question.key) is job:
            del self._jobs[job.question.key]
        if job.task:
            job.task.cancel()

    def _start_more(self) -> None:
        while self._waiting and self._running < self._backend.slots:
            _, _, job = heapq.heappop(self._waiting)
            if job.task is None and job.waiters:
                self._running += 1
                job.task = asyncio.get_running_loop().create_task(self._run(job))

    async def _run(self, job: _Job) -> None:
        try:
            answer = await self._backend.answer(job.question, job.tell)
        except Exception as error:
            unavailable = error if isinstance(error, ModelUnavailable) else ModelUnavailable(f"it failed: {error!r}")
            for waiter in job.waiters:
                if not waiter.future.done():
                    waiter.future.set_exception(unavailable)
        else:
            for waiter in job.waiters:
                if not waiter.future.done():
                    waiter.future.set_result(answer)
        finally:
            self._running -= 1
            if self._jobs.get(job.question.key) is job:
                del self._jobs[job.question.key]
            self._start_more()
