"""The PowerShell analyzer on both layouts of error records. There is no PowerShell here to record them with."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashlight_sdk import Window
from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

POWERSHELL = load(Path(__file__).resolve().parents[3] / "plugins" / "builtin" / "powershell")

CLASSIC = """Get-Content : Cannot find path 'C:\\shop\\prices.csv' because it does not exist.
At C:\\shop\\load.ps1:12 char:10
+ $prices = Get-Content C:\\shop\\prices.csv
+          ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
    + CategoryInfo          : ObjectNotFound: (C:\\shop\\prices.csv:String) [Get-Content], ItemNotFoundException
    + FullyQualifiedErrorId : PathNotFound,Microsoft.PowerShell.Commands.GetContentCommand
"""
NULL = """You cannot call a method on a null-valued expression.
At C:\\shop\\load.ps1:14 char:1
+ $prices.Trim()
+ ~~~~~~~~~~~~~~
    + CategoryInfo          : InvalidOperation: (:) [], RuntimeException
    + FullyQualifiedErrorId : InvokeMethodOnNull
"""
CONCISE = """InvalidOperation: /srv/shop/load.ps1:14
Line |
  14 |  $prices.Trim()
     |  ~~~~~~~~~~~~~~
     | You cannot call a method on a null-valued expression.
"""
COMMAND = """shopctl: /srv/shop/load.ps1:3
Line |
   3 |  shopctl start
     |  ~~~~~~~
     | The term 'shopctl' is not recognized as a name of a cmdlet, function, script file, or executable program.
"""

CASES = [
    ("classic", CLASSIC, "ItemNotFoundException", ("C:\\shop\\load.ps1", 12), "io-or-filesystem"),
    ("null", NULL, "RuntimeException", ("C:\\shop\\load.ps1", 14), "null-or-undefined"),
    ("concise", CONCISE, "InvalidOperation", ("/srv/shop/load.ps1", 14), "null-or-undefined"),
]


@pytest.mark.parametrize(
    ("text", "crash_type", "place", "category"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_record(text: str, crash_type: str, place: tuple[str, int], category: str) -> None:
    (crash,) = parse(POWERSHELL, text)
    assert crash.root.crash_type == crash_type
    frame = culprit(crash.root)
    assert frame is not None
    assert (frame.file, frame.line) == place
    assert frame.printed is not None
    assert text.split("\n")[frame.printed.line][frame.printed.start : frame.printed.end] == f"{place[0]}:{place[1]}"
    finding = POWERSHELL.explain(crash, None)
    assert finding is not None
    assert finding.category == category
    assert (crash.first_line, crash.last_line) == (0, len(text.rstrip("\n").split("\n")) - 1)


def test_the_name_of_a_missing_command() -> None:
    (crash,) = parse(POWERSHELL, COMMAND)
    finding = POWERSHELL.explain(crash, None)
    assert finding is not None
    assert "`shopctl`" in finding.cause


QUIET = ["CategoryInfo is a property", "Line |\nno number", "At line 3 there is a mistake"]


@pytest.mark.parametrize("text", QUIET)
def test_no_crash(text: str) -> None:
    assert parse(POWERSHELL, text) == []


PIECES = st.sampled_from(
    [
        "At C:\\a.ps1:3 char:4",
        "+ x",
        "    + CategoryInfo          : A: (b:C) [D], E",
        "Line |",
        "  3 |  x",
        "     | y",
        "X: /a/b.ps1:3",
        "\n",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    lines = tuple(text.split("\n"))
    after = -1
    for crash in POWERSHELL.parse(Window(lines)):
        assert after < crash.first_line <= crash.last_line < len(lines)
        after = crash.last_line
        assert POWERSHELL.explain(crash, None) is not None
