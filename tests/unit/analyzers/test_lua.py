"""The Lua analyzer on shapes of reports that the small programs do not print."""

from pathlib import Path

import pytest

from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ANALYZER = load(Path(__file__).resolve().parents[3] / "plugins" / "builtin" / "lua")

# name: (text, reports), and a report is (first line, last line, class, file and line of the culprit, category, handled)
SHAPES = {
    "luajit": (
        """\
luajit: shop/basket.lua:39: attempt to index field 'owner' (a nil value)
stack traceback:
	shop/basket.lua:39: in function 'owner_name'
	main.lua:3: in main chunk
	[C]: at 0x559b746b885b""",
        [(0, 4, "error", "shop/basket.lua", 39, "null-or-undefined", False)],
    ),
    "nvim": (
        """\
Error executing vim.schedule lua callback: /home/me/.config/nvim/lua/shop.lua:12: attempt to call field 'totl' (a nil value)
stack traceback:
	/home/me/.config/nvim/lua/shop.lua:12: in function 'cb'
	vim/_editor.lua:341: in function <vim/_editor.lua:340>""",
        [(0, 3, "error", "/home/me/.config/nvim/lua/shop.lua", 12, "null-or-undefined", False)],
    ),
    "openresty": (
        """\
2024/01/01 10:00:00 [error] 7#7: *1 lua entry thread aborted: runtime error: /app/access.lua:12: attempt to index local 'res' (a nil value)
stack traceback:
coroutine 0:
	/app/access.lua: in function </app/access.lua:1>, client: 127.0.0.1""",
        [(0, 3, "error", "/app/access.lua", 12, "null-or-undefined", False)],
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
