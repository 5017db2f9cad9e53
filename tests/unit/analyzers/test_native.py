"""The native analyzer on crashes of real programs (tests/corpus/native) and on shapes that need other machines."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashlight_sdk import Crash, Excerpt, Window
from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "corpus" / "native"
NATIVE = load(ROOT / "plugins" / "builtin" / "native")
PROGRAMS = {name: (CORPUS / name).read_text(encoding="utf-8").splitlines() for name in ("crash.c", "crash.cpp")}

# log, type, where the mark is (None: the log names no place), category, rule
RECORDED = [
    ("asan-null", "runtime error", "null", "null-or-undefined", "native/undefined-null"),
    ("asan-heap-overflow", "heap-buffer-overflow", "heap-overflow", "memory-corruption", "native/heap-buffer-overflow"),
    ("asan-stack-overflow", "runtime error", "stack-overflow", "missing-key-or-index", "native/undefined-index"),
    ("asan-use-after-free", "heap-use-after-free", "use-after-free", "memory-corruption", "native/use-after-free"),
    ("asan-double-free", "double-free", "double-free", "memory-corruption", "native/double-free"),
    ("asan-leak", "LeakSanitizer", "leak", "resource-exhaustion", "native/leak"),
    ("asan-recursion", "stack-overflow", "recursion", "unbounded-recursion", "native/stack-overflow"),
    ("asan-assertion", "SIGABRT", "assertion", "assertion-or-invariant", "native/assertion"),
    ("ubsan-integer-overflow", "runtime error", "integer-overflow", "numeric", "native/undefined-arithmetic"),
    ("ubsan-divide", "runtime error", "divide", "numeric", "native/undefined-division"),
    ("tsan-race", "data race", "race", "concurrency", "native/data-race"),
    ("gdb-null", "SIGSEGV", "null", "memory-corruption", "native/wild-access"),
    ("gdb-divide", "SIGFPE", "divide", "numeric", "native/division-signal"),
    ("gdb-assertion", "SIGABRT", "assertion", "assertion-or-invariant", "native/assertion"),
    ("gdb-smash", "SIGABRT", "smash", "memory-corruption", "native/stack-check"),
    ("gdb-double-free", "SIGABRT", "double-free", "memory-corruption", "native/heap-check"),
    ("gdb-recursion", "SIGSEGV", "recursion", "unbounded-recursion", "native/deep-recursion"),
    ("valgrind-null", "Invalid read", "null", "null-or-undefined", "native/null-dereference"),
    ("valgrind-heap-overflow", "Invalid read", "heap-overflow", "memory-corruption", "native/heap-block"),
    ("valgrind-use-after-free", "Invalid read", "use-after-free", "memory-corruption", "native/heap-block"),
    ("valgrind-double-free", "Invalid free", "double-free", "memory-corruption", "native/bad-free"),
    (
        "valgrind-uninitialised",
        "Conditional jump or move depends on uninitialised value(s)",
        "uninitialised",
        "memory-corruption",
        "native/uninitialised",
    ),
    ("valgrind-leak", "memory leak", "leak", "resource-exhaustion", "native/leak"),
    ("gdb-cpp-out-of-range", "std::out_of_range", "out-of-range", "missing-key-or-index", "native/out-of-range"),
    ("gdb-cpp-missing-key", "std::out_of_range", "missing-key", "missing-key-or-index", "native/out-of-range"),
    ("gdb-cpp-number", "std::invalid_argument", "number", "parsing-or-encoding", "native/invalid-number"),
    ("gdb-cpp-optional", "std::bad_optional_access", "optional", "null-or-undefined", "native/bad-optional"),
    ("gdb-cpp-null-object", "SIGSEGV", "null-object", "null-or-undefined", "native/null-dereference"),
    ("gdb-cpp-exception", "std::runtime_error", "exception", "unhandled-input", "native/unhandled-exception"),
    ("gdb-cpp-thread", "SIGABRT", "thread", "concurrency", "native/lock-misuse"),
    ("shell-null", "SIGSEGV", None, "memory-corruption", "native/wild-access"),
    ("shell-smash", "SIGABRT", None, "memory-corruption", "native/stack-check"),
    ("shell-double-free", "SIGABRT", None, "memory-corruption", "native/heap-check"),
    ("shell-assertion", "SIGABRT", "assertion", "assertion-or-invariant", "native/assertion"),
    ("cpp-out-of-range", "std::out_of_range", None, "missing-key-or-index", "native/out-of-range"),
    ("cpp-thread", "SIGABRT", None, "concurrency", "native/lock-misuse"),
]


def recorded(name: str) -> tuple[str, Crash]:
    text = (CORPUS / f"{name}.log").read_text(encoding="utf-8")
    crashes = parse(NATIVE, text)
    assert len(crashes) == 1, crashes
    return text, crashes[0]


def marked(program: str, mark: str) -> int:
    return next(number for number, line in enumerate(PROGRAMS[program], 1) if f"crash: {mark}" in line)


@pytest.mark.parametrize(("name", "crash_type", "mark", "category", "rule"), RECORDED)
def test_recorded_crash(name: str, crash_type: str, mark: str | None, category: str, rule: str) -> None:
    _, crash = recorded(name)
    assert crash.root.crash_type == crash_type
    frame = culprit(crash.root)
    if mark is not None:
        program = "crash.cpp" if "cpp" in name else "crash.c"
        assert frame is not None
        assert (frame.file or "").endswith(program)
        assert frame.line == marked(program, mark)
        assert crash.language == program.rpartition(".")[2]
    else:
        assert frame is None
    finding = NATIVE.explain(crash, None)
    assert finding is not None
    assert (finding.category, finding.rule) == (category, rule)


@pytest.mark.parametrize("name", [case[0] for case in RECORDED])
def test_printed_places_are_what_the_log_prints(name: str) -> None:
    text, crash = recorded(name)
    lines = text.split("\n")
    for frame in crash.root.frames:
        if frame.printed is not None:
            shown = lines[frame.printed.line][frame.printed.start : frame.printed.end]
            assert shown.startswith(f"{frame.file}:{frame.line}")


@pytest.mark.parametrize("name", [case[0] for case in RECORDED if case[0].startswith(("asan", "ubsan", "tsan"))])
def test_a_sanitizer_report_is_taken_to_its_end(name: str) -> None:
    text, crash = recorded(name)
    lines = text.rstrip("\n").split("\n")
    assert all(
        not line.strip(" =") or "ThreadSanitizer: reported" in line or line.isdigit()
        for line in lines[crash.last_line + 1 :]
    )


def test_the_words_of_the_report_are_in_the_cause() -> None:
    _, crash = recorded("asan-heap-overflow")
    finding = NATIVE.explain(crash, None)
    assert finding is not None
    assert finding.cause.startswith(
        "sum reads 4 bytes outside of a block on the heap (0 bytes after a block of 12 bytes)"
    )


def test_a_loop_that_runs_too_far_is_shortened() -> None:
    _, crash = recorded("asan-heap-overflow")
    lines = tuple(PROGRAMS["crash.c"])
    finding = NATIVE.explain(crash, Excerpt("crash.c", 1, lines, marked("crash.c", "heap-overflow")))
    assert finding is not None
    (intent,) = finding.intents
    assert (intent.kind, intent.args) == ("replace_text", {"old": "<= n", "new": "< n"})


LLDB = """* thread #1, queue = 'com.apple.main-thread', stop reason = EXC_BAD_ACCESS (code=1, address=0x8)
  * frame #0: 0x0000000100003f34 shop`owner_length(basket=0x000000016fdff1a8) at crash.c:13:40
    frame #1: 0x0000000100003f80 shop`main(argc=2, argv=0x000000016fdff2f0) at crash.c:110:38
    frame #2: 0x000000019f9b90e0 dyld`start + 2360
