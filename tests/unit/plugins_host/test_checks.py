"""What a plugin says is compared with what it was given."""

import contextlib
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashlight.adapters.plugins import checks
from crashlight_sdk import Cause, Crash, Excerpt, Finding, Frame, Intent, Span, Window

WINDOW = Window(("first", "second \x1b[31m", "third"))
FRAME = Frame("a.py", 3, "f", printed=Span(1, 0, 3))
CRASH = Crash("python", 0, 1, (Cause("KeyError", "'k'", (FRAME,), Span(0, 0, 5)),))
EXCERPT = Excerpt("a.py", 10, ("x = 1", "y = 2"), 10)
FINDING = Finding("other", "It is so.", "Change it.", 0.5, "python/thing")


def crash(**changes: object) -> Crash:
    return replace(CRASH, **changes)  # type: ignore[arg-type]


def cause(**changes: object) -> Crash:
    return crash(causes=(replace(CRASH.root, **changes),))  # type: ignore[arg-type]


def frame(**changes: object) -> Crash:
    return cause(frames=(replace(FRAME, **changes),))  # type: ignore[arg-type]


def test_an_honest_answer_is_kept() -> None:
    assert checks.crashes([CRASH], WINDOW) == checks.Checked([CRASH], [])
    assert checks.finding(FINDING, CRASH, EXCERPT) == (FINDING, [])


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (crash(first_line=-1), "lines -1 to 1"),
        (crash(first_line=2), "lines 2 to 1"),
        (crash(last_line=3), "lines 0 to 3"),
        (crash(language="klingon"), "klingon"),
        (crash(causes=()), "0 causes"),
        (crash(causes=CRASH.causes * 65), "65 causes"),
        (crash(thread="a\x07b"), r"U\+0007"),
        (cause(message="\x00"), r"U\+0000"),
        (cause(crash_type="\u202e"), r"U\+202E"),
        (cause(printed=Span(2, 0, 1)), "span on line 2"),
        (cause(printed=Span(0, 0, 6)), "columns 0 to 6"),
        (cause(printed=Span(0, 4, 3)), "columns 4 to 3"),
        (cause(printed=Span(0, -1, 3)), "columns -1 to 3"),
        (cause(frames=(FRAME,) * 20_001), "frames"),
        (frame(line=-1), "column -1"),
        (frame(column=1 << 40), "1099511627776"),
        (frame(file="a\rb"), r"U\+000D"),
        (frame(printed=Span(5)), "span on line 5"),
    ],
)
def test_a_wrong_crash_is_refused(wrong: Crash, reason: str) -> None:
    good = crash(first_line=2, last_line=2, causes=(Cause("honest", ""),))
    checked = checks.crashes([wrong, good], WINDOW)
    assert checked.crashes == [good]
    assert len(checked.refused) == 1
    with pytest.raises(checks.Refused, match=reason):
        raise checks.Refused(checked.refused[0])


def test_long_texts_of_a_log_are_cut() -> None:
    (found,) = checks.crashes([cause(crash_type="x" * 5000, message="y" * 70_000)], WINDOW).crashes
    assert (len(found.root.crash_type), len(found.root.message)) == (4096, 65536)


def test_crashes_must_not_overlap() -> None:
    checked = checks.crashes([CRASH, crash(first_line=1, last_line=2)], WINDOW)
    assert (checked.crashes, len(checked.refused)) == ([CRASH], 1)


def test_more_crashes_than_lines_are_told() -> None:
    assert checks.crashes([CRASH] * 9, WINDOW).refused[-1] == "9 crashes in 3 lines"


