"""The Apple analyzer on reports in the layouts of macOS, iOS and Swift's runtime.

They are written by hand: no Mac was at hand to record them.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashlight_sdk import Window
from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

APPLE = load(Path(__file__).resolve().parents[3] / "plugins" / "builtin" / "apple")

CRASH = """Process:               Shop [812]
Path:                  /Applications/Shop.app/Contents/MacOS/Shop
Identifier:            org.example.shop
Exception Type:        EXC_BAD_ACCESS (SIGSEGV)
Exception Codes:       KERN_INVALID_ADDRESS at 0x0000000000000010
Termination Reason:    Namespace SIGNAL, Code 11 Segmentation fault: 11
Crashed Thread:        0  Dispatch queue: com.apple.main-thread

Thread 0 Crashed:: Dispatch queue: com.apple.main-thread
0   libobjc.A.dylib               	0x00007fff203a1234 objc_msgSend + 20
1   org.example.shop              	0x000000010a1b2c3d -[Basket draw] + 61 (Basket.m:41)
2   com.apple.AppKit              	0x00007fff22b1c2d3 -[NSView display] + 45

Thread 1:
0   libsystem_kernel.dylib        	0x00007fff2044abcd __workq_kernreturn + 10

Binary Images:
       0x10a1b0000 -        0x10a1b7fff +org.example.shop (1.0) <0123> /Applications/Shop.app/Contents/MacOS/Shop
"""
IPS_BODY = {
    "exception": {"type": "EXC_BREAKPOINT", "signal": "SIGTRAP"},
    "asi": {
        "libswiftCore.dylib": [
            "Shop/Basket.swift:12: Fatal error: Unexpectedly found nil while unwrapping an Optional value"
        ]
    },
    "faultingThread": 0,
    "usedImages": [{"name": "libswiftCore.dylib"}, {"name": "Shop"}],
    "threads": [
        {
            "triggered": True,
            "frames": [
                {"imageIndex": 0, "symbol": "_assertionFailure(_:_:file:line:flags:)"},
                {"imageIndex": 1, "symbol": "Basket.draw()", "sourceFile": "Basket.swift", "sourceLine": 12},
            ],
        }
    ],
}
IPS = json.dumps({"app_name": "Shop", "bug_type": "309"}) + "\n" + json.dumps(IPS_BODY, indent=2) + "\n"
THROWN = """2024-01-01 12:00:00.123 Shop[812:12345] *** Terminating app due to uncaught exception 'NSRangeException', reason: '*** -[__NSArrayM objectAtIndex:]: index 5 beyond bounds [0 .. 2]'
*** First throw call stack:
(
	0   CoreFoundation                      0x00007fff20422fba __exceptionPreprocess + 242
	1   Shop                                0x000000010a1b2c3d -[Basket priceAt:] + 61
	2   UIKitCore                           0x00007fff24690b0c -[UIApplication sendAction:to:from:forEvent:] + 83
)
libc++abi: terminating with uncaught exception of type NSException
"""  # noqa: E501 -- as it is printed
SWIFT = "Shop/Basket.swift:12: Fatal error: Index out of range\n"
SWIFT_OLD = (
    "Fatal error: Unexpectedly found nil while unwrapping an Optional value: file /srv/shop/Basket.swift, line 12\n"
)
SWIFT_LINUX = """main/main.swift:3: Fatal error: no pears

*** Program crashed: Illegal instruction at 0x00007f0b1e9b6e9f ***

Thread 0 "shop" crashed:

0 0x00007f0b1e9b6e9f _assertionFailure(_:_:file:line:flags:) + 335 in libswiftCore.so
1 [ra] 0x000055d0c3a1b1f0 refuse() + 79 in shop at /srv/shop/main.swift:3:3
2 [ra] [system] 0x000055d0c3a1b200 main + 12 in shop at /srv/shop/main.swift:7:1
"""
CAST = "Could not cast value of type '__NSCFNumber' (0x7fff86d4b0c8) to 'NSString' (0x7fff87b0d2b8).\n"

CASES = [
    ("crash", CRASH, ["EXC_BAD_ACCESS"], ("Basket.m", 41), "null-or-undefined"),
    ("ips", IPS, ["EXC_BREAKPOINT", "Fatal error"], ("Basket.swift", 12), "null-or-undefined"),
    ("thrown", THROWN, ["NSRangeException"], (None, None), "missing-key-or-index"),
    ("swift", SWIFT, ["Fatal error"], ("Shop/Basket.swift", 12), "missing-key-or-index"),
    ("swift before 5.4", SWIFT_OLD, ["Fatal error"], ("/srv/shop/Basket.swift", 12), "null-or-undefined"),
    ("swift on Linux", SWIFT_LINUX, ["Fatal error"], ("/srv/shop/main.swift", 3), "assertion-or-invariant"),
    ("cast", CAST, ["Fatal error"], None, "type-mismatch"),
]


@pytest.mark.parametrize(
    ("text", "types", "place", "category"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_report(text: str, types: list[str], place: tuple[str | None, int | None] | None, category: str) -> None:
    (crash,) = parse(APPLE, text)
    assert [cause.crash_type for cause in crash.causes] == types
    frame = culprit(crash.root)
    assert ((frame.file, frame.line) if frame else None) == place
    finding = APPLE.explain(crash, None)
    assert finding is not None
    assert finding.category == category
    assert (crash.first_line, crash.last_line) == (0, len(text.rstrip("\n").split("\n")) - 1)


QUIET = [
    "the Exception Type: was not known",
    '{"app_name": "Shop"}\n{"threads": [], "text": "faultingThread"}',
    "Fatal error: something without a file",
]


@pytest.mark.parametrize("text", QUIET)
def test_no_crash(text: str) -> None:
    assert parse(APPLE, text) == []


PIECES = st.sampled_from(
    [
        "Exception Type:  EXC_CRASH (SIGABRT)",
        "Thread 0 Crashed:",
        "0   Shop  0x000000010a1b2c3d f + 61 (a.m:1)",
        "Fatal error: x: file a.swift, line 3",
        '{"faultingThread": 0, "threads": [{"frames": [1]}]}',
        "\n",
        "{",
        '"faultingThread"',
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    lines = tuple(text.split("\n"))
    after = -1
    for crash in APPLE.parse(Window(lines)):
        assert after < crash.first_line <= crash.last_line < len(lines)
        after = crash.last_line
        assert APPLE.explain(crash, None) is not None