"""
TOMBSTONE = """*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***
Build fingerprint: 'generic/shop/shop:12/SP1A/1:userdebug/test-keys'
ABI: 'arm64'
pid: 1234, tid: 1250, name: RenderThread  >>> org.example.shop <<<
signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x10
    x0  0000000000000000  x1  0000007b3c2f1a40
backtrace:
      #00 pc 0000000000012f44  /data/app/org.example.shop/lib/arm64/libshop.so (shop::Basket::draw(int)+24) (BuildId: 12ab)
      #01 pc 0000000000013000  /data/app/org.example.shop/lib/arm64/libshop.so (Java_org_example_shop_draw+80)
      #02 pc 00000000000d0a40  /apex/com.android.art/lib64/libart.so (art_quick_generic_jni_trampoline+144)
"""  # noqa: E501 -- as it is printed
MINIDUMP = """Operating system: Linux
CPU: amd64
Crash reason:  SIGSEGV /SEGV_MAPERR
Crash address: 0x0
Process uptime: 12 seconds

Thread 0 (crashed)
 0  shop!shop::Basket::draw(int) [basket.cc : 41 + 0x4]
    rax = 0x0000000000000000   rdx = 0x0000000000000001
    Found by: given as instruction pointer in context
 1  shop!main [main.cc : 9 + 0x5]
    Found by: call frame info
 2  libc.so.6!__libc_start_main + 0xf3
    Found by: call frame info
