"""Rules at once; the model only where they leave something open; facts where both are silent."""

from dataclasses import replace

import msgspec
import pytest

from crashlight.diagnosis import diagnostician as diagnostician_module
from crashlight.diagnosis.prompts import Prompt
from crashlight.domain import Diagnosis, Exposure
from crashlight_sdk import CATEGORIES, Intent

from .conftest import SURE, UNSURE, Scene

FULL = (
    'cause: the text has no name.\ncategory: unhandled-input\nfix: Use a default.\n6|    return data.get("name", "")\n'
)
LINE = '6|    return data.get("name", "")\n'


async def closer(scene: Scene) -> Diagnosis:
    diagnostician = scene.diagnostician()
    occurrence = scene.occurrence()
    diagnosis = await diagnostician.at_once(occurrence)
    assert diagnosis.pending
    return await diagnostician.closer(occurrence, diagnosis)


async def test_a_rule_speaks_at_once_with_its_checked_fix(scene: Scene) -> None:
    intent = Intent("guard_key", "Handle that it is absent", args={"collection": "data", "key": "'name'"})
    scene.host.finding = replace(SURE, intents=(intent,))
    diagnosis = await scene.diagnostician().at_once(scene.occurrence())
    assert (diagnosis.explanation.by, diagnosis.explanation.rule) == ("rules", "python/key-error")
    assert diagnosis.fixes[0].by == "rules"
    assert not diagnosis.pending, "a sure rule with a fix leaves nothing to ask"
    assert scene.host.excerpts[0] is not None
    assert scene.host.excerpts[0].culprit_line == 6


async def test_without_a_rule_the_facts_speak(scene: Scene) -> None:
    scene.model = None
    diagnosis = await scene.diagnostician().at_once(scene.occurrence())
    assert diagnosis.explanation.by == "facts"
    assert diagnosis.explanation.category == "missing-key-or-index"
    assert "'name'" in diagnosis.explanation.cause
    assert "app.py:6" in diagnosis.explanation.cause
    assert not diagnosis.pending


@pytest.mark.parametrize(
    ("crash_type", "message", "category"),
    [
        ("app.OrderRejected", "", "other"),
        ("PermissionError", "[Errno 13] Permission denied: '/etc/x'", "permission"),
        ("Error", "Cannot find module 'left-pad'", "missing-dependency"),
        ("java.util.concurrent.TimeoutException", "", "network-or-timeout"),
        ("SIGSEGV", "", "memory-corruption"),
        ("JsonReaderException", "Unexpected character", "parsing-or-encoding"),
        ("System.NullReferenceException", "Object reference not set", "null-or-undefined"),
        ("SystemStackError", "stack level too deep", "unbounded-recursion"),
        ("\x00" * 50, "\x1b[31m" * 1000, "other"),
    ],
)
async def test_facts_hint_at_a_category_by_the_words_of_the_crash(
    scene: Scene, crash_type: str, message: str, category: str
) -> None:
    scene.crash_type, scene.message = crash_type, message
    explanation = (await scene.diagnostician().at_once(scene.occurrence())).explanation
    assert explanation.category == category
    assert explanation.category in CATEGORIES
    assert explanation.cause and explanation.fix


async def test_a_sure_rule_without_a_fix_asks_for_a_line_and_keeps_its_words(scene: Scene) -> None:
    scene.host.finding = SURE
    assert scene.model
    scene.model.text = LINE
    diagnosis = await closer(scene)
    assert diagnosis.explanation.cause == SURE.cause
    assert diagnosis.explanation.by == "rules"
    (fix,) = diagnosis.fixes
    assert (fix.by, fix.preferred, fix.prompt) == ("model", False, "missing-key@1")
    assert {"applies", "parses"} <= set(fix.verified)
    assert fix.edits[0].text == '    return data.get("name", "")\n'


@pytest.mark.parametrize(("finding", "category"), [(None, "unhandled-input"), (UNSURE, UNSURE.category)])
async def test_an_unsure_rule_or_none_gives_way_to_the_models_words_but_keeps_its_category(
    scene: Scene, finding: object, category: str
) -> None:
    scene.host.finding = finding  # type: ignore[assignment]
    assert scene.model
    scene.model.text = FULL
    diagnosis = await closer(scene)
    explanation = diagnosis.explanation
    assert (explanation.by, explanation.category) == ("model", category)
    assert explanation.cause == "The text has no name."
    assert explanation.model == "m@0123456789ab"
    assert explanation.prompt == "missing-key@1"
    assert len(diagnosis.fixes) == 1
    assert not diagnosis.pending


async def test_the_words_are_shown_as_they_are_written(scene: Scene) -> None:
    assert scene.model
    scene.model.text = FULL
    diagnostician, updates = scene.diagnostician(), []
    occurrence = scene.occurrence()
    first = await diagnostician.at_once(occurrence)
    await diagnostician.closer(occurrence, first, updates.append)
    assert updates[0].explanation.cause == "The text has no name."
    assert all(update.pending for update in updates)


