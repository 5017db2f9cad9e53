"""Whatever a plugin or a model proposes, nothing raises, and nothing leaves the function unseen."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crashlight.adapters.files import LocalFiles
from crashlight.domain import Edit, SourcePlace
from crashlight.settings.schema import SourceSettings
from crashlight.sources import Sources
from crashlight.sources.checking import apply
from crashlight.sources.source import Source, scope_of
from crashlight_sdk import INTENTS, Intent

PROGRAMS = {
    "a.py": (
        "import os\n\n\ndef f(a, b):\n    for x in a:\n        b[x] = a[x].n / len(b)\n    return b\n\n\nz = 1\n",
        6,
    ),
    "a.js": ("const q = require('q');\n\nfunction f(a) {\n  return a.b[0].c(1) / a.d;\n}\n\nf(1);\n", 4),
    "A.java": (
        "class A {\n    int f(int[] a, String s) {\n        return a[0] / s.length();\n    }\n\n    int g;\n}\n",
        3,
    ),
    "a.go": (
        'package main\n\nimport "fmt"\n\nfunc f(a []int, m map[string]int) int {\n\tm["x"] = a[1]\n\treturn a[0]\n}\n',
        6,
    ),
    "a.rs": ("fn f(v: &[i32]) -> i32 {\n    v[0] / v.iter().max().unwrap()\n}\n\nfn g() {}\n", 2),
    "a.c": ("#include <stdio.h>\n\nint f(int *p, int n) {\n    return p[n] / *p;\n}\n\nint g;\n", 4),
    "a.rb": ("def f(a)\n  a.b[0].c\nend\n\nputs 1\n", 2),
    "a.php": ("<?php\nfunction f($a) {\n    return $a->b['x'];\n}\necho 1;\n", 3),
    "a.kt": ("fun f(a: String?): Int {\n    return a!!.length\n}\n", 2),
    "a.cs": ("class A {\n    int F(int[] a) {\n        return a[0];\n    }\n}\n", 3),
    "a.ex": ("defmodule A do\n  def f(m) do\n    m.x\n  end\nend\n", 3),
}
WORDS = (
    "a|b|x|a[x]|a[0]|b[x]|len(b)|s|p|m|v|$a|f|'x'|0|-1|n|| |\n|}|{|)|\0|é|#|//|a.b|return 1|\\|<<|None|\r"
    '|"""|x = 1\n\n\ndef evil():\n    pass'
)
PIECES = st.sampled_from(WORDS.split("|"))
VALUES = st.one_of(PIECES, st.lists(PIECES, max_size=4).map("".join), st.text(max_size=40))
KINDS = st.sampled_from(sorted(INTENTS))
NAMES = sorted({name for shape in INTENTS.values() for name in (*shape.required, *shape.optional)})
EVERY_ARGUMENT = st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES))
MANY = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=PROGRAMS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> SourcePlace:
    text, line = PROGRAMS[request.param]
    (tmp_path / request.param).write_text(text)
    return SourcePlace(str(tmp_path / request.param), request.param, line)


@MANY
@given(kind=KINDS, args=EVERY_ARGUMENT, line=st.one_of(st.none(), st.integers(-2, 14)))
def test_any_intent(place: SourcePlace, kind: str, args: dict[str, str], line: int | None) -> None:
    sources = Sources(LocalFiles(), SourceSettings(), [Path(place.path).parent])
    for fix in sources.realise([Intent(kind, "Title", line, args)], place, "rule"):
        assert sources.check(fix.edits, place, may_touch_imports=True).ok


@MANY
@given(
    edits=st.lists(
        st.builds(
            Edit,
            st.sampled_from(["a.py", "a.js", "../a.py", "A.java", "a.c"]),
            st.integers(-1, 12),
            st.integers(-1, 12),
            VALUES.map(lambda text: text + "\n"),
        ),
        max_size=3,
    )
)
def test_any_edit(place: SourcePlace, edits: list[Edit]) -> None:
    sources = Sources(LocalFiles(), SourceSettings(), [Path(place.path).parent])
    text = Path(place.path).read_text()
    checked = sources.check(edits, place)
    if not checked.ok:
        return
    before = Source(Path(place.path), place.relative, text)
    scope = scope_of(before, place.line)
    assert scope is not None
    after = apply(before, edits).split("\n")
    lines = text.split("\n")
    # What stands before and behind the function is what stood there.
    assert after[: scope.first_line - 1] == lines[: scope.first_line - 1]
    assert after[len(after) - (len(lines) - scope.last_line) :] == lines[scope.last_line :]
