"""The OCaml analyzer on crashes of a real program (tests/corpus/ocaml/crash.ml)."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashlight_sdk import Window
from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "corpus" / "ocaml"
ANALYZER = load(ROOT / "plugins" / "builtin" / "ocaml")
PROGRAM = (CORPUS / "crash.ml").read_text(encoding="utf-8").splitlines()

RECORDED = [
    ("index", "Invalid_argument", "index", "missing-key-or-index"),
    ("index-bare", "Invalid_argument", None, "missing-key-or-index"),
    ("missing-key", "Not_found", None, "missing-key-or-index"),  # inlined: only the caller is printed
    ("divide", "Division_by_zero", None, "numeric"),
    ("failure", "Failure", None, "assertion-or-invariant"),
    ("number", "Failure", "number", "parsing-or-encoding"),
    ("match", "Match_failure", "match", "unhandled-input"),
    ("assertion", "Assert_failure", "assertion", "assertion-or-invariant"),
    ("file", "Sys_error", None, "io-or-filesystem"),
    ("recursion", "Stack_overflow", "recursion", "unbounded-recursion"),
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
        assert (frame.file, frame.line) == ("crash.ml", marked(mark))
        assert frame.printed is not None
        shown = text.split("\n")[frame.printed.line][frame.printed.start : frame.printed.end]
        assert "crash.ml" in shown and str(frame.line) in shown
    finding = ANALYZER.explain(crash, None)
    assert finding is not None
    assert finding.category == category
    assert (crash.first_line, crash.last_line) == (0, len(text.rstrip("\n").split("\n")) - 1)


QUIET = ["Called from the office", "Fatal error: cannot find the file", "Raised at noon"]


@pytest.mark.parametrize("text", QUIET)
def test_no_crash(text: str) -> None:
    assert parse(ANALYZER, text) == []


PIECES = st.sampled_from(
    [
        "Fatal error: exception ",
        'Failure("x")',
        'Raised at A.b in file "a.ml", line 3, characters 4-5',
        'Called from A in file "a.ml", line 9, characters 1-2',
        "\n",
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