@pytest.mark.parametrize("finding", [None, SURE])
async def test_the_prefix_that_will_be_asked_is_warmed_at_once(scene: Scene, finding: object) -> None:
    scene.host.finding = finding  # type: ignore[assignment]
    await closer(scene)
    assert scene.model
    assert scene.model.warmed == [scene.model.asked[0].prefix]


async def test_without_source_only_words_are_asked(scene: Scene) -> None:
    assert scene.model
    scene.model.text = FULL
    diagnostician = scene.diagnostician()
    occurrence = scene.without_source()
    diagnosis = await diagnostician.closer(occurrence, await diagnostician.at_once(occurrence))
    assert diagnosis.explanation.by == "model"
    assert diagnosis.fixes == ()
    assert "6|" not in scene.model.asked[0].text


async def test_a_sure_rule_without_source_leaves_nothing_to_ask(scene: Scene) -> None:
    scene.host.finding = SURE
    diagnostician = scene.diagnostician()
    assert not (await diagnostician.at_once(scene.without_source())).pending


@pytest.mark.parametrize(
    "text", [None, "", "nonsense", "cause: x\ncategory: none of the list\n", "99|x\n", "6|    return (\n", "6|" + LINE]
)
async def test_a_model_that_is_away_or_wrong_leaves_what_rules_said(scene: Scene, text: str | None) -> None:
    scene.host.finding = SURE
    assert scene.model
    scene.model.text = text
    diagnosis = await closer(scene)
    assert diagnosis.explanation.cause == SURE.cause
    assert diagnosis.fixes == ()
    assert not diagnosis.pending


async def test_a_model_that_is_not_there_is_not_asked(scene: Scene) -> None:
    assert scene.model
    scene.model.name = None
    diagnosis = await closer(scene)
    assert diagnosis.explanation.by == "facts"
    assert scene.model.asked == []


async def test_an_answer_is_remembered_and_asked_once(scene: Scene) -> None:
    assert scene.model
    scene.model.text = FULL
    first, second = await closer(scene), await closer(scene)
    assert first == second
    assert len(scene.model.asked) == 1


async def test_an_answer_that_was_cut_off_is_asked_again(scene: Scene) -> None:
    assert scene.model
    scene.model.text, scene.model.finished = FULL, False
    await closer(scene)
    await closer(scene)
    assert len(scene.model.asked) == 2


async def test_other_source_or_another_model_is_asked_anew(scene: Scene) -> None:
    assert scene.model
    scene.model.text = FULL
    await closer(scene)
    scene.source = scene.source.replace("json.loads(text)", "json.loads(text.strip())")
    await closer(scene)
    scene.model.name = "other@000000000000"
    await closer(scene)
    assert len(scene.model.asked) == 3


async def test_a_remembered_fix_that_no_longer_passes_is_left_out(scene: Scene) -> None:
    """What was shown is the same, and the file below it is not: its grammar is broken by something else."""
    assert scene.model
    scene.model.text = FULL
    await closer(scene)
    key, (explanation, (fix,)) = scene.store.answers.popitem()
    broken = replace(fix, edits=(replace(fix.edits[0], text="    return ((\n"),))
    scene.store.answers[key] = explanation, (broken,)
    diagnosis = await closer(scene)
    assert diagnosis.explanation.by == "model"
    assert diagnosis.fixes == ()


@pytest.fixture
def two_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A candidate beside the version in use of every family."""

    def rivals(prompt: Prompt) -> list[Prompt]:
        return [prompt, msgspec.structs.replace(prompt, version=2, candidate=True)]

    monkeypatch.setattr(diagnostician_module, "rivals", rivals)


@pytest.mark.usefixtures("two_versions")
async def test_a_drawn_version_carries_its_probability(scene: Scene) -> None:
    assert scene.model
    scene.model.text, scene.experiments = FULL, True
    scene.store.exposed = [Exposure("missing-key@2", 0.5, success=True)] * 200
    scene.store.exposed += [Exposure("missing-key@1", 0.5, success=False)] * 200
    diagnosis = await closer(scene)
    assert diagnosis.explanation.prompt == "missing-key@2"
    assert diagnosis.explanation.exposure == pytest.approx(0.9, abs=0.01)
    assert diagnosis.fixes[0].exposure == diagnosis.explanation.exposure


@pytest.mark.usefixtures("two_versions")
async def test_a_group_keeps_its_version_when_more_is_learnt(scene: Scene) -> None:
    assert scene.model
    scene.model.text, scene.experiments = FULL, True
    scene.store.exposed = [Exposure("missing-key@2", 0.5, success=True)] * 200
    before = await closer(scene)
    scene.store.exposed = [Exposure("missing-key@1", 0.5, success=True)] * 2000
    assert await closer(scene) == before


@pytest.mark.usefixtures("two_versions")
async def test_without_experiments_the_version_in_use_is_asked(scene: Scene) -> None:
    assert scene.model
    scene.model.text = FULL
    diagnosis = await closer(scene)
    assert (diagnosis.explanation.prompt, diagnosis.explanation.exposure) == ("missing-key@1", None)
