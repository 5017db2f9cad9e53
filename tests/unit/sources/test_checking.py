"""What may be offered and what may not."""

from pathlib import Path

import pytest

from crashlight.domain import Edit
from crashlight.sources.checking import apply, check
from crashlight.sources.redaction import placeholders, redact
from crashlight.sources.source import Source

PYTHON = """import os

LIMIT = 10


def first(items):
    if not items:
        raise ValueError("empty")
    return items[0]


def second(items):
    assert len(items) > 1
    return items[1]
"""
C = "#include <stdio.h>\n\nint f(int *p) {\n    return *p;\n}\n"


def source(text: str = PYTHON, name: str = "a.py") -> Source:
    return Source(Path("/ws") / name, name, text)


def edit(start: int, end: int, text: str, file: str = "a.py") -> Edit:
    return Edit(file, start, end, text)


@pytest.mark.parametrize(
    "change",
    [
        edit(9, 9, "    return items[0] if items else None\n"),
        edit(9, 8, "    print(items)\n"),
        edit(6, 9, 'def first(items):\n    if not items:\n        raise ValueError("empty")\n    return items[-1]\n'),
    ],
)
def test_a_change_inside_the_function_is_verified(change: Edit) -> None:
    checked = check([change], source(), 9)
    assert checked.ok, checked.refusal
    assert checked.verified == ("applies", "parses", "inside-function", "keeps-checks")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (edit(9, 9, "    return items[0]\n"), "changes nothing"),
        (edit(9, 9, "    return items[0"), "line break"),
        (edit(9, 9, "    return items[0\n"), "parses"),
        (edit(9, 8, "    with open(items) as file:\n"), "parses"),
        (edit(3, 3, "LIMIT = 99\n"), "leaves the function"),
        (edit(14, 14, "    return items[0]\n"), "leaves the function"),
        (edit(9, 12, "    return items[1]\n"), "leaves the function"),
        (edit(7, 8, ""), "check"),
        (edit(7, 7, "    if False:\n"), "check"),
        (edit(8, 8, "        return None\n"), "check"),
        (edit(9, 9, "    return items[0]\n\n\ndef evil():\n    pass\n"), "not the same one"),
        (edit(6, 6, "def other(items):\n"), "not the same one"),
        (edit(99, 99, "x = 1\n"), "no line"),
        (edit(9, 7, "x = 1\n"), "no line"),
        (edit(9, 9, "    return 1\n", file="b.py"), "of b.py"),
        (edit(9, 9, "    return HIDDEN_0a1b2c3d_1\n"), "placeholder"),
        (edit(9, 9, "    return '\0'\n"), "NUL"),
        (edit(9, 9, "    x = 1\n" * 5000), "at most"),
        (edit(1, 0, "import sys\n"), "leaves the function"),
    ],
)
def test_refusals_say_why(change: Edit, reason: str) -> None:
    checked = check([change], source(), 9)
    assert reason in (checked.refusal or "")


def test_an_assertion_may_not_go_or_be_weakened() -> None:
    for text in ("", "    assert True\n", "    pass\n"):
        assert not check([edit(13, 13, text)], source(), 14).ok


def test_overlapping_parts_are_refused() -> None:
    parts = [edit(8, 9, "    return 1\n"), edit(9, 9, "    return 2\n")]
    assert "overlap" in (check(parts, source(), 9).refusal or "")


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("import sys\n", True),
        ("from a import (\n    b,\n)\n", True),
        ("import sys; os.remove('x')\n", False),
        ("x = 1\n", False),
    ],
)
def test_a_rule_may_add_imports_and_nothing_else_there(text: str, allowed: bool) -> None:
    parts = [edit(2, 1, text), edit(9, 9, "    return items[-1]\n")]
    assert check(parts, source(), 9, may_touch_imports=True).ok is allowed
    assert not check(parts, source(), 9).ok


def test_a_file_with_errors_may_get_no_new_one() -> None:
    broken = source(PYTHON + "\n\ndef third(:\n    pass\n")
    assert check([edit(9, 9, "    return items[-1]\n")], broken, 9).ok
    assert not check([edit(9, 9, "    return items[-1\n")], broken, 9).ok


def test_other_languages_are_held_to_the_same() -> None:
    c = source(C, "a.c")
    assert check([Edit("a.c", 4, 4, "    return p ? *p : 0;\n")], c, 4).ok
    assert not check([Edit("a.c", 4, 4, "    return 0;\n}\n\nint g(void) {\n    return 1;\n")], c, 4).ok
    assert not check([Edit("a.txt", 1, 1, "x\n")], source("a\nb\n", "a.txt"), 1).ok


def test_lines_keep_their_ends() -> None:
    crlf = source(PYTHON.replace("\n", "\r\n"))
    after = apply(crlf, [edit(9, 9, "    return 1\r\n")])
    assert after == PYTHON.replace("\n", "\r\n").replace("items[0]\r\n", "1\r\n")
    bare = source("def f(x):\n    return x.a")
    assert apply(bare, [edit(2, 2, "    return x.b\n")]) == "def f(x):\n    return x.b\n"
    assert apply(bare, [edit(3, 2, "# end\n")]) == "def f(x):\n    return x.a\n# end\n"


def test_a_fix_on_a_line_with_a_password_never_writes_the_placeholder() -> None:
    text = 'def connect_db():\n    return connect("db", password="hunter2", timeout=None)\n'
    before = source(text)
    redaction = redact(before.lines[1])
    (name,) = placeholders(redaction.text)
    written = redaction.text.replace("timeout=None", "timeout=30")
    assert not check([edit(2, 2, written + "\n")], before, 2).ok
    checked = check([edit(2, 2, redaction.restore(written) + "\n")], before, 2)
    assert checked.ok and name not in apply(before, [edit(2, 2, redaction.restore(written) + "\n")])
