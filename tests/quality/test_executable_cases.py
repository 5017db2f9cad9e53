"""The executable cases themselves, and a part of them through the whole of the benchmark."""

import asyncio
import json
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from crashlight.cli.quality import executable
from crashlight.settings import Settings

CASES = Path(__file__).with_name("cases.jsonl")
PROMPTS = Path(__file__).parents[2] / "server/crashlight/diagnosis/prompts"
ALL = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
FIRST_OF_EACH_RUNTIME = list({case["runtime"]: case for case in reversed(ALL)}.values())


def test_there_are_enough_of_every_runtime_on_both_sides() -> None:
    assert len(ALL) >= 200
    assert len({case["id"] for case in ALL}) == len(ALL)
    sides = defaultdict(set)
    for case in ALL:
        sides[case["runtime"]].add(case["split"])
    assert all(found == {"train", "test"} for found in sides.values()), sides
    assert len(sides) >= 10


def test_no_program_is_on_both_sides() -> None:
    sides = defaultdict(set)
    for case in ALL:
        sides[case["runtime"], case["mutation"]].add(case["split"])
    assert all(len(found) == 1 for found in sides.values())


def test_no_example_of_a_prompt_is_a_test_case() -> None:
    held = {line.strip() for case in ALL if case["split"] == "test" for line in _around(case)}
    shown = set()
    for path in PROMPTS.glob("*.toml"):
        for example in tomllib.loads(path.read_text(encoding="utf-8")).get("example", []):
            lines = [line.partition("|") for line in example["source"].strip("\n").split("\n")]
            shown |= {text.strip() for number, _, text in lines if number.strip() == str(example["line"])}
    assert shown
    assert not shown & held


@pytest.mark.parametrize("case", FIRST_OF_EACH_RUNTIME, ids=lambda case: case["id"])
def test_a_case_fails_its_check_until_its_mutation_is_undone(case: dict[str, Any], tmp_path: Path) -> None:
    if not executable.is_runnable(case):
        pytest.skip(f"the programs that build and run {case['runtime']} are not installed")
    (tmp_path / case["file"]).write_text(case["text"], encoding="utf-8")
    assert asyncio.run(executable.holds(case, tmp_path)) is False
    executable.apply_edits(tmp_path, [{**case["undo"], "file": case["file"]}])
    assert asyncio.run(executable.holds(case, tmp_path)) is True


def test_rules_alone_hold_their_level(tmp_path: Path) -> None:
    """A floor below what the accuracy page says, so that a rule that breaks is seen here."""
    cases = executable.read(CASES, "train", 30)
    part = executable.measure(cases, Settings(), tmp_path, "rules alone")
    shares = part.groups["all"]
    assert shares["found"].hits == shares["found"].of == len(cases), part.misses
    assert shares["full"].hits >= 0.8 * shares["full"].of, part.misses
    assert shares["passes"].hits >= 0.4 * shares["passes"].of, part.misses


def _around(case: dict[str, Any]) -> list[str]:
    lines: list[str] = case["text"].split("\n")
    return [line for line in lines[max(0, case["line"] - 2) : case["line"] + 1] if len(line.strip()) > 12]