"""
SYSTEMD = """           PID: 812 (shop)
        Signal: 11 (SEGV)
       Message: Process 812 (shop) of user 1000 dumped core.

                Stack trace of thread 812:
                #0  0x000055d0c3a1b139 owner_length (shop + 0x1139)
                #1  0x000055d0c3a1b1f0 main (shop + 0x11f0)
                #2  0x00007f2b1c829d90 __libc_start_call_main (libc.so.6 + 0x29d90)
"""
WINDBG = """(14a8.c04): Access violation - code c0000005 (!!! second chance !!!)
STACK_TEXT:
002df7e4 00fd1423 00fd1078 00fd1078 7f956000 shop!owner_length+0x1e [c:\\shop\\crash.c @ 13]
002df8b8 00fd1969 00000001 00328df8 0032e9c0 shop!main+0x23 [c:\\shop\\crash.c @ 110]
"""
GLOG = """F0612 10:11:12.123456  812 basket.cc:41] Check failed: count > 0 (0 vs. 0)
*** Check failure stack trace: ***
    @     0x7f1c2d3e4f50  google::LogMessage::Fail()
    @     0x55d0c3a1b139  shop::Basket::draw()
    @     0x7f2b1c829d90  (unknown)
"""
MPI = """[node01:00812] *** Process received signal ***
[node01:00812] Signal: Segmentation fault (11)
[node01:00812] Signal code: Address not mapped (1)
[node01:00812] Failing at address: (nil)
[node01:00812] [ 0] /lib/x86_64-linux-gnu/libc.so.6(+0x42520)[0x7f1c2d242520]
[node01:00812] [ 1] ./shop(owner_length+0x10)[0x55d0c3a1b139]
[node01:00812] *** End of error message ***
"""
FORTRAN = """At line 7 of file prices.f90
Fortran runtime error: Index '11' of dimension 1 of array 'prices' above upper bound of 10
"""
LOADER = (
    "./shop: error while loading shared libraries: libpear.so.2: cannot open shared object file: No such "
    "file or directory\n"
)
GLIBC = "./shop: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by ./shop)\n"
MAC_ASSERT = "Assertion failed: (count > 0), function draw, file basket.c, line 41.\nAbort trap: 6\n"
ABI = "libc++abi: terminating due to uncaught exception of type std::out_of_range: vector\n"
WRAPPED = """#0  0x0000555555555139 in shop::Basket::draw (this=0x0,
    count=3) at /srv/shop/basket.cc:41
#1  0x00005555555551f0 in main () at /srv/shop/main.cc:9
"""
GTEST = 'C++ exception with description "vector::_M_range_check: __n (which is 7) >= this->size() (which is 3)" thrown in the test body.\n'  # noqa: E501 -- as it is printed
ZIG = """thread 812 panic: index out of bounds: index 5, len 3
/srv/shop/main.zig:4:9: 0x10352c8 in main (main)
    _ = a[i];
        ^
/usr/lib/zig/std/start.zig:614:22: 0x1034b3d in posixCallMainAndExit (main)
"""
VISUAL = "Unhandled exception at 0x00007FF6A1B21234 in shop.exe: 0xC0000005: Access violation reading location 0x0000000000000010.\n"  # noqa: E501 -- as it is printed
FUZZER = """==812== ERROR: libFuzzer: timeout after 26 seconds
    #0 0x55d0c3a1b139 in __sanitizer_print_stack_trace /llvm/compiler-rt/lib/asan/asan_stack.cpp:86:3
    #1 0x55d0c3a1b1f0 in shop_parse /srv/shop/parse.c:88:9
    #2 0x55d0c3a1b200 in LLVMFuzzerTestOneInput /srv/shop/fuzz.c:9:3