def test_control_characters_of_the_log_itself_are_replaced() -> None:
    found = checks.crashes([cause(message="red \x1b[31m", crash_type="two\nlines")], WINDOW).crashes
    assert [(one.root.message, one.root.crash_type) for one in found] == [("red \ufffd[31m", "two lines")]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (replace(FINDING, category="mine"), "category"),
        (replace(FINDING, confidence=1.5), "confidence"),
        (replace(FINDING, confidence=float("inf")), "confidence"),
        (replace(FINDING, rule="../../etc"), "rule"),
        (replace(FINDING, cause="x" * 3000), "cause"),
        (replace(FINDING, fix="\x1b]0;title\x07"), "fix"),
    ],
)
def test_a_wrong_finding_is_refused(wrong: Finding, reason: str) -> None:
    with pytest.raises(checks.Refused, match=reason):
        checks.finding(wrong, CRASH, EXCERPT)


@pytest.mark.parametrize(
    ("intent", "excerpt", "is_kept"),
    [
        (Intent("add_import", "Import json", args={"module": "json"}), None, True),
        (Intent("add_import", "Import json", args={"module": "json", "name": "loads"}), None, True),
        (Intent("replace_line", "Replace", 11, {"text": "y = 3"}), EXCERPT, True),
        (Intent("replace_line", "Replace", 12, {"text": "y = 3"}), EXCERPT, False),
        (Intent("replace_line", "Replace", 3, {"text": "y = 3"}), None, True),  # the line of a frame
        (Intent("replace_line", "Replace", 4, {"text": "y = 3"}), None, False),
        (Intent("run_program", "Run", args={"program": "sh"}), EXCERPT, False),
        (Intent("rename_to", "Rename", args={"old": "a"}), EXCERPT, False),
        (Intent("rename_to", "Rename", args={"old": "a", "new": "b", "file": "/etc/passwd"}), EXCERPT, False),
        (Intent("replace_line", "x" * 300, 11, {"text": ""}), EXCERPT, False),
        (Intent("replace_line", "Replace", 11, {"text": "a\x08b"}), EXCERPT, False),
        (Intent("replace_line", "Replace", 11, {"text": "x" * 3000}), EXCERPT, False),
    ],
)
def test_intents_are_kept_or_refused_one_by_one(intent: Intent, excerpt: Excerpt | None, is_kept: bool) -> None:
    honest = Intent("add_import", "Import os", args={"module": "os"})
    found, refused = checks.finding(replace(FINDING, intents=(intent, honest)), CRASH, excerpt)
    assert found.intents == ((intent, honest) if is_kept else (honest,))
    assert len(refused) == (0 if is_kept else 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"ok":1,"error":"x"}',
        b'{"other":1}',
        b'{"ok":[{"language":1}]}',
        b'{"ok":NaN}',
        b'{"error":7}',
        b'{"ok":"\\ud800"}',
        b'{"ok":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}",
        b"\xff" * 100,
    ],
)
def test_malformed_answers_are_refused(body: bytes) -> None:
    with pytest.raises(checks.Refused):
        checks.decode(body, list[Crash])


def test_what_a_plugin_raised_is_told() -> None:
    with pytest.raises(checks.RaisedInside, match="KeyError"):
        checks.decode(b'{"error":"KeyError: 1"}', list[Crash])


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_decoded(body: bytes) -> None:
    with contextlib.suppress(checks.Refused, checks.RaisedInside):
        checks.decode(body, list[Crash])


@given(st.integers(-3, 5), st.integers(-3, 5), st.integers(-3, 9), st.integers(-3, 9) | st.none(), st.text(max_size=5))
def test_what_is_kept_lies_in_the_window(first: int, last: int, start: int, end: int | None, text: str) -> None:
    said = Crash("python", first, last, (Cause(text, text, (), Span(first, start, end)),))
    for kept in checks.crashes([said], WINDOW).crashes:
        assert 0 <= kept.first_line <= kept.last_line < len(WINDOW.lines)
        span = kept.root.printed
        assert span is not None
        assert 0 <= span.start <= len(WINDOW.lines[span.line])
        assert all(
            character.isprintable() or character in "\u3000\ufffd\xa0 " or character > "\x9f"
            for character in kept.root.crash_type
        )


def test_answers_travel_as_the_words_they_are() -> None:
    body = b'{"ok":' + msgspec.json.encode([CRASH]) + b"}"
    assert checks.decode(body, list[Crash]) == [CRASH]
