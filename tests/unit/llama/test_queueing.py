"""The queue: one question once, the urgent first, cancellation that reaches the backend."""

import asyncio
from collections.abc import Callable

import pytest

from crashlight.adapters.llama.queueing import AskQueue
from crashlight.ports import Answer, ModelUnavailable, Question


def answer_of(question: Question) -> Answer:
    return Answer(question.text.upper(), "m", 1, 0, 1, 1, 0.0, 0.0, 0.0, 0.0, True)


class Backend:
    """Answers each question when it is told to; notes what began and what was cancelled."""

    def __init__(self, slots: int = 1) -> None:
        self.slots = slots
        self.began: list[str] = []
        self.cancelled: list[str] = []
        self.go = asyncio.Event()

    async def answer(self, question: Question, on_text: Callable[[str], None]) -> Answer:
        self.began.append(question.key)
        on_text("first ")
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled.append(question.key)
            raise
        if question.text == "bad":
            raise ModelUnavailable("it broke", "mend it")
        if question.text == "bug":
            raise ZeroDivisionError
        on_text("second")
        return answer_of(question)


def question(key: str, text: str = "text", priority: int = 10) -> Question:
    return Question(key, "prefix", text, priority=priority)


async def until(fact: Callable[[], bool]) -> None:
    while not fact():
        await asyncio.sleep(0)


async def test_the_same_question_is_asked_once_and_all_hear_all_of_it() -> None:
    backend = Backend()
    queue = AskQueue(backend)
    heard: tuple[list[str], list[str]] = ([], [])
    first = asyncio.create_task(queue.ask(question("a"), heard[0].append))
    await until(lambda: bool(backend.began))
    second = asyncio.create_task(queue.ask(question("a"), heard[1].append))
    await asyncio.sleep(0)
    backend.go.set()
    assert await first == await second
    assert backend.began == ["a"]
    assert "".join(heard[0]) == "".join(heard[1]) == "first second"


async def test_the_most_urgent_goes_first_and_equals_in_order() -> None:
    backend = Backend()
    queue = AskQueue(backend)
    asked = [queue.ask(question(key, priority=p)) for key, p in (("a", 5), ("b", 9), ("c", 1), ("d", 1))]
    tasks = [asyncio.create_task(one) for one in asked]
    await until(lambda: bool(backend.began))
    await asyncio.sleep(0)
    backend.go.set()
    await asyncio.gather(*tasks)
    assert backend.began == ["a", "c", "d", "b"]


async def test_a_waiting_question_that_becomes_urgent_moves_up() -> None:
    backend = Backend()
    queue = AskQueue(backend)
    tasks = [asyncio.create_task(queue.ask(question(key))) for key in "abc"]
    await until(lambda: bool(backend.began))
    tasks.append(asyncio.create_task(queue.ask(question("c", priority=0))))
    await asyncio.sleep(0)
    backend.go.set()
    await asyncio.gather(*tasks)
    assert backend.began == ["a", "c", "b"]


async def test_cancelling_the_only_one_who_waits_cancels_the_question() -> None:
    backend = Backend()
    queue = AskQueue(backend)
    first, second = (asyncio.create_task(queue.ask(question(key))) for key in "ab")
    await until(lambda: bool(backend.began))
    first.cancel()
    await until(lambda: len(backend.began) == 2)
    backend.go.set()
    assert (await second).text == "TEXT"
    assert backend.cancelled == ["a"]


async def test_cancelling_one_of_two_who_wait_leaves_the_other_its_answer() -> None:
    backend = Backend()
    queue = AskQueue(backend)
    first, second = (asyncio.create_task(queue.ask(question("a"))) for _ in range(2))
    await until(lambda: bool(backend.began))
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    backend.go.set()
    assert (await second).text == "TEXT"
    assert backend.cancelled == []


async def test_a_question_that_was_cancelled_while_it_waited_is_never_asked() -> None:
    backend = Backend()
    queue = AskQueue(backend)
    first, second = (asyncio.create_task(queue.ask(question(key))) for key in "ab")
    await until(lambda: bool(backend.began))
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    backend.go.set()
    await first
    await asyncio.sleep(0)
    assert backend.began == ["a"]


@pytest.mark.parametrize(("text", "said"), [("bad", "it broke"), ("bug", "ZeroDivisionError")])
async def test_a_failure_reaches_who_waits_and_nobody_else(text: str, said: str) -> None:
    backend = Backend(slots=2)
    backend.go.set()
    queue = AskQueue(backend)
    results = await asyncio.gather(queue.ask(question("a", text)), queue.ask(question("b")), return_exceptions=True)
    assert isinstance(results[0], ModelUnavailable)
    assert said in results[0].reason
    assert results[1] == answer_of(question("b"))


async def test_closing_tells_all_who_wait() -> None:
    backend = Backend()
    queue = AskQueue(backend)
    tasks = [asyncio.create_task(queue.ask(question(key))) for key in "ab"]
    await until(lambda: bool(backend.began))
    await queue.close()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, ModelUnavailable) for result in results)
    assert backend.cancelled == ["a"]
