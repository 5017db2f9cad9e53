"""Neovim in a real terminal, from an opened log to the row in PostgreSQL, through a crash of the server itself."""

import os
import signal
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from .installation import Installation
from .neovim import Neovim, neovim
from .shop import Shop

pytestmark = [pytest.mark.neovim, pytest.mark.postgres]

OURS = "vim.tbl_filter(function(d) return d.source == 'crashlight' end, vim.diagnostic.get(0))"
CLIENT = "(vim.lsp.get_clients({ name = 'crashlight' })[1] or {})"


def test_from_the_log_to_the_row(tmp_path: Path, shop: Shop, installation: Installation) -> None:
    with _open(tmp_path / "first", shop, installation) as editor:
        _see_the_crash_in_the_log(editor, shop)
        _read_the_hover(editor)
        _follow_the_frame(editor, shop)
        _take_the_fix(editor, shop)
        accepted = installation.wait_for_events("accepted")
        assert [event["editor"] for event in accepted] == ["neovim"]

        before = editor.lua(f"{CLIENT}.id")
        os.kill(_server_pid(editor), signal.SIGKILL)
        editor.wait_screen("signal 9")
        editor.keys("Enter")  # The message about it waits for a key.
        editor.wait(f"{CLIENT}.id == nil", "the killed server is still attached")
        editor.keys(":Crashlight restart", "Enter")
        editor.wait(f"({CLIENT}.id or 0) > {before} and {CLIENT}.initialized", "the server did not start again")
        editor.keys(":edit logs/checkout.log", "Enter")
        editor.wait(f"#{OURS} > 0", "the crash was not found again")
    assert [event["id"] for event in installation.events("accepted")] == [event["id"] for event in accepted]


def _open(base: Path, shop: Shop, installation: Installation) -> AbstractContextManager[Neovim]:
    return neovim(base, shop.folder, str(shop.log), [installation.program, "serve"], installation.env)


def _see_the_crash_in_the_log(editor: Neovim, shop: Shop) -> None:
    diagnostics = editor.wait(f"#{OURS} > 0 and {OURS}", "no diagnostic in the log")
    assert [diagnostic["lnum"] for diagnostic in diagnostics] == [shop.frame]
    assert "'Cart' object has no attribute 'itms'" in diagnostics[0]["message"]
    assert "👍" in editor.wait_screen("👍")


def _read_the_hover(editor: Neovim) -> None:
    editor.keys("]", "d")
    editor.keys("K")
    screen = editor.wait_screen("What to do")
    assert "AttributeError" in screen
    editor.calm()


def _follow_the_frame(editor: Neovim, shop: Shop) -> None:
    editor.keys(f":{shop.frame + 1}", "Enter", "0")
    editor.keys("C-]")
    editor.wait(f"vim.api.nvim_buf_get_name(0) == [[{shop.cart}]]", "definition did not open the source")
    assert editor.lua("vim.api.nvim_win_get_cursor(0)[1]") == shop.culprit + 1
    diagnostics = editor.wait(f"#{OURS} > 0 and {OURS}", "no diagnostic in the source")
    assert [diagnostic["lnum"] for diagnostic in diagnostics] == [shop.culprit]


def _take_the_fix(editor: Neovim, shop: Shop) -> None:
    editor.keys("g", "r", "a")
    screen = editor.wait_screen("Code actions")
    assert "1: " in screen
    editor.keys("1", "Enter")
    editor.wait(
        f"vim.api.nvim_buf_get_lines(0, {shop.culprit}, {shop.culprit + 1}, true)[1]:find('self.items', 1, true)",
        "the fix was not applied",
    )
    editor.keys(":write", "Enter")


def _server_pid(editor: Neovim) -> int:
    """The one child of Neovim that is our program."""
    parent = editor.lua("vim.fn.getpid()")
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status, command = (entry / "stat").read_text(), (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(status.rpartition(")")[2].split()[1]) == parent and b"crashlight" in command:
                return int(entry.name)
    raise AssertionError("the server does not run")
