"""The whole way with the smallest real model: a crash that rules leave open, its question, and a checked answer."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crashlight.app import App
from crashlight.diagnosis import facts, question
from crashlight.diagnosis.choosing import choose
from crashlight.domain import Diagnosis, Explanation, Occurrence
from crashlight.settings.schema import ModelSettings, Settings
from crashlight_sdk import CATEGORIES

pytestmark = pytest.mark.model

PROGRAM = """import json


class ConfigRejected(Exception):
    pass


def load(text):
    settings = json.loads(text)
    raise ConfigRejected(settings["mode"])


load('{"mode": "fast"}')
"""
LOG = """2026-05-01 12:00:00 starting
Traceback (most recent call last):
  File "{file}", line 13, in <module>
    load('{{"mode": "fast"}}')
  File "{file}", line 10, in load
    raise ConfigRejected(settings["mode"])
__main__.ConfigRejected: fast
"""


@pytest.fixture
async def app(tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[App]:
    # A machine that is busy with other tests may take minutes; how long it takes is not what is tested.
    monkeypatch.setattr(question, "DEADLINE_S", 270.0)
    app = App(Settings(model=ModelSettings(path=str(small))), (tmp_path,))
    yield app
    await app.close()


async def crash(app: App) -> Occurrence:
    (folder,) = app.roots
    (folder / "config.py").write_text(PROGRAM)
    (folder / "a.log").write_text(LOG.format(file=folder / "config.py"))
    (occurrence,) = [one async for one in app.occurrences([folder / "a.log"], lambda name, error: None)]
    return occurrence


async def test_words_category_and_line_of_a_crash_that_no_rule_knows(app: App) -> None:
    diagnostician = app.diagnostician(use_model=True, use_store=False)
    occurrence = await crash(app)
    updates: list[Diagnosis] = []
    last = await diagnostician.closer(occurrence, Diagnosis(facts.explain(occurrence), pending=True), updates.append)
    assert last.explanation.by == "model"
    assert last.explanation.category in CATEGORIES
    assert last.explanation.model == "qwen2.5-coder-0.5b-instruct-q4_k_m@1d9614638d18"
    assert updates[-1].explanation.cause == last.explanation.cause
    assert not last.pending
    for fix in last.fixes:
        assert (fix.by, fix.preferred) == ("model", False)
        assert {"applies", "parses", "inside-function"} <= set(fix.verified)


async def test_only_a_line_is_asked_where_a_rule_is_sure_and_it_is_the_same_every_time(app: App) -> None:
    """Writing is greedy, and neither a kept prefix nor a guess changes what is written."""
    diagnostician = app.diagnostician(use_model=True, use_store=False)
    occurrence = await crash(app)
    sure = Diagnosis(Explanation("unhandled-input", 0.9, "fast is no mode.", "Handle this mode.", "rules", "python/x"))
    asked = diagnostician.question(occurrence, sure, choose("unhandled-input"), "model")
    first, second = [await diagnostician.consult(occurrence, sure, asked) for _ in range(2)]
    assert re.fullmatch(r"\+?(8|9|10)\|[^\n]+\n", first.answer.text)
    assert first.answer.text == second.answer.text
    assert second.answer.cached_tokens > 100
    assert first.explanation == sure.explanation
