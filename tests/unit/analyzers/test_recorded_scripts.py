"""Analyzers of scripting runtimes and of the JVM on crashes that small programs really had (tests/corpus/RUNTIME)."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashlight_sdk import Analyzer, Crash, Window
from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "corpus"
PROGRAMS = {
    "python": "crash.py",
    "node": "crash.js",
    "jvm": "Crash.java",
    "ruby": "crash.rb",
    "php": "crash.php",
    "perl": "crash.pl",
    "shell": "crash.sh",
    "lua": "crash.lua",
    "elixir": "crash.exs",
}
RUNTIMES = [*PROGRAMS, "dart"]

# runtime, log, class of the root cause, a part of its message, rule, mark of the culprit's line (the log's name if "")
CASES = [
    ("python", "missing-key", "KeyError", "'pears'", "missing-key", ""),
    ("python", "environment", "KeyError", "SHOP_DATABASE", "environment-variable", ""),
    ("python", "none-attribute", "AttributeError", "'name'", "none-attribute", ""),
    ("python", "misspelt", "AttributeError", "'totl'", "missing-attribute", ""),
    ("python", "undefined-name", "NameError", "'jsn'", "undefined-name", ""),
    ("python", "forgotten-import", "NameError", "'math'", "undefined-name", ""),
    ("python", "unbound", "UnboundLocalError", "'price'", "unbound-local", ""),
    ("python", "missing-module", "ModuleNotFoundError", "pricelib_of_nobody", "missing-module", ""),
    ("python", "text-and-number", "TypeError", "concatenate", "text-and-number", ""),
    ("python", "number-from-text", "ValueError", "'eighty'", "number-from-text", ""),
    ("python", "malformed-json", "json.decoder.JSONDecodeError", "Expecting value", "json", ""),
    ("python", "bad-bytes", "UnicodeDecodeError", "utf-8", "unicode", ""),
    ("python", "bad-date", "ValueError", "day is out of range", "date-from-text", ""),
    ("python", "division", "ZeroDivisionError", "division by zero", "division-by-zero", ""),
    ("python", "index", "IndexError", "out of range", "index", ""),
    ("python", "missing-file", "FileNotFoundError", "/srv/desk/prices.csv", "missing-file", ""),
    ("python", "refused", "ConnectionRefusedError", "refused", "connection-refused", ""),
    ("python", "missing-program", "FileNotFoundError", "price-tool", "missing-program", ""),
    ("python", "assertion", "AssertionError", "the total is wrong", "assertion", ""),
    ("python", "unexpected-argument", "TypeError", "'currency'", "unexpected-argument", ""),
    ("python", "unpack", "ValueError", "too many values", "unpack", ""),
    ("python", "changed-while-iterated", "RuntimeError", "changed size", "changed-while-iterated", ""),
    ("python", "recursion", "RecursionError", "maximum recursion depth", "recursion", ""),
    ("python", "not-awaited", "TypeError", "'coroutine'", "never-awaited", ""),
    ("python", "chained", "KeyError", "'pears'", "missing-key", "missing-key"),
    ("python", "while-handling", "ZeroDivisionError", "division by zero", "division-by-zero", "division"),
    ("python", "group", "ValueError", "'eighty'", "number-from-text", "number-from-text"),
    ("python", "thread", "KeyError", "'pears'", "missing-key", "missing-key"),
    ("python", "remote", "ZeroDivisionError", "division by zero", "division-by-zero", "division"),
    ("python", "never-retrieved", "KeyError", "'pears'", "missing-key", "missing-key"),
    ("python", "segfault", "SIGSEGV", "Segmentation fault", "native-crash", ""),
    ("node", "absent-property", "TypeError", "reading 'name'", "property-of-absent", ""),
    ("node", "absent-result", "TypeError", "reading 'price'", "property-of-absent", ""),
    ("node", "not-a-function", "TypeError", "basket.totl", "not-a-function", ""),
    ("node", "undefined-name", "ReferenceError", "bascket", "undefined-name", ""),
    ("node", "constant", "TypeError", "constant variable", "constant", ""),
    ("node", "malformed-json", "SyntaxError", "JSON", "json", ""),
    ("node", "missing-module", "Error", "pricelib-of-nobody", "missing-module", ""),
    ("node", "missing-local", "Error", "./prices-of-nobody", "missing-local-module", ""),
    ("node", "missing-file", "Error", "ENOENT", "missing-file", ""),
    ("node", "recursion", "RangeError", "call stack", "recursion", ""),
    ("node", "range", "RangeError", "toFixed()", "number-range", ""),
    ("node", "not-iterable", "TypeError", "not iterable", "not-iterable", ""),
    ("node", "assertion", "AssertionError", "2 !== 3", "assertion-class", ""),
    ("node", "circular", "TypeError", "circular", "circular-json", ""),
    ("node", "caused", "TypeError", "reading 'name'", "property-of-absent", "absent-property"),
    ("node", "rejected", "TypeError", "reading 'name'", "property-of-absent", "absent-property"),
    ("node", "aggregate", "TypeError", "first price", "type-error", ""),
    ("node", "own", "Error", "the till is closed", "other", ""),
    ("node", "thrown-text", "Uncaught", "closed on Sundays", "other", ""),
    ("jvm", "null-call", "java.lang.NullPointerException", "String.length()", "null-call", ""),
    ("jvm", "unboxed", "java.lang.NullPointerException", "intValue()", "null-call", ""),
    ("jvm", "index", "java.lang.ArrayIndexOutOfBoundsException", "Index 2", "index", ""),
    ("jvm", "list-index", "java.lang.IndexOutOfBoundsException", "Index 3", "index", ""),
    ("jvm", "cast", "java.lang.ClassCastException", "java.lang.Integer", "cast", ""),
    ("jvm", "number", "java.lang.NumberFormatException", "eighty", "number-from-text", ""),
    ("jvm", "division", "java.lang.ArithmeticException", "/ by zero", "division-by-zero", ""),
    ("jvm", "date", "java.time.format.DateTimeParseException", "31.02.2024", "date-from-text", ""),
    ("jvm", "missing-class", "java.lang.ClassNotFoundException", "org.nobody.PriceList", "missing-class", ""),
    ("jvm", "missing-file", "java.io.FileNotFoundException", "/srv/desk/prices.csv", "missing-file", ""),
    ("jvm", "refused", "java.net.ConnectException", "refused", "connection-refused", ""),
    ("jvm", "changed", "java.util.ConcurrentModificationException", "", "changed-while-iterated", ""),
    ("jvm", "no-element", "java.util.NoSuchElementException", "", "no-element", ""),
    ("jvm", "empty-optional", "java.util.NoSuchElementException", "No value present", "no-element", ""),
    ("jvm", "immutable", "java.lang.UnsupportedOperationException", "", "unsupported", ""),
    ("jvm", "recursion", "java.lang.StackOverflowError", "", "recursion", ""),
    ("jvm", "state", "java.lang.IllegalStateException", "", "illegal-state", ""),
    ("jvm", "assertion", "java.lang.AssertionError", "the total is wrong", "assertion", ""),
    ("jvm", "memory", "java.lang.OutOfMemoryError", "Java heap space", "out-of-memory", ""),
    ("jvm", "caused", "java.lang.NumberFormatException", "eighty", "number-from-text", "number"),
    ("jvm", "suppressed", "java.lang.ArithmeticException", "/ by zero", "division-by-zero", "division"),
    ("jvm", "thread", "java.lang.NullPointerException", "String.length()", "null-call", "null-call"),
    ("jvm", "deadlock", "deadlock", "first, second", "deadlock", ""),
    ("ruby", "nil-call", "NoMethodError", "`name' for nil", "nil", ""),
    ("ruby", "misspelt", "NoMethodError", "`totl'", "missing-method", ""),
    ("ruby", "undefined-name", "NameError", "`bascket'", "undefined-name", ""),
    ("ruby", "missing-constant", "NameError", "OpenStruct", "missing-require", ""),
    ("ruby", "missing-require", "LoadError", "pricelib_of_nobody", "missing-file-required", ""),
    ("ruby", "missing-key", "KeyError", '"pears"', "missing-key", ""),
    ("ruby", "environment", "KeyError", "SHOP_DATABASE", "environment-variable", ""),
    ("ruby", "division", "ZeroDivisionError", "divided by 0", "numeric", ""),
    ("ruby", "number-from-text", "ArgumentError", '"eighty"', "number-from-text", ""),
    ("ruby", "text-and-number", "TypeError", "into String", "type", ""),
    ("ruby", "missing-file", "Errno::ENOENT", "/srv/desk/prices.csv", "missing-path", ""),
    ("ruby", "frozen", "FrozenError", "apples", "frozen", ""),
    ("ruby", "recursion", "SystemStackError", "stack level too deep", "recursion", ""),
    ("ruby", "caused", "KeyError", '"pears"', "missing-key", "missing-key"),
    ("ruby", "own", "RuntimeError", "the till is closed\non Sundays", "other", ""),
    ("ruby", "logged", "NoMethodError", "`name' for nil", "nil", "nil-call"),
    ("php", "on-null", "Error", "total() on null", "member-of-null", ""),
    ("php", "undefined-function", "Error", "basket_total()", "undefined-function", ""),
    ("php", "undefined-method", "Error", "Basket::totl()", "undefined-function", ""),
    ("php", "missing-class", "Error", "PriceList", "missing-class", ""),
    ("php", "division", "DivisionByZeroError", "Division by zero", "division-by-zero", ""),
    ("php", "operands", "TypeError", "array + int", "type", ""),
    ("php", "malformed-json", "JsonException", "Syntax error", "malformed", ""),
    ("php", "required", "Error", "/srv/desk/prices.php", "missing-file", ""),
    ("php", "memory", "Fatal error", "Allowed memory size", "memory", ""),
    ("php", "unhandled-match", "UnhandledMatchError", "Unhandled match case", "logic", ""),
    ("php", "own", "RuntimeException", "the till is closed\non Sundays", "other", ""),
    ("php", "caused", "RuntimeException", "the till is closed", "other", "own"),
    ("php", "logged", "RuntimeException", "the till is closed", "other", "own"),
    ("perl", "undefined-value", "die", '"name" on an undefined value', "undefined-value", ""),
    ("perl", "division", "die", "Illegal division by zero", "division-by-zero", ""),
    ("perl", "missing-module", "die", "Pricelib/OfNobody.pm", "missing-module", ""),
    ("perl", "missing-file", "die", "No such file or directory", "file", ""),
    ("perl", "missing-method", "die", '"total"', "missing-method", ""),
    ("perl", "not-a-hash", "die", "Not a HASH reference", "reference", ""),
    ("perl", "undefined-subroutine", "die", "&main::basket_total", "undeclared", ""),
    ("perl", "confessed", "die", "the till is closed", "other", ""),
    ("shell", "missing-command", "error", "price-tool", "missing-command", ""),
    ("shell", "missing-file", "error", "/srv/desk/prices.csv", "missing-file", ""),
    ("shell", "unset-variable", "error", "SHOP_DATABASE", "unset-variable", ""),
    ("shell", "arithmetic", "error", "division by 0", "arithmetic", ""),
    ("shell", "operands", "error", "eighty", "test-operands", ""),
    ("lua", "index-nil", "error", "field 'owner'", "nil-used", ""),
    ("lua", "call-nil", "error", "field 'totl'", "nil-used", ""),
    ("lua", "concatenate", "error", "field 'owner'", "nil-used", ""),
    ("lua", "arithmetic", "error", "field 'price'", "nil-used", ""),
    ("lua", "missing-module", "error", "pricelib_of_nobody", "missing-module", ""),
    ("lua", "recursion", "error", "stack overflow", "recursion", ""),
    ("lua", "argument", "error", "bad argument #1", "type", ""),
    ("lua", "missing-file", "error", "/srv/desk/prices.csv", "file", ""),
    ("elixir", "missing-key", "KeyError", '"pears"', "missing-key", ""),
    ("elixir", "field", "KeyError", ":pears", "missing-key", ""),
    ("elixir", "of-nil", "KeyError", ":name not found in: nil", "field-of-nil", ""),
    ("elixir", "clause", "FunctionClauseError", "Basket.clause/1", "no-clause", ""),
    ("elixir", "match", "MatchError", "nil", "nil", ""),
    ("elixir", "arithmetic", "ArithmeticError", "bad argument", "arithmetic", ""),
    ("elixir", "undefined", "UndefinedFunctionError", "Basket.totl/1", "undefined-function", ""),
    ("elixir", "number", "ArgumentError", "not a textual representation", "number-from-text", ""),
    ("elixir", "missing-file", "File.Error", "prices.csv", "file", ""),
    ("elixir", "own", "RuntimeError", "the till is closed", "other", ""),
]


@cache
def analyzer(runtime: str) -> Analyzer:
    return load(ROOT / "plugins" / "builtin" / runtime)


def recorded(runtime: str, name: str) -> tuple[list[str], list[Crash]]:
    text = (CORPUS / runtime / f"{name}.log").read_text(encoding="utf-8")
    return text.split("\n"), parse(analyzer(runtime), text)


def marked(runtime: str, name: str) -> int:
    lines = (CORPUS / runtime / PROGRAMS[runtime]).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.endswith(f"crash: {name}"))


@pytest.mark.parametrize(("runtime", "name", "crash_type", "message", "rule", "mark"), CASES)
def test_recorded_crash(runtime: str, name: str, crash_type: str, message: str, rule: str, mark: str) -> None:
    _, crashes = recorded(runtime, name)
    assert len(crashes) == 1, crashes
    crash = crashes[0]
    assert crash.root.crash_type == crash_type
    assert message in crash.root.message
    frame = culprit(crash.root)
    assert frame is not None
    assert (frame.file or "").endswith(PROGRAMS[runtime])
    assert frame.line == marked(runtime, mark or name)
    finding = analyzer(runtime).explain(crash, None)
    assert finding is not None
    assert finding.rule == f"{runtime}/{rule}"
    assert not crash.handled


@pytest.mark.parametrize(("runtime", "name"), [case[:2] for case in CASES])
def test_a_report_takes_its_whole_log(runtime: str, name: str) -> None:
    """What the runtime printed belongs to the report, but for what it printed before."""
    lines, crashes = recorded(runtime, name)
    if name == "deadlock":
        assert lines[crashes[0].last_line].startswith("Found 1 deadlock")
    else:
        assert not "".join(lines[crashes[0].last_line + 1 :]).strip()


@pytest.mark.parametrize(("runtime", "name"), [case[:2] for case in CASES])
def test_printed_places_are_what_the_log_prints(runtime: str, name: str) -> None:
    lines, crashes = recorded(runtime, name)
    for cause in crashes[0].causes:
        if cause.printed is not None and crashes[0].language != "shell":
            said = lines[cause.printed.line][cause.printed.start : cause.printed.end]
            assert said.strip(), cause
        for frame in cause.frames:
            if frame.printed is not None:
                text = lines[frame.printed.line][frame.printed.start : frame.printed.end]
                assert frame.file is None or frame.file in text
                assert frame.line is None or frame.printed.end is None or str(frame.line) in text


@pytest.mark.parametrize(
    ("runtime", "name", "causes"),
    [
        ("python", "chained", ["RuntimeError", "KeyError"]),
        ("python", "while-handling", ["KeyError", "ZeroDivisionError"]),
        ("python", "group", ["ExceptionGroup", "ValueError"]),
        ("python", "remote", ["ZeroDivisionError", "ZeroDivisionError"]),
        ("node", "caused", ["Error", "TypeError"]),
        ("node", "aggregate", ["AggregateError", "TypeError"]),
        ("jvm", "caused", ["java.lang.IllegalStateException", "java.lang.NumberFormatException"]),
        ("jvm", "suppressed", ["java.lang.ArithmeticException"]),
        ("ruby", "caused", ["ArgumentError", "KeyError"]),
        ("php", "caused", ["LogicException", "RuntimeException"]),
    ],
)
def test_the_root_cause_comes_last(runtime: str, name: str, causes: list[str]) -> None:
    _, crashes = recorded(runtime, name)
    assert [cause.crash_type for cause in crashes[0].causes] == causes


@pytest.mark.parametrize(
    ("runtime", "name", "thread"),
    [("python", "thread", "pricing"), ("jvm", "thread", "pricing"), ("jvm", "null-call", "main")],
)
def test_the_thread_is_known(runtime: str, name: str, thread: str) -> None:
    _, crashes = recorded(runtime, name)
    assert (crashes[0].thread or "").split(" ")[0] == thread


@pytest.mark.parametrize("style", ["long", "short", "native"])
def test_pytest_reports_each_failure(style: str) -> None:
    _, crashes = recorded("python", f"pytest-{style}")
    assert [crash.root.crash_type for crash in crashes] == ["AssertionError", "KeyError", "KeyError"]
    assert [cause.crash_type for cause in crashes[2].causes] == ["ValueError", "KeyError"]
    frame = culprit(crashes[1].root)
    assert frame is not None
    assert ((frame.file or "").rpartition("/")[2], frame.line, frame.function) == ("check_basket.py", 7, "load")


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_an_analyzer_is_deterministic(runtime: str) -> None:
    for log in sorted((CORPUS / runtime).glob("*.log")):
        text = log.read_text(encoding="utf-8")
        assert parse(analyzer(runtime), text) == parse(analyzer(runtime), text)


@cache
def pieces() -> list[str]:
    """Lines of all recorded logs: what hostile text is made of."""
    logs = sorted(log for runtime in RUNTIMES for log in (CORPUS / runtime).glob("*.log"))
    return sorted({line for log in logs for line in log.read_text(encoding="utf-8").splitlines()[:60]})


@pytest.mark.parametrize("runtime", RUNTIMES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_no_text_raises_and_no_reports_overlap(runtime: str, data: st.DataObject) -> None:
    line = st.sampled_from(pieces()) | st.text(max_size=60)
    lines = tuple(text.replace("\n", " ") for text in data.draw(st.lists(line, max_size=40)))
    crashes = analyzer(runtime).parse(Window(lines, (), complete=data.draw(st.booleans())))
    last = -1
    for crash in crashes:
        assert last < crash.first_line <= crash.last_line < len(lines)
        last = crash.last_line
        assert crash.causes
        analyzer(runtime).explain(crash, None)
        for cause in crash.causes:
            for frame in cause.frames:
                if frame.printed is not None:
                    assert 0 <= frame.printed.start <= (frame.printed.end or frame.printed.start) <= 10**6
                    assert 0 <= frame.printed.line < len(lines)
                    assert (frame.printed.end or 0) <= len(lines[frame.printed.line])


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_report_at_the_end_of_an_incomplete_window_is_open(runtime: str) -> None:
    for log in sorted((CORPUS / runtime).glob("*.log"))[:5]:
        lines = tuple(log.read_text(encoding="utf-8").rstrip("\n").split("\n"))
        for crash in analyzer(runtime).parse(Window(lines, (), complete=False)):
            at_end = not any(line.strip() for line in lines[crash.last_line + 1 :])
            assert crash.open_end == at_end
