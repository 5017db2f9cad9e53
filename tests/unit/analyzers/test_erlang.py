"""The Erlang analyzer on crashes of real programs (tests/corpus/erlang)."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashlight_sdk import Window
from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "corpus" / "erlang"
ERLANG = load(ROOT / "plugins" / "builtin" / "erlang")
PROGRAM = (CORPUS / "crash.erl").read_text(encoding="utf-8").splitlines()

RECORDED = [
    ("badmatch", "badmatch", "badmatch", "network-or-timeout"),  # the value is {error, closed}
    ("badarith", "badarith", "badarith", "numeric"),
    ("badkey", "badkey", "badkey", "missing-key-or-index"),
    ("case-clause", "case_clause", "case-clause", "unhandled-input"),
    ("function-clause", "function_clause", "function-clause", "unhandled-input"),
    ("throw", "nocatch", "throw", "unhandled-input"),
    ("process", "badarith", "badarith", "numeric"),
    ("shell", "badarith", "badarith", "numeric"),
]


@pytest.mark.parametrize(("name", "crash_type", "mark", "category"), RECORDED)
def test_recorded_crash(name: str, crash_type: str, mark: str, category: str) -> None:
    (crash,) = parse(ERLANG, (CORPUS / f"{name}.log").read_text(encoding="utf-8"))
    assert crash.root.crash_type == crash_type
    frame = culprit(crash.root)
    line = next(number for number, text in enumerate(PROGRAM, 1) if text.endswith(f"% crash: {mark}"))
    assert frame is not None
    assert frame.file == "crash.erl"
    assert frame.line == line
    finding = ERLANG.explain(crash, None)
    assert finding is not None
    assert finding.category == category


def test_a_server_gives_its_error_and_its_crash_report() -> None:
    text = (CORPUS / "server.log").read_text(encoding="utf-8")
    error, report = parse(ERLANG, text)
    for crash in (error, report):
        assert crash.root.crash_type == "badkey"
        frame = culprit(crash.root)
        assert frame is not None
        assert (frame.function, frame.line) == ("server:handle_call/3", 6)
    assert error.last_line < report.first_line


def test_a_script_names_the_missing_file() -> None:
    (crash,) = parse(ERLANG, (CORPUS / "escript.log").read_text(encoding="utf-8"))
    finding = ERLANG.explain(crash, None)
    assert finding is not None
    assert (crash.root.crash_type, finding.category) == ("badmatch", "io-or-filesystem")


def test_a_missing_function_is_named() -> None:
    (crash,) = parse(ERLANG, (CORPUS / "undef.log").read_text(encoding="utf-8"))
    finding = ERLANG.explain(crash, None)
    assert finding is not None
    assert finding.cause.startswith("shop_prices:load does not exist")


QUIET = ["=INFO REPORT==== 1-Jan-2024::12:00:00 ===\nstarted", "an exception error: in prose", "** Reason is unknown"]


@pytest.mark.parametrize("text", QUIET)
def test_no_crash(text: str) -> None:
    assert parse(ERLANG, text) == []


PIECES = st.sampled_from(
    [
        "=ERROR REPORT==== ",
        "Error in process <0.1.0> with exit value:",
        '{badarith,[{a,b,2,[{file,"a.erl"},{line,3}]}]}',
        "** exception error: ",
        "     in function  a:b/2 (a.erl, line 3)",
        "** Reason for termination ==",
        "\n",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    lines = tuple(text.split("\n"))
    after = -1
    for crash in ERLANG.parse(Window(lines)):
        assert after < crash.first_line <= crash.last_line < len(lines)
        after = crash.last_line
        assert ERLANG.explain(crash, None) is not None
