"""The Go analyzer on crashes of a real program (tests/corpus/go/crash.go) and on shapes that it cannot print."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashlight_sdk import Crash, Excerpt, Window
from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse, window

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "corpus" / "go"
GO = load(ROOT / "plugins" / "builtin" / "go")
PROGRAM = (CORPUS / "crash.go").read_text(encoding="utf-8").splitlines()

RECORDED = [
    ("nil-map", "panic", "assignment to entry in nil map", "null-or-undefined", "go/nil-map-write"),
    ("nil-pointer", "runtime error", "nil pointer dereference", "null-or-undefined", "go/nil-pointer"),
    ("index", "runtime error", "index out of range [3] with length 3", "missing-key-or-index", "go/index-out-of-range"),
    ("slice", "runtime error", "slice bounds out of range [:9]", "missing-key-or-index", "go/slice-out-of-range"),
    ("nil-assertion", "panic", "interface conversion", "type-mismatch", "go/nil-value-assertion"),
    ("type-assertion", "panic", "is string, not int", "type-mismatch", "go/wrong-type"),
    ("missing-method", "panic", "missing method Area", "type-mismatch", "go/missing-method"),
    ("divide", "runtime error", "integer divide by zero", "numeric", "go/divide-by-zero"),
    ("closed-channel", "panic", "send on closed channel", "concurrency", "go/send-on-closed-channel"),
    ("deadlock", "fatal error", "all goroutines are asleep", "concurrency", "go/deadlock"),
    ("concurrent-map", "fatal error", "concurrent map writes", "concurrency", "go/concurrent-map"),
    ("race", "data race", "Previous write", "concurrency", "go/data-race"),
    ("stack-overflow", "fatal error", "stack overflow", "unbounded-recursion", "go/stack-overflow"),
    ("missing-file", "panic", "/srv/shop/prices.csv", "io-or-filesystem", "go/file-not-found"),
    ("number", "panic", "eighty", "parsing-or-encoding", "go/number-syntax"),
    ("refused", "panic", "connection refused", "network-or-timeout", "go/connection-refused"),
    ("http", "runtime error", "nil pointer dereference", "null-or-undefined", "go/nil-pointer"),
]


def recorded(name: str) -> tuple[str, Crash]:
    text = (CORPUS / f"{name}.log").read_text(encoding="utf-8")
    crashes = parse(GO, text)
    assert len(crashes) == 1, crashes
    return text, crashes[0]


def marked(name: str) -> int:
    return next(number for number, line in enumerate(PROGRAM, 1) if line.endswith(f"// crash: {name}"))


@pytest.mark.parametrize(("name", "crash_type", "message", "category", "rule"), RECORDED)
def test_recorded_crash(name: str, crash_type: str, message: str, category: str, rule: str) -> None:
    _, crash = recorded(name)
    assert crash.root.crash_type == crash_type
    assert message in crash.root.message
    frame = culprit(crash.root)
    assert frame is not None
    if name != "race":  # either side of a race may be reported first, and the call of Done is one of them
        assert (frame.file, frame.line) == ("/srv/shop/crash.go", marked(name))
    finding = GO.explain(crash, None)
    assert finding is not None
    assert (finding.category, finding.rule) == (category, rule)


@pytest.mark.parametrize("name", [case[0] for case in RECORDED])
def test_report_takes_the_whole_log_but_notices(name: str) -> None:
    text, crash = recorded(name)
    lines = text.rstrip("\n").split("\n")
    outside = lines[: crash.first_line] + lines[crash.last_line + 1 :]
    assert all(re.match(r"^$|^=+$|Found \d+ data race|exit status|\d+$", line) for line in outside), outside


@pytest.mark.parametrize("name", [case[0] for case in RECORDED])
def test_printed_places_are_what_the_log_prints(name: str) -> None:
    text, crash = recorded(name)
    lines = text.split("\n")
    for frame in crash.root.frames:
        if frame.printed is not None:
            assert lines[frame.printed.line][frame.printed.start : frame.printed.end] == f"{frame.file}:{frame.line}"


def test_the_first_of_nested_panics_is_the_root() -> None:
    _, crash = recorded("nested")
    assert [cause.message for cause in crash.causes] == ["while closing: disk is gone", "disk is gone"]
    frame = culprit(crash.root)
    assert frame is not None
    assert frame.line == marked("nested")


def test_a_recovered_panic_that_was_logged() -> None:
    _, crash = recorded("logged")
    assert crash.first_line == 0
    assert (crash.root.crash_type, crash.root.message) == ("runtime error", "integer divide by zero")


def test_all_goroutines_belong_to_the_report() -> None:
    text, crash = recorded("system")
    assert crash.last_line == len(text.rstrip("\n").split("\n")) - 1
    assert {frame.origin for frame in crash.root.frames} == {"app", "runtime"}


def test_a_map_that_the_excerpt_declares_is_made() -> None:
    _, crash = recorded("nil-map")
    line = marked("nil-map")
    finding = GO.explain(crash, Excerpt("crash.go", 1, tuple(PROGRAM), line))
    assert finding is not None
    excerpt = Excerpt("shop.go", 1, ("type basket struct {", "\titems map[string]int", "}", 'b.items["pear"] = 1'), 4)
    finding = GO.explain(crash, excerpt)
    assert finding is not None
    assert [(intent.kind, intent.args) for intent in finding.intents] == [
        ("initialize", {"name": "b.items", "value": "make(map[string]int)"})
    ]


def test_a_loop_that_runs_too_far_is_shortened() -> None:
    _, crash = recorded("index")
    finding = GO.explain(crash, Excerpt("crash.go", 1, tuple(PROGRAM), marked("index")))
    assert finding is not None
    (intent,) = finding.intents
    assert intent.kind == "replace_text"
    assert intent.line is not None
    assert intent.args["old"] in PROGRAM[intent.line - 1]
    assert intent.args["new"].startswith("< ")


SHAPES = [
    ("cut", "panic: boom\n\ngoroutine 1 [running]:\nmain.run(0x1)\n", "panic", "boom"),
    (
        "recovered",
        "panic: boom [recovered]\n\tpanic: boom\n\ngoroutine 7 [running]:\nmain.f()\n\t/a/b.go:3 +0x1\n",
        "panic",
        "boom",
    ),
    ("lines", "panic: one\ntwo\n\ngoroutine 7 [running]:\nmain.f()\n\t/a/b.go:3 +0x1\n", "panic", "one\ntwo"),
    ("no stack", "panic: no config\nexit status 2\n", "panic", "no config"),
    (
        "new header",
        "panic: x\n\ngoroutine 1 gp=0xc000002380 m=0 mp=0x55 [running]:\nmain.f()\n\t/a/b.go:3 +0x1\n",
        "panic",
        "x",
    ),
    ("windows", "panic: x\n\ngoroutine 1 [running]:\nmain.f()\n\tC:/shop/main.go:3 +0x1\n", "panic", "x"),
    (
        "signal",
        "SIGABRT: abort\nPC=0x40 m=0 sigcode=0\n\ngoroutine 1 [running]:\nmain.f()\n\t/a/b.go:3 +0x1\n",
        "SIGABRT",
        "abort",
    ),
]


@pytest.mark.parametrize(
    ("text", "crash_type", "message"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES]
)
def test_shape(text: str, crash_type: str, message: str) -> None:
    (crash,) = parse(GO, text)
    assert (crash.root.crash_type, crash.root.message) == (crash_type, message)


GIN = """2024/01/01 12:00:00 [Recovery] 2024/01/01 - 12:00:00 panic recovered:
GET /basket HTTP/1.1

