"""The .NET analyzer on crashes of a program under Mono (tests/corpus/dotnet) and on other runtimes' layouts."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashlight_sdk import Crash, Excerpt, Window
from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "corpus" / "dotnet"
DOTNET = load(ROOT / "plugins" / "builtin" / "dotnet")
PROGRAM = (CORPUS / "Crash.cs").read_text(encoding="utf-8").splitlines()

RECORDED = [
    ("null", "System.NullReferenceException", "null", "null-or-undefined", "dotnet/null-reference"),
    ("index", "System.ArgumentOutOfRangeException", "index", "missing-key-or-index", "dotnet/index-out-of-range"),
    (
        "missing-key",
        "System.Collections.Generic.KeyNotFoundException",
        "missing-key",
        "missing-key-or-index",
        "dotnet/missing-key",
    ),
    ("divide", "System.DivideByZeroException", "divide", "numeric", "dotnet/divide-by-zero"),
    ("number", "System.FormatException", "number", "parsing-or-encoding", "dotnet/format"),
    ("cast", "System.InvalidCastException", "cast", "type-mismatch", "dotnet/invalid-cast"),
    ("file", "System.IO.DirectoryNotFoundException", "file", "io-or-filesystem", "dotnet/file-missing"),
    ("own", "System.InvalidOperationException", "own", "assertion-or-invariant", "dotnet/invalid-operation"),
    ("nested", "System.DivideByZeroException", "divide", "numeric", "dotnet/divide-by-zero"),
    ("aggregate", "System.NullReferenceException", "null", "null-or-undefined", "dotnet/null-reference"),
]


def recorded(name: str) -> tuple[str, Crash]:
    text = (CORPUS / f"{name}.log").read_text(encoding="utf-8")
    crashes = parse(DOTNET, text)
    assert len(crashes) == 1, crashes
    return text, crashes[0]


def marked(name: str) -> int:
    return next(number for number, line in enumerate(PROGRAM, 1) if line.endswith(f"// crash: {name}"))


@pytest.mark.parametrize(("name", "crash_type", "mark", "category", "rule"), RECORDED)
def test_recorded_crash(name: str, crash_type: str, mark: str, category: str, rule: str) -> None:
    text, crash = recorded(name)
    assert crash.root.crash_type == crash_type
    frame = culprit(crash.root)
    assert frame is not None
    assert (frame.file, frame.line) == ("/srv/shop/Crash.cs", marked(mark))
    finding = DOTNET.explain(crash, None)
    assert finding is not None
    assert (finding.category, finding.rule) == (category, rule)
    assert (crash.first_line, crash.last_line) == (1, len(text.rstrip("\n").split("\n")) - 1)


@pytest.mark.parametrize("name", [case[0] for case in RECORDED])
def test_printed_places_are_what_the_log_prints(name: str) -> None:
    text, crash = recorded(name)
    lines = text.split("\n")
    for cause in crash.causes:
        for frame in cause.frames:
            if frame.printed is not None:
                assert (
                    lines[frame.printed.line][frame.printed.start : frame.printed.end] == f"{frame.file}:{frame.line}"
                )


def test_nested_exceptions_have_the_root_last() -> None:
    _, crash = recorded("nested")
    assert [cause.crash_type for cause in crash.causes] == [
        "System.ApplicationException",
        "System.DivideByZeroException",
    ]
    assert crash.causes[0].message == "the bill failed"
    assert [frame.function for frame in crash.causes[0].frames] == ["Shop.Program.Nested", "Shop.Program.Main"]


CORE = """Unhandled exception. System.AggregateException: One or more errors occurred. (no pears)
 ---> System.InvalidOperationException: no pears
   at Shop.Basket.Draw(Int32 count) in /srv/shop/Basket.cs:line 41
   at Shop.Basket.<DrawAsync>d__3.MoveNext() in /srv/shop/Basket.cs:line 60
--- End of stack trace from previous location ---
   at Shop.Program.Main(String[] args) in /srv/shop/Program.cs:line 9
   --- End of inner exception stack trace ---
   at System.Threading.Tasks.Task.Wait()
"""
GERMAN = """Unbehandelte Ausnahme: System.NullReferenceException: Der Objektverweis wurde nicht festgelegt.
   bei Shop.Basket.Draw(Int32 count) in C:\\shop\\Basket.cs:Zeile 41.
   bei Shop.Program.Main(String[] args) in C:\\shop\\Program.cs:Zeile 9.
