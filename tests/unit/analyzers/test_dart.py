"""The Dart analyzer on the shapes of its reports."""

from pathlib import Path

import pytest

from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ANALYZER = load(Path(__file__).resolve().parents[3] / "plugins" / "builtin" / "dart")

# name: (text, reports), and a report is (first line, last line, class, file and line of the culprit, category, handled)
SHAPES = {
    "plain": (
        """\
Unhandled exception:
Bad state: no element
#0      List.first (dart:core-patch/growable_array.dart:343:5)
#1      total (file:///srv/desk/basket.dart:3:20)
#2      main (file:///srv/desk/basket.dart:7:3)
#3      _delayEntrypointInvocation.<anonymous closure> (dart:isolate-patch/isolate_patch.dart:297:19)""",
        [(0, 5, "Bad state", "file:///srv/desk/basket.dart", 3, "missing-key-or-index", False)],
    ),
    "flutter": (
        """\
E/flutter ( 1234): [ERROR:flutter/lib/ui/ui_dart_state.cc(177)] Unhandled Exception: type 'Null' is not a subtype of type 'String'
#0      Basket.fromJson (package:shop/basket.dart:12:22)
#1      _rootRunUnary (dart:async/zone.dart:1362:47)
<asynchronous suspension>""",
        [
            (
                0,
                3,
                "type 'Null' is not a subtype of type 'String'",
                "package:shop/basket.dart",
                12,
                "null-or-undefined",
                False,
            )
        ],
    ),
    "framework": (
        """\
══╡ EXCEPTION CAUGHT BY WIDGETS LIBRARY ╞═══════════════════════════════════════════════════════════
The following _TypeError was thrown building BasketPage(dirty, state: _BasketPageState#1):
Null check operator used on a null value

The relevant error-causing widget was:
  BasketPage BasketPage:file:///srv/desk/lib/main.dart:20:15

When the exception was thrown, this was the stack:
#0      _BasketPageState.build (package:shop/basket_page.dart:31:28)
#1      StatefulElement.build (package:flutter/src/widgets/framework.dart:4870:27)
(elided 3 frames from dart:async)

════════════════════════════════════════════════════════════════════════════════════════════════════""",
        [(0, 12, "_TypeError", "package:shop/basket_page.dart", 31, "null-or-undefined", False)],
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shape(name: str) -> None:
    text, expected = SHAPES[name]
    found = []
    for crash in parse(ANALYZER, text):
        frame = culprit(crash.root)
        place = (frame.file, frame.line) if frame is not None else (None, None)
        finding = ANALYZER.explain(crash, None)
        assert finding is not None
        found.append(
            (crash.first_line, crash.last_line, crash.root.crash_type, *place, finding.category, crash.handled)
        )
    assert found == expected


# ruff: noqa: E501 -- the shapes are as wide as reports are, and end as they do.