runtime error: index out of range [5] with length 3
/usr/local/go/src/runtime/panic.go:114 (0x4346f3)
	goPanicIndex: panic(boundsError{x: int64(x), signed: true, y: y, code: boundsIndex})
/srv/shop/main.go:19 (0x7a1c2b)
	main.func1: fmt.Println(prices[5])
"""


def test_the_report_of_a_web_framework() -> None:
    (crash,) = parse(GO, GIN)
    assert (crash.root.crash_type, crash.last_line) == ("runtime error", 7)
    frame = culprit(crash.root)
    assert frame is not None
    assert (frame.function, frame.line, frame.text) == ("main.func1", 19, "fmt.Println(prices[5])")


ORIGINS = [
    ("main.run", "/srv/shop/main.go", "app"),
    ("example.com/shop/log.Print", "/srv/shop/log/log.go", "app"),
    ("net/http.(*conn).serve", "/usr/local/go/src/net/http/server.go", "runtime"),
    ("net/http.(*conn).serve", "C:/Program Files/Go/src/net/http/server.go", "runtime"),
    ("runtime.gopanic", "runtime/panic.go", "runtime"),
    (
        "github.com/gin-gonic/gin.(*Context).Next",
        "/root/go/pkg/mod/github.com/gin-gonic/gin@v1.9.1/context.go",
        "library",
    ),
    ("example.com/shop/vendor/github.com/x/y.Do", "/srv/shop/vendor/github.com/x/y/y.go", "library"),
    ("golang.org/x/net/html.Parse", "golang.org/x/net@v0.1.0/html/parse.go", "library"),
    ("main._Cfunc_crash", "_cgo_gotypes.go", "runtime"),
]


@pytest.mark.parametrize(("function", "file", "wanted"), ORIGINS)
def test_origin(function: str, file: str, wanted: str) -> None:
    (crash,) = parse(GO, f"panic: x\n\ngoroutine 1 [running]:\n{function}(0x1)\n\t{file}:3 +0x1\n")
    assert crash.root.frames[0].origin == wanted


QUIET = [
    "the word panic: is in this sentence",
    "fatal error: shop.h: No such file or directory\ncompilation terminated.",
    "Kernel panic - not syncing: Fatal exception",
    "goroutine 7 is waiting",
    "2024/01/01 12:00:00 started 12 goroutine workers",
    "WARNING: DATA RACE was seen last week",
]


@pytest.mark.parametrize("text", QUIET)
def test_no_crash(text: str) -> None:
    assert parse(GO, text) == []


def test_an_incomplete_window_asks_for_more() -> None:
    text = (CORPUS / "divide.log").read_text(encoding="utf-8")
    (crash,) = GO.parse(window(text, complete=False))
    assert crash.open_end


PIECES = st.sampled_from(
    [
        "panic: ",
        "goroutine 1 [running]:",
        "\t/a/b.go:3 +0x1",
        "main.f(",
        ")",
        "created by ",
        "fatal error: ",
        "[signal SIG",
        "\n",
        " ",
        "(",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    lines = tuple(text.split("\n"))
    after = -1
    for crash in GO.parse(Window(lines)):
        assert after < crash.first_line <= crash.last_line < len(lines)
        after = crash.last_line
        assert GO.explain(crash, None) is not None
