"""What a log says is shown as it is: no Markdown, HTML, command link or control character gets through."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashlight.domain import GroupHistory
from crashlight.lsp import words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("KeyError: 'user_id'", "KeyError: 'user_id'"),
        ("[click](command:rm)", r"\[click\](command:rm)"),
        ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
        ("**bold** _it_ a_b", r"\*\*bold\*\* \_it\_ a_b"),
        ("# title", r"\# title"),
        ("a\x1b[31mred\x00\r\nb", "a \\[31mred b"),
        ("safe\u202etxt.exe", "safe txt.exe"),
    ],
)
def test_markdown_is_escaped(text: str, shown: str) -> None:
    assert words.escaped(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A `Cart` has no `itms`.", "A `Cart` has no `itms`."),
        ("`x` is <b>", r"`x` is \<b\>"),
        ("one ` alone", r"one \` alone"),
        ("`[a](command:rm)` and [a](command:rm)", r"`[a](command:rm)` and \[a\](command:rm)"),
    ],
)
def test_names_between_backticks_become_code(text: str, shown: str) -> None:
    assert words.prose(text) == shown


@given(st.text(max_size=400))
def test_code_and_blocks_cannot_be_left(text: str) -> None:
    inline = words.code(text)
    fence = re.match(r"`+", inline)
    assert fence is not None
    assert inline.endswith(fence.group())
    assert "\n" not in inline
    inner = inline[len(fence.group()) : -len(fence.group())]
    assert fence.group() not in inner or inner.strip("`") == ""
    lines = words.block(text).split("\n")
    assert all(not line.startswith(lines[-1]) for line in lines[1:-1])


@given(st.text(max_size=2000))
def test_plain_is_one_short_line(text: str) -> None:
    line = words.plain(text)
    assert len(line) <= words.LONGEST_MESSAGE + 3
    assert line == line.strip()
    assert not re.search(r"[\x00-\x1f\x7f]", line)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "just now"), (90, "1 min ago"), (7200, "2 h ago"), (3 * 86400 + 5, "3 d ago"), (-9, "just now")],
)
def test_ago(seconds: float, text: str) -> None:
    assert words.ago(1000.0, 1000.0 + seconds) == text
    history = GroupHistory("f", 12, 0.0, 1000.0)
    assert words.seen(history, 1000.0 + seconds) == f"seen 12×, last {text}"
