"""The Rust analyzer on crashes of a program (tests/corpus/rust) and on the shapes of other releases and crates."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashlight_sdk import Crash, Excerpt, Window
from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "corpus" / "rust"
RUST = load(ROOT / "plugins" / "builtin" / "rust")
PROGRAM = (CORPUS / "crash.rs").read_text(encoding="utf-8").splitlines()

RECORDED = [
    ("index", "index out of bounds: the len is 3", "missing-key-or-index", "rust/index-out-of-bounds"),
    ("unwrap-none", "on a `None` value", "null-or-undefined", "rust/unwrap-none"),
    ("number", "InvalidDigit", "parsing-or-encoding", "rust/number-syntax"),
    ("subtract", "subtract with overflow", "numeric", "rust/subtract-overflow"),
    ("divide", "divide by zero", "numeric", "rust/divide-by-zero"),
    ("char-boundary", "char boundary", "parsing-or-encoding", "rust/char-boundary"),
    ("missing-key", "no entry found for key", "missing-key-or-index", "rust/no-such-key"),
    ("borrowed", "already borrowed", "assertion-or-invariant", "rust/already-borrowed"),
    ("missing-file", "No such file or directory", "io-or-filesystem", "rust/file-not-found"),
    ("environment", "NotPresent", "configuration", "rust/missing-variable"),
    ("assertion", "the sum of 3 prices", "assertion-or-invariant", "rust/assertion"),
    ("unimplemented", "refunds", "unhandled-input", "rust/not-implemented"),
    ("thread", "no more pears", "assertion-or-invariant", "rust/explicit-panic"),
    ("index-short", "index out of bounds", "missing-key-or-index", "rust/index-out-of-bounds"),
    ("unwrap-none-short", "on a `None` value", "null-or-undefined", "rust/unwrap-none"),
    ("unwrap-none-full", "on a `None` value", "null-or-undefined", "rust/unwrap-none"),
    ("unwrap-none-stripped", "on a `None` value", "null-or-undefined", "rust/unwrap-none"),
]


def recorded(name: str) -> tuple[str, Crash]:
    text = (CORPUS / f"{name}.log").read_text(encoding="utf-8")
    crashes = parse(RUST, text)
    assert len(crashes) == 1, crashes
    return text, crashes[0]


def marked(name: str) -> int:
    way = name.removesuffix("-short").removesuffix("-full").removesuffix("-stripped")
    return next(number for number, line in enumerate(PROGRAM, 1) if line.endswith(f"// crash: {way}"))


@pytest.mark.parametrize(("name", "message", "category", "rule"), RECORDED)
def test_recorded_crash(name: str, message: str, category: str, rule: str) -> None:
    text, crash = recorded(name)
    assert crash.root.crash_type == "panic"
    assert message in crash.root.message
    frame = culprit(crash.root)
    assert frame is not None
    assert (frame.file or "").endswith("crash.rs")
    assert frame.line == marked(name)
    finding = RUST.explain(crash, None)
    assert finding is not None
    assert (finding.category, finding.rule) == (category, rule)
    lines = text.rstrip("\n").split("\n")
    assert (crash.first_line, crash.last_line) == (1, len(lines) - 1)  # the runtime prints a blank line first


@pytest.mark.parametrize("name", ["index-short", "unwrap-none-full"])
def test_the_machinery_of_panicking_is_left_out(name: str) -> None:
    _, crash = recorded(name)
    innermost = crash.root.frames[0]
    assert innermost.origin == "app"
    assert "Basket::" in (innermost.function or "")


def test_a_stripped_backtrace_gets_the_place_of_the_headline() -> None:
    _, crash = recorded("unwrap-none-stripped")
    frame = culprit(crash.root)
    assert frame is not None
    assert (frame.function, frame.line) == ("crash::main", marked("unwrap-none"))  # inlined by the optimiser


def test_stack_overflow() -> None:
    text, crash = recorded("stack-overflow")
    finding = RUST.explain(crash, None)
    assert finding is not None
    assert finding.category == "unbounded-recursion"
    assert crash.thread == "main"
    assert "fatal runtime error" in text.split("\n")[crash.last_line]


OLD = (
    "thread 'main' panicked at 'index out of bounds: the len is 2 but the index is 3', "
    "src/lib.rs:37:28\nnote: run with `RUST_BACKTRACE=1`"
)
OLD_LINES = (
    "thread 'main' panicked at 'assertion failed: `(left == right)`\n  left: `1`,\n right: `2`', src/main.rs:4:5\n"
)
ANYHOW = (
    "Error: cannot start\n\nCaused by:\n    0: cannot read prices.toml\n    1: No such file or directory (os error 2)\n"
)
EYRE = "Error: \n   0: cannot start\n   1: No such file or directory (os error 2)\n\nLocation:\n   src/main.rs:12\n"
COLOR_EYRE = (
    "The application panicked (crashed).\nMessage:  called `Option::unwrap()` on a `None` "
    "value\nLocation: src/main.rs:5\n"
)
UNWRAPPED = (
    "thread 'main' panicked at src/main.rs:9:10:\ncalled `Result::unwrap()` on an `Err` value: cannot start\n\n"
    "Caused by:\n    No such file or directory (os error 2)\nnote: run with `RUST_BACKTRACE=1` environment variable\n"
)
ALLOCATION = "memory allocation of 1099511627776 bytes failed\n"

SHAPES = [
    ("before 1.73", OLD, ["panic"], "the index is 3", 37),
    ("old, several lines", OLD_LINES, ["panic"], "assertion failed", 4),
    ("anyhow", ANYHOW, ["Error", "Error", "Error"], "No such file", None),
    ("eyre", EYRE, ["Error", "Error"], "No such file", 12),
    ("color-eyre", COLOR_EYRE, ["panic"], "None", 5),
    ("unwrapped chain", UNWRAPPED, ["panic", "panic"], "No such file", 9),
    ("allocation", ALLOCATION, ["abort"], "1099511627776", None),
]


@pytest.mark.parametrize(
    ("text", "types", "message", "line"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES]
)
def test_shape(text: str, types: list[str], message: str, line: int | None) -> None:
    (crash,) = parse(RUST, text)
    assert [cause.crash_type for cause in crash.causes] == types
    assert message in crash.root.message
    frame = culprit(crash.root)
    assert (frame.line if frame else None) == line


ORIGINS = [
    ("src/main.rs", "app"),
    ("C:\\shop\\src\\main.rs", "app"),
    ("/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/option.rs", "runtime"),
    ("library/core/src/num/mod.rs", "runtime"),
    ("src/libcore/result.rs", "runtime"),
    ("/root/.cargo/registry/src/index.crates.io-6f17d22bba15001f/tokio-1.35.1/src/runtime/park.rs", "library"),
    ("C:\\Users\\ann\\.cargo\\registry\\src\\github.com-1ecc6299db9ec823\\wgpu-0.13.1\\src\\lib.rs", "library"),
    ("/srv/shop/vendor/serde/src/lib.rs", "library"),
]


@pytest.mark.parametrize(("file", "wanted"), ORIGINS)
def test_origin(file: str, wanted: str) -> None:
    (crash,) = parse(RUST, f"thread 'main' panicked at {file}:9:5:\nexplicit panic\n")
    assert crash.root.frames[0].origin == wanted
    assert crash.root.frames[0].file == file


def test_a_difference_stops_at_zero() -> None:
    _, crash = recorded("subtract")
    finding = RUST.explain(crash, Excerpt("crash.rs", 1, tuple(PROGRAM), marked("subtract")))
    assert finding is not None
    (intent,) = finding.intents
    assert (intent.kind, intent.args) == ("replace_text", {"old": "paid - price", "new": "paid.saturating_sub(price)"})


QUIET = [
    "Error: something went wrong",
    "the thread 'main' panicked yesterday",
    "Caused by: java.lang.IllegalStateException: closed",
    "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
]


@pytest.mark.parametrize("text", QUIET)
def test_no_crash(text: str) -> None:
    assert parse(RUST, text) == []


PIECES = st.sampled_from(
    [
        "thread 'main' panicked at ",
        "'",
        "', src/a.rs:1:2",
        "src/a.rs:1:2:",
        "stack backtrace:",
        "   0: a::b",
        "at ./a.rs:1:2",
        "Error: ",
        "Caused by:",
        "    0: x",
        "\n",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    lines = tuple(text.split("\n"))
    after = -1
    for crash in RUST.parse(Window(lines)):
        assert after < crash.first_line <= crash.last_line < len(lines)
        after = crash.last_line
        assert RUST.explain(crash, None) is not None
