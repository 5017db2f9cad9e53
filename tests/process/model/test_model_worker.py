"""The inference worker with real llama.cpp, a real sandbox and a model of 110 kB."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crashlight.adapters.llama import LlamaModel, local
from crashlight.adapters.sandbox.machine import survey
from crashlight.ports import Answer, ModelUnavailable, Question
from crashlight.settings.paths import home

from .conftest import Start

pytestmark = pytest.mark.model

WORD = 'root ::= "a" [a-z]{3,6} "\\n"'
LONG = 1500  # tokens; the tiny model never stops by itself


def question(key: str, text: str = "hello", **more: object) -> Question:
    return Question(key, "You answer.", text, **{"max_tokens": 20, **more})  # type: ignore[arg-type]


def worker_pid(model: LlamaModel) -> int:
    process = model._backend._session.worker._process  # type: ignore[union-attr]
    assert process is not None
    return process.pid


async def test_an_answer_obeys_its_grammar(tiny: Path, start: Start) -> None:
    answer = await start(tiny).ask(question("a", grammar=WORD))
    assert re.fullmatch(r"a[a-z]{3,6}\n", answer.text)
    assert answer.finished
    assert answer.model.startswith("tiny@")


async def test_an_answer_is_streamed(tiny: Path, start: Start) -> None:
    parts: list[str] = []
    answer = await start(tiny).ask(question("a", grammar=WORD), parts.append)
    assert "".join(parts) == answer.text
    assert len(parts) > 1


async def test_the_ceiling_cuts_an_answer(tiny: Path, start: Start) -> None:
    answer = await start(tiny).ask(question("a", max_tokens=7))
    assert answer.generated_tokens == 7
    assert not answer.finished


async def test_the_deadline_cuts_an_answer(tiny: Path, start: Start) -> None:
    answer = await start(tiny).ask(question("a", max_tokens=LONG, deadline_s=0.0))
    assert not answer.finished
    assert answer.generated_tokens < LONG


async def test_an_opening_is_given_and_not_repeated(tiny: Path, start: Start) -> None:
    model = start(tiny)
    answer = await model.ask(question("a", opening="abc", grammar='root ::= "d" "\\n"'))
    assert answer.text == "d\n"


async def test_a_prefix_is_evaluated_once(tiny: Path, start: Start) -> None:
    model = start(tiny)
    first, second = await model.ask(question("a")), await model.ask(question("b", "other"))
    assert first.cached_tokens == 0
    assert second.cached_tokens > 20


async def test_a_prefix_outlives_a_restart(tiny: Path, start: Start) -> None:
    first = start(tiny)
    before = await first.ask(question("a", grammar=WORD))
    await first.close()
    after = await start(tiny).ask(question("a", grammar=WORD))
    assert after.cached_tokens > 20
    assert after.text == before.text


async def test_a_damaged_kept_prefix_is_evaluated_anew(tiny: Path, start: Start) -> None:
    first = start(tiny)
    before = await first.ask(question("a", grammar=WORD))
    await first.close()
    for kept in (home("cache") / "prefixes").iterdir():
        kept.write_bytes(kept.read_bytes()[:-9] + b"tampering")
    after = await start(tiny).ask(question("a", grammar=WORD))
    assert after.cached_tokens == 0
    assert after.text == before.text


async def test_a_kept_prefix_of_another_shape_is_left_out(tiny: Path, start: Start) -> None:
    """The checksum is right and the content is not: llama.cpp itself refuses it, and nothing ends."""
    import hashlib

    first = start(tiny)
    before = await first.ask(question("a", grammar=WORD))
    await first.close()
    for kept in (home("cache") / "prefixes").iterdir():
        kept.write_bytes(hashlib.sha256(b"\xff" * 5000).digest() + b"\xff" * 5000)
    after = await start(tiny).ask(question("a", grammar=WORD))
    assert after.text == before.text


async def test_a_warmed_prefix_is_there_for_the_first_question(tiny: Path, start: Start) -> None:
    model = start(tiny)
    await model.ask(question("a"))
    other = "Another prefix, which nobody asked about yet."
    model.warm([other])
    backend = model._backend
    assert isinstance(backend, local.LocalBackend)
    while backend._to_warm:
        await asyncio.sleep(0.01)
    answer = await model.ask(Question("b", other, "text", max_tokens=5))
    assert answer.cached_tokens > 20


async def test_several_questions_at_once_are_answered_as_alone(tiny: Path, start: Start) -> None:
    model = start(tiny)
    texts = [f"question number {n} with its own words" for n in range(7)]
    alone = [(await model.ask(question(f"alone {n}", text, grammar=WORD))).text for n, text in enumerate(texts)]
    together = await asyncio.gather(*(model.ask(question(str(n), text, grammar=WORD)) for n, text in enumerate(texts)))
    assert [answer.text for answer in together] == alone


async def test_a_prompt_that_does_not_fit_is_refused_alone(tiny: Path, start: Start) -> None:
    model = start(tiny)
    with pytest.raises(ModelUnavailable, match="does not fit"):
        await model.ask(question("a", "x" * 5000))
    assert (await model.ask(question("b", grammar=WORD))).finished


async def test_a_grammar_that_cannot_be_read_is_refused_alone(tiny: Path, start: Start) -> None:
    model = start(tiny)
    with pytest.raises(ModelUnavailable, match="grammar"):
        await model.ask(question("a", grammar="root ::= ("))
    assert (await model.ask(question("b", grammar=WORD))).finished


async def test_cancelling_frees_the_slot(tiny: Path, start: Start) -> None:
    model = start(tiny)
    writing = asyncio.Event()
    tasks = [
        asyncio.create_task(model.ask(question(str(n), max_tokens=LONG), lambda text: writing.set()))
        for n in range(local.SLOTS)
    ]
    await writing.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (await model.ask(question("b", grammar=WORD))).finished


async def test_a_killed_worker_costs_its_question_and_no_more(tiny: Path, start: Start) -> None:
    model = start(tiny)
    await model.ask(question("a"))
    killed = worker_pid(model)

    def kill(text: str) -> None:
        os.kill(killed, signal.SIGKILL)

    with pytest.raises(ModelUnavailable, match="signal 9") as caught:
        await model.ask(question("b", max_tokens=LONG), kill)
    assert caught.value.cure
    assert model.check().status == "degraded"
    assert (await model.ask(question("c", grammar=WORD))).finished
    assert worker_pid(model) != killed
    assert model.check().status == "ok"


async def test_after_many_deaths_the_model_rests(tiny: Path, start: Start) -> None:
    model = start(tiny)
    reasons = []
    for n in range(8):
        try:
            await model.ask(question("a"))
        except ModelUnavailable as error:
            reasons.append(error.reason)
            continue
        backend = model._backend
        assert isinstance(backend, local.LocalBackend) and backend._session is not None
        backend._failures = n
        backend._failed(backend._session, "a test says so")
    assert any("a test says so" in reason for reason in reasons), "it was started again at once every time"


async def test_a_worker_that_hangs_is_replaced(tiny: Path, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "GRACE_S", 0.3)
    model = start(tiny)
    await model.ask(question("a"))
    hanging = worker_pid(model)
    os.kill(hanging, signal.SIGSTOP)
    with pytest.raises(ModelUnavailable, match="in time"):
        await model.ask(question("b", deadline_s=0.1))
    monkeypatch.setattr(local, "GRACE_S", 30.0)
    assert (await model.ask(question("c", grammar=WORD))).finished
    assert worker_pid(model) != hanging


async def test_an_idle_model_is_unloaded_and_comes_back(tiny: Path, start: Start) -> None:
    model = start(tiny, idle_minutes=0)
    first = await model.ask(question("a"))
    backend = model._backend
    assert isinstance(backend, local.LocalBackend)
    while backend._session is not None:
        await asyncio.sleep(0.01)
    second = await model.ask(question("b"))
    assert first.load_s > 0.0
    assert second.load_s > 0.01


async def test_one_decode_at_a_time_on_the_machine(tiny: Path, start: Start) -> None:
    """A second server waits for its turn until the first has none of its own questions on the way."""
    from crashlight.adapters.llama.turn import turn

    model = start(tiny)
    await model.ask(question("warm up"))
    async with turn():
        waiting: asyncio.Task[Answer] = asyncio.create_task(model.ask(question("a", grammar=WORD)))
        done, _ = await asyncio.wait([waiting], timeout=0.3)
        assert not done
    assert (await waiting).queue_s > 0.2


@pytest.mark.sandbox
async def test_the_worker_is_locked_as_far_as_this_machine_can(tiny: Path, start: Start) -> None:
    model = start(tiny)
    await model.ask(question("a"))
    assert f"sandbox {survey().level}" in model.check().detail


def test_control_tokens_in_a_log_are_only_text(tiny: Path) -> None:
    from crashlight.adapters.llama.engine import Engine
    from crashlight.adapters.llama.wire import Ask

    from .tiny_model import END

    with tiny.open("rb") as file:
        engine = Engine(os.dup(file.fileno()), 1024, 1, 1)
    end = engine.weights.end
    ask = Ask(1, "prefix", f"log {END} text", "", None, 5, 1.0, 1)
    shared, tokens = engine._prompt(ask)
    plain = engine._prompt(Ask(1, "prefix", "log  text", "", None, 5, 1.0, 1))[1]
    assert tokens[shared:].count(end) == plain[shared:].count(end)


def test_guessing_never_changes_an_answer(tiny: Path) -> None:
    from crashlight.adapters.llama.engine import Engine
    from crashlight.adapters.llama.wire import Ask, Done, Text

    with tiny.open("rb") as file:
        engine = Engine(os.dup(file.fileno()), 2048, 1, 1)
    copies = 'root ::= ("def total(items):\\n" | "  return sum(items)\\n"){4}'
    answers = []
    for lookup in (False, True):
        ask = Ask(1, "p", "def total(items):\n  return sum(items)\n", "", copies, 200, 60.0, 1, lookup)
        assert engine.start(ask) is None
        replies = []
        while engine.busy:
            replies += list(engine.step())
        done = next(reply for reply in replies if isinstance(reply, Done))
        answers.append(("".join(r.text for r in replies if isinstance(r, Text)), done.generated_tokens, done.steps))
    (plain, tokens, steps), (guessed, same_tokens, fewer_steps) = answers
    assert guessed == plain
    assert same_tokens == tokens
    assert fewer_steps < steps == tokens


def test_importing_the_adapter_loads_no_model_library() -> None:
    code = "import sys, crashlight.adapters.llama; print([m for m in ('llama_cpp', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
