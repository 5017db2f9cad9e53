"""The grammars of answers, followed by llama.cpp itself token by token."""

import os
from pathlib import Path

import pytest

from crashlight.diagnosis import question
from crashlight.diagnosis.prompts import shapes

pytestmark = pytest.mark.model


def takes(tiny: Path, grammar: str, text: str) -> bool:
    """Whether the grammar lets this be written, and then end."""
    from crashlight.adapters.llama.native import Grammar, Weights

    with tiny.open("rb") as file:
        weights = Weights(os.dup(file.fileno()))
    follower = Grammar(weights, grammar)
    for token in weights.tokenize(text, special=False):
        if not follower._allowed([token]):
            return False
        follower.accept(token)
    return follower.complete()


def line(language: str, shown: list[str]) -> str:
    return question._grammar(shapes()["line"].grammar, (7, 17), question._code_rule(language, shown))


@pytest.mark.parametrize(
    ("language", "text", "allowed"),
    [
        ("python", '17|    return data.get("name")\n', True),
        ("python", "+7|    if not x: return None\n", True),
        ("python", "17|\tindented = by.a.tab\n", True),
        ("python", "17|    color = '#fff'\n", True),
        ("python", "17|    x = 1  # a remark\n", False),
        ("python", "17|    # only a remark\n", False),
        ("python", "17|    # \n", False),
        ("python", "18|    x = 1\n", False),
        ("python", "17|    x = 1", False),
        ("python", "17|\n", False),
        ("python", "17|    \n", False),
        ("go", "+17|\tif s == nil { return }\n", True),
        ("go", '17|\tget("http://host/path")\n', True),
        ("go", "17|\tx := a / b\n", True),
        ("go", "17|\tx := 1 // a remark\n", False),
        ("c", "17|    x = 1; /* a remark */\n", False),
        ("cpp", "17|    std::string s = a::b();\n", True),
    ],
)
def test_a_line_of_source_has_no_remark_of_the_models(tiny: Path, language: str, text: str, allowed: bool) -> None:
    assert takes(tiny, line(language, ["    x = 2"]), text) is allowed


def test_a_remark_of_the_source_may_be_kept(tiny: Path) -> None:
    grammar = line("python", ["    x = 2  # of the source"])
    assert takes(tiny, grammar, "17|    x = 3  # of the source\n")


@pytest.mark.parametrize(
    ("shape", "text", "allowed"),
    [
        ("words", "cause: It is gone.\ncategory: null-or-undefined\nfix: Check it first.\n", True),
        ("words", "cause: It is gone.\ncategory: nonsense\nfix: Check it first.\n", False),
        ("words", "category: null-or-undefined\n", False),
        ("full", "cause: It is gone.\ncategory: other\nfix: Check it first.\n17|    x = 1\n", True),
        ("full", "cause: It is gone.\ncategory: other\nfix: Check it first.\n", False),
    ],
)
def test_words_have_their_order_and_a_category_of_the_list(tiny: Path, shape: str, text: str, allowed: bool) -> None:
    grammar = question._grammar(shapes()[shape].grammar, (7, 17), question._code_rule("python", []))  # type: ignore[index]
    assert takes(tiny, grammar, text) is allowed
