"""The R analyzer on crashes of a real program (tests/corpus/r/crash.R)."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashlight_sdk import Window
from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "corpus" / "r"
ANALYZER = load(ROOT / "plugins" / "builtin" / "r")
PROGRAM = (CORPUS / "crash.R").read_text(encoding="utf-8").splitlines()

RECORDED = [
    ("subscript", "Error", None, "missing-key-or-index"),
    ("type", "Error", None, "type-mismatch"),
    ("stop", "Error", None, "assertion-or-invariant"),
    ("file", "Error", None, "io-or-filesystem"),
    ("object", "Error", None, "null-or-undefined"),
    ("package", "Error", None, "missing-dependency"),
    ("condition", "Error", None, "null-or-undefined"),
    ("traceback", "Error", None, "assertion-or-invariant"),
]


def marked(name: str) -> int:
    return next(number for number, line in enumerate(PROGRAM, 1) if f"crash: {name}" in line)


@pytest.mark.parametrize(("name", "crash_type", "mark", "category"), RECORDED)
def test_recorded_crash(name: str, crash_type: str, mark: str | None, category: str) -> None:
    text = (CORPUS / f"{name}.log").read_text(encoding="utf-8")
    (crash,) = parse(ANALYZER, text)
    assert crash.root.crash_type == crash_type
    frame = culprit(crash.root)
    if mark is not None:
        assert frame is not None
        assert (frame.file, frame.line) == ("crash.R", marked(mark))
        assert frame.printed is not None
        shown = text.split("\n")[frame.printed.line][frame.printed.start : frame.printed.end]
        assert "crash.R" in shown and str(frame.line) in shown
    finding = ANALYZER.explain(crash, None)
    assert finding is not None
    assert finding.category == category
    assert (crash.first_line, crash.last_line) == (0, len(text.rstrip("\n").split("\n")) - 1)


TIDY = """Error in `mutate()`:
! Problem while computing `price = as.numeric(text)`.
Caused by error in `price()`:
! object 'text' not found
Backtrace:
  1. shop::total(data)
Execution halted
"""


def test_the_last_error_of_a_chain_is_the_root() -> None:
    (crash,) = parse(ANALYZER, TIDY)
    assert [cause.message for cause in crash.causes] == [
        "Problem while computing `price = as.numeric(text)`.",
        "object 'text' not found",
    ]
    assert crash.last_line == 6


def test_the_call_of_the_error_is_the_culprit() -> None:
    (crash,) = parse(ANALYZER, (CORPUS / "file.log").read_text(encoding="utf-8"))
    frame = culprit(crash.root)
    assert frame is not None
    assert frame.function == "load_prices"


QUIET = ["Error in the report: see page 3", "Traceback: see below", "Error: no"]


@pytest.mark.parametrize("text", QUIET)
def test_no_crash(text: str) -> None:
    assert parse(ANALYZER, text) == []


PIECES = st.sampled_from(
    [
        "Error in f(x) : ",
        "no",
        "Calls: f -> g",
        "Execution halted",
        "\n",
        "Error in `f()`:",
        "! bad",
        "Caused by error:",
        "2: f(x) at a.R#3",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    lines = tuple(text.split("\n"))
    after = -1
    for crash in ANALYZER.parse(Window(lines)):
        assert after < crash.first_line <= crash.last_line < len(lines)
        after = crash.last_line
        assert ANALYZER.explain(crash, None) is not None
