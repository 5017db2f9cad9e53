"""The Haskell analyzer on crashes of a real program (tests/corpus/haskell/Crash.hs)."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashlight_sdk import Window
from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "corpus" / "haskell"
ANALYZER = load(ROOT / "plugins" / "builtin" / "haskell")
PROGRAM = (CORPUS / "Crash.hs").read_text(encoding="utf-8").splitlines()

RECORDED = [
    ("head", "Prelude.head", None, "missing-key-or-index"),
    ("missing-key", "error", None, "missing-key-or-index"),
    ("patterns", "Non-exhaustive patterns", "patterns", "unhandled-input"),
    ("error", "error", "error", "assertion-or-invariant"),
    ("from-just", "Maybe.fromJust", "from-just", "null-or-undefined"),
    ("divide", "divide by zero", None, "numeric"),
    ("file", "error", None, "io-or-filesystem"),
    ("environment", "error", None, "configuration"),
    ("user", "user error", None, "assertion-or-invariant"),
    ("read", "Prelude.read", None, "parsing-or-encoding"),
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
        assert (frame.file, frame.line) == ("Crash.hs", marked(mark))
        assert frame.printed is not None
        shown = text.split("\n")[frame.printed.line][frame.printed.start : frame.printed.end]
        assert "Crash.hs" in shown and str(frame.line) in shown
    finding = ANALYZER.explain(crash, None)
    assert finding is not None
    assert finding.category == category
    assert (crash.first_line, crash.last_line) == (0, len(text.rstrip("\n").split("\n")) - 1)


def test_the_caller_is_the_function_of_a_place() -> None:
    (crash,) = parse(ANALYZER, (CORPUS / "error.log").read_text(encoding="utf-8"))
    assert [frame.function for frame in crash.root.frames] == ["refuse", None]


QUIET = [
    "shop: starting",
    "the CallStack (from HasCallStack) is explained in the manual",
    "Crash.hs:3:1: warning: [-Wunused-imports]",
]


@pytest.mark.parametrize("text", QUIET)
def test_no_crash(text: str) -> None:
    assert parse(ANALYZER, text) == []


PIECES = st.sampled_from(
    [
        "shop: no pears",
        "CallStack (from HasCallStack):",
        "  error, called at A.hs:3:4 in main:Main",
        "\n",
        "A.hs:3:4-9: Non-exhaustive patterns in case",
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
