"""Prompts are data that was tried: versions, hashes, examples and grammars that hold."""

import re

import pytest

from crashlight.cli.main import main
from crashlight.diagnosis import choosing, prompts
from crashlight.diagnosis.question import nearest, prefix
from crashlight.sources import redact
from crashlight_sdk import CATEGORIES

ALL = [prompt for versions in prompts.families().values() for prompt in versions]
EXAMPLES = [(prompt.name, example) for prompt in ALL for example in prompt.examples]


def test_a_changed_prompt_has_a_new_version() -> None:
    """After a change on purpose: give it a new version, and record it with `crashlight prompts lock`."""
    assert {prompt.name: prompt.hash for prompt in ALL} == prompts.locked()


def test_versions_of_a_family_differ() -> None:
    assert len({prompt.name for prompt in ALL}) == len(ALL)


def test_every_category_has_one_family() -> None:
    newest = [versions[-1] for versions in prompts.families().values()]
    named = [category for prompt in newest for category in prompt.categories]
    assert sorted(named) == sorted(CATEGORIES)


@pytest.mark.parametrize(
    ("name", "example"), EXAMPLES, ids=lambda value: value if isinstance(value, str) else value.error
)
def test_an_example_is_what_is_asked_of_the_model(name: str, example: prompts.Example) -> None:
    numbered = dict(re.findall(r"^(\d+)\|(.*)$", example.source, re.MULTILINE))
    change = re.fullmatch(r"(\+?)(\d+)\|(.+)", example.answer)
    assert change, "the answer is not of the shape"
    assert str(example.line) in numbered and change[2] in numbered
    assert change[3] not in numbered.values(), "the answer repeats a line"
    assert example.category in CATEGORIES
    assert redact(example.source + example.error).secrets == {}


def test_the_nearest_examples_are_of_the_same_language() -> None:
    for versions in prompts.families().values():
        for example in versions[-1].examples:
            nearby = nearest(versions[-1].examples, example.language)
            assert {nearby[-1].language, example.language} in ({example.language}, {"c", "cpp"})


@pytest.mark.parametrize("shape", ["line", "full", "words"])
def test_the_prefix_of_a_family_is_the_same_every_time(shape: prompts.ShapeName) -> None:
    for prompt in ALL:
        assert prefix(prompt, shape, "go") == prefix(prompt, shape, "go")
        assert len(prefix(prompt, shape, "go")) < 3000


def test_a_version_is_promoted_and_rolled_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prompts", "promote", "generic@1"]) == 0
    assert choosing.promoted() == {"generic": 1}
    assert main(["prompts", "rollback", "generic"]) == 2
    assert "first version" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["list"], ["show", "generic"], ["diff", "generic@1", "missing-key@1"]])
def test_prompts_are_shown(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prompts", *words]) == 0
    assert "generic" in capsys.readouterr().out or words[0] == "show"


def test_an_unknown_prompt_is_refused_with_those_that_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prompts", "show", "nothing"]) == 2
    assert "generic" in capsys.readouterr().err
