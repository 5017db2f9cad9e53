"""Nothing that a model writes is trusted: what it may not do is refused, whatever it says."""

import re
from pathlib import Path

import pytest

from crashlight.diagnosis import answer, question
from crashlight.diagnosis.choosing import choose
from crashlight.domain import Explanation
from crashlight_sdk import Excerpt

from .conftest import Memory, Scene

SECRET = "correct-horse-battery-staple"
SOURCE = f"""def connect(host):
    password = "{SECRET}"
    return open_session(host, password="{SECRET}").name
"""


async def written(scene: Scene, text: str) -> list[str]:
    """The texts of the fixes that are left of an answer."""
    assert scene.model
    scene.model.text, scene.store = text, Memory()
    diagnostician = scene.diagnostician()
    occurrence = scene.occurrence()
    diagnosis = await diagnostician.closer(occurrence, await diagnostician.at_once(occurrence))
    return [fix.edits[0].text for fix in diagnosis.fixes]


def secret_scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path, SOURCE, line=3, crash_type="AttributeError", message="'NoneType' has no attribute 'name'")


async def hidden_name(scene: Scene) -> str:
    """The name that stands for the secret in the prompt."""
    await written(scene, "")
    assert scene.model
    asked = scene.model.asked[-1].text
    assert SECRET not in asked
    return asked.split('password = "')[1].split('"')[0]


async def test_a_secret_never_reaches_the_prompt_and_comes_back_into_the_edit(tmp_path: Path) -> None:
    scene = secret_scene(tmp_path)
    hidden = await hidden_name(scene)
    kept = await written(
        scene, f'3|    session = open_session(host, password="{hidden}"); return session and session.name\n'
    )
    assert kept == [f'    session = open_session(host, password="{SECRET}"); return session and session.name\n']


@pytest.mark.parametrize(
    "line",
    [
        '3|    return open_session(host, password="").name',  # lost
        '3|    return open_session(host, password="{hidden}{hidden}").name',  # doubled
        '3|    return open_session(host, user="{hidden}").name',  # moved to another name
        '3|    return open_session(host, password="HIDDEN_0badc0de_1").name',  # made up
        '+3|    print("{hidden}")',  # written somewhere new
        '3|    return open_session(host, password="[redacted]").name',
    ],
)
async def test_an_edit_that_loses_moves_or_adds_a_hidden_value_is_refused(tmp_path: Path, line: str) -> None:
    scene = secret_scene(tmp_path)
    hidden = await hidden_name(scene)
    assert await written(scene, line.format(hidden=hidden) + "\n") == []


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ('6|    return data.get("name")', '    return data.get("name")\n'),
        ('6|return data.get("name")', '    return data.get("name")\n'),  # a lost indentation is put back
        ('+6|    if "name" not in data: return None', '    if "name" not in data: return None\n'),
        ('6|    return data.get("name")   ', '    return data.get("name")\n'),
    ],
)
async def test_a_good_line_becomes_a_fix(scene: Scene, said: str, text: str) -> None:
    assert await written(scene, said + "\n") == [text]


@pytest.mark.parametrize(
    "said",
    [
        "6|    return data[",  # does not parse
        '6|    return data["name"]',  # changes nothing
        "10|    return 2",  # another function
        "1|import os",  # outside the function
        "0|x = 1",
        "6|",
        '6|    return data.get("name")',  # cut off: no line end
        "+6|    data = json.loads(text)",  # says again what stands there
    ],
)
async def test_a_bad_line_is_refused(scene: Scene, said: str) -> None:
    cut_off = said == '6|    return data.get("name")'
    assert await written(scene, said + ("" if cut_off else "\n")) == []


async def test_a_check_is_not_taken_away(tmp_path: Path) -> None:
    scene = Scene(tmp_path, "def pay(sum):\n    assert sum > 0, 'nothing to pay'\n    return sum\n", line=2)
    assert await written(scene, "2|    pass\n") == []


async def test_a_line_too_long_to_be_shown_whole_is_not_replaced(tmp_path: Path) -> None:
    long = "    return {" + ", ".join(f'"key{n}": {n}' for n in range(40)) + "}['x']"
    scene = Scene(tmp_path, f"def f():\n{long}\n", line=2)
    assert await written(scene, "2|    return None\n") == []


def test_a_question_holds_few_lines_and_says_which_one_crashed(scene: Scene) -> None:
    source = tuple(f"line {n} " + "x" * 500 for n in range(1, 201))
    scene.diagnostician()
    known = Explanation("other", 0.2, "c", "f", "facts")
    excerpt = Excerpt("app.py", 1, source, 100)
    asked = question.build(scene.occurrence(), known, excerpt, choose("other"), "m", sure=False)
    assert "crashed at line 100" in asked.question.text
    assert len(asked.shown) == question.LINES_BEFORE + question.LINES_AFTER + 1
    assert all(len(line) <= question.LINE_CAP for line in asked.shown.values())


def numbers(grammar: str) -> set[str]:
    (line,) = [line for line in grammar.splitlines() if line.startswith("number ::=")]
    return set(re.findall(r'"(\d+)"', line))


@pytest.mark.parametrize(("line", "allowed"), [(6, {"5", "6"}), (5, {"5"})])
def test_a_line_is_written_at_the_culprit_or_above_it_and_never_over_the_functions_head(
    scene: Scene, line: int, allowed: set[str]
) -> None:
    scene.line = line
    scene.diagnostician()
    occurrence = scene.occurrence()
    assert occurrence.culprit and occurrence.culprit.source
    known = Explanation("other", 0.2, "c", "f", "facts")
    code = scene.sources.context(occurrence.culprit.source)
    asked = question.build(occurrence, known, code, choose("other"), "m", sure=False)
    assert numbers(asked.question.grammar or "") == allowed


def test_reading_an_answer_never_raises(scene: Scene) -> None:
    scene.diagnostician()
    known = Explanation("other", 0.2, "c", "f", "facts")
    asked = question.build(scene.occurrence(), known, None, choose("other"), "m", sure=False)
    for text in ("\0", "cause: \n", "category:\n", "6|\n", "+|\n", "9" * 5000 + "|x\n", "\ud800", "cause: a" * 10_000):
        answer.read(text, asked, "app.py")