SUMMARY: libFuzzer: timeout
"""

SHAPES = [
    ("lldb", LLDB, "EXC_BAD_ACCESS", ("crash.c", 13), "null-or-undefined"),
    ("tombstone", TOMBSTONE, "SIGSEGV", (None, None), "null-or-undefined"),
    ("minidump", MINIDUMP, "SIGSEGV", ("basket.cc", 41), "null-or-undefined"),
    ("systemd", SYSTEMD, "SIGSEGV", (None, None), "memory-corruption"),
    ("windbg", WINDBG, "Access violation", ("c:\\shop\\crash.c", 13), "memory-corruption"),
    ("glog", GLOG, "SIGABRT", ("basket.cc", 41), "assertion-or-invariant"),
    ("open mpi", MPI, "SIGSEGV", (None, None), "memory-corruption"),
    ("fortran", FORTRAN, "Fortran runtime error", ("prices.f90", 7), "missing-key-or-index"),
    ("loader", LOADER, "loader error", None, "missing-dependency"),
    ("glibc", GLIBC, "loader error", None, "version-or-api-mismatch"),
    ("mac assertion", MAC_ASSERT, "SIGABRT", ("basket.c", 41), "assertion-or-invariant"),
    ("libc++abi", ABI, "std::out_of_range", None, "missing-key-or-index"),
    ("wrapped gdb frame", WRAPPED, "backtrace", ("/srv/shop/basket.cc", 41), None),
    ("gtest", GTEST, "C++ exception", None, "missing-key-or-index"),
    ("zig", ZIG, "panic", ("/srv/shop/main.zig", 4), "missing-key-or-index"),
    ("visual studio", VISUAL, "Access violation", None, "null-or-undefined"),
    ("libFuzzer", FUZZER, "timeout", ("/srv/shop/parse.c", 88), "resource-exhaustion"),
]


@pytest.mark.parametrize(
    ("text", "crash_type", "place", "category"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES]
)
def test_shape(text: str, crash_type: str, place: tuple[str | None, int | None] | None, category: str | None) -> None:
    (crash,) = parse(NATIVE, text)
    assert crash.root.crash_type == crash_type
    assert crash.first_line == 0
    frame = culprit(crash.root)
    assert ((frame.file, frame.line) if frame else None) == place
    finding = NATIVE.explain(crash, None)
    assert finding is not None
    assert category in (None, finding.category)


@pytest.mark.parametrize(
    "text",
    [TOMBSTONE, MINIDUMP, SYSTEMD, LLDB, WRAPPED, FUZZER],
    ids=["tombstone", "minidump", "systemd", "lldb", "gdb", "fuzzer"],
)
def test_the_whole_text_is_the_report(text: str) -> None:
    (crash,) = parse(NATIVE, text)
    assert crash.last_line == len(text.rstrip("\n").split("\n")) - 1


def test_the_functions_of_a_tombstone() -> None:
    (crash,) = parse(NATIVE, TOMBSTONE)
    assert [frame.function for frame in crash.root.frames[:2]] == [
        "shop::Basket::draw(int)",
        "Java_org_example_shop_draw",
    ]
    assert [frame.origin for frame in crash.root.frames] == ["app", "app", "runtime"]


QUIET = [
    "#0 the first item\n#1 the second item",
    "Assertion: see the manual",
    "the program received signal from the tower",
    "a segmentation fault was fixed in 1.2",
    "foo.c:12: warning: unused variable",
    "INFO: signal strength 11 of 20",
    "# 0 errors",
    "==812== Memcheck, a memory error detector\n==812== All heap blocks were freed -- no leaks are possible",
]


@pytest.mark.parametrize("text", QUIET)
def test_no_crash(text: str) -> None:
    assert parse(NATIVE, text) == []


PIECES = st.sampled_from(
    [
        "==1==ERROR: AddressSanitizer: ",
        "SEGV on unknown address 0x0",
        "    #0 0x12 in f /a/b.c:3:4",
        "#1  0x34 in g (a=1) at b.c:9",
        "frame #0: 0x1 a`b at c.c:1",
        "Program received signal SIGSEGV, ",
        "terminate called after throwing an instance of '",
        "  what():  x",
        "SUMMARY: ",
        "a.c:1:2: runtime error: ",
        "#00 pc 0012  /lib/x.so (f+1)",
        "Assertion `",
        "' failed.",
        "\n",
        " 0  a!b [c.cc : 1 + 0x1]",
        "Crash reason:  SIGSEGV",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    lines = tuple(text.split("\n"))
    after = -1
    for crash in NATIVE.parse(Window(lines)):
        assert after < crash.first_line <= crash.last_line < len(lines)
        after = crash.last_line
        assert NATIVE.explain(crash, None) is not None