"""
UNITY_EDITOR = """NullReferenceException: Object reference not set to an instance of an object
Shop.Basket.Update () (at Assets/Scripts/Basket.cs:41)
UnityEngine.Events.InvokableCall.Invoke () (at <0123456789abcdef0123456789abcdef>:0)
"""
IL2CPP = """NullReferenceException: Object reference not set to an instance of an object.
  at Shop.Basket.Update () [0x00000] in <00000000000000000000000000000000>:0
  at UnityEngine.Events.InvokableCall.Invoke () [0x00000] in <00000000000000000000000000000000>:0
"""
RETHROWN = """NullReferenceException: Object reference not set to an instance of an object
  at Shop.Basket.Update () [0x00012] in /srv/shop/Assets/Basket.cs:41
Rethrow as TargetInvocationException: Exception has been thrown by the target of an invocation.
  at System.Reflection.MonoMethod.Invoke (System.Object obj) [0x00083] in <0123>:0
"""
OVERFLOW = """Stack overflow.
Repeat 24096 times:
--------------------------------
   at Shop.Basket.Total()
--------------------------------
   at Shop.Program.Main(System.String[])
"""
OLD_STYLE = """System.Web.HttpUnhandledException (0x80004005): Exception of type 'System.Web.HttpUnhandledException' was thrown. ---> System.FormatException: Input string was not in a correct format.
   at System.Number.StringToNumber(String str)
   at Shop.Page.OnLoad(EventArgs e) in c:\\shop\\Page.cs:line 41
   --- End of inner exception stack trace ---
   at System.Web.UI.Page.HandleError(Exception e)
"""  # noqa: E501 -- as it is printed

SHAPES = [
    ("core", CORE, ["System.AggregateException", "System.InvalidOperationException"], ("/srv/shop/Basket.cs", 41)),
    ("german", GERMAN, ["System.NullReferenceException"], ("C:\\shop\\Basket.cs", 41)),
    ("unity editor", UNITY_EDITOR, ["NullReferenceException"], ("Assets/Scripts/Basket.cs", 41)),
    ("il2cpp", IL2CPP, ["NullReferenceException"], (None, None)),
    ("rethrown", RETHROWN, ["TargetInvocationException", "NullReferenceException"], ("/srv/shop/Assets/Basket.cs", 41)),
    ("stack overflow", OVERFLOW, ["StackOverflowException"], (None, None)),
    ("one line", OLD_STYLE, ["System.Web.HttpUnhandledException", "System.FormatException"], ("c:\\shop\\Page.cs", 41)),
]


@pytest.mark.parametrize(("text", "types", "place"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES])
def test_shape(text: str, types: list[str], place: tuple[str | None, int | None]) -> None:
    (crash,) = parse(DOTNET, text)
    assert [cause.crash_type for cause in crash.causes] == types
    frame = culprit(crash.root)
    assert frame is not None
    assert (frame.file, frame.line) == place
    assert (crash.first_line, crash.last_line) == (0, len(text.rstrip("\n").split("\n")) - 1)
    assert "Shop." in (frame.function or "")


def test_a_null_is_guarded() -> None:
    _, crash = recorded("null")
    finding = DOTNET.explain(crash, Excerpt("Basket.cs", 1, ("return owner.Length;",), 1))
    assert finding is not None
    assert [(intent.kind, intent.args) for intent in finding.intents] == [("guard_none", {"expression": "owner"})]


QUIET = [
    "java.lang.IllegalStateException: closed\n\tat shop.Basket.draw(Basket.java:41)",
    "TypeError: x is not a function\n    at draw (/srv/shop/basket.js:41:3)\n    at Object.<anonymous> "
    "(/srv/shop/main.js:9:1)",
    "An error occurred at startup in production",
    "Fatal error. See the manual",
]


@pytest.mark.parametrize("text", QUIET)
def test_no_crash(text: str) -> None:
    assert parse(DOTNET, text) == []


PIECES = st.sampled_from(
    [
        "System.Exception: x",
        " ---> ",
        "   at A.B(C d) in /a.cs:line 3",
        "   at A.B()",
        "   --- End of inner exception stack trace ---",
        "---> (Inner Exception #0) ",
        "<---",
        "Rethrow as AException: ",
        "\n",
        "Stack overflow.",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    lines = tuple(text.split("\n"))
    after = -1
    for crash in DOTNET.parse(Window(lines)):
        assert after < crash.first_line <= crash.last_line < len(lines)
        after = crash.last_line
        assert DOTNET.explain(crash, None) is not None
