"""The subcommands of `:Crashlight`, typed in a real terminal, with the real server behind them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .installation import Installation
from .neovim import Neovim, neovim, run_headless
from .shop import Shop, make_shop

pytestmark = [pytest.mark.neovim, pytest.mark.postgres]

OURS = "vim.tbl_filter(function(d) return d.source == 'crashlight' end, vim.diagnostic.get(0))"
TITLE = "AttributeError: 'Cart' object has no attribute 'itms'"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all tests here: starting an editor, a server and a database for each would cost minutes."""
    return tmp_path_factory.mktemp("editors")


@pytest.fixture(scope="module")
def shop(base: Path) -> Shop:
    """A program with a bug and the log of its crash."""
    return make_shop(base / "shop")


@pytest.fixture(scope="module")
def installation(base: Path) -> Iterator[Installation]:
    """A Crashlight for all tests here."""
    installation = Installation(base / "home")
    yield installation
    installation.close()


@pytest.fixture(scope="module")
def session(base: Path, shop: Shop, installation: Installation) -> Iterator[Neovim]:
    """One Neovim for all tests of this module."""
    with neovim(
        base / "nvim", shop.folder, str(shop.log), [installation.program, "serve"], installation.env
    ) as session:
        session.wait(f"#{OURS} > 0", "no diagnostic in the log")
        yield session


@pytest.fixture
def editor(session: Neovim, shop: Shop) -> Neovim:
    """Neovim with the log alone on the screen and the cursor on its crash."""
    session.calm()
    session.keys(f":silent tabonly | only | edit! {shop.log} | {shop.frame + 1}", "Enter")
    session.wait(f"#{OURS} > 0", "no diagnostic in the log")
    return session


def test_opinions_reach_the_database(editor: Neovim, installation: Installation) -> None:
    editor.keys(":Crashlight up", "Enter")
    editor.wait_screen("👍 1")
    editor.keys(":Crashlight comment the name is misspelt", "Enter")
    editor.keys(":Crashlight down", "Enter")
    screen = editor.wait_screen("What was not good?")
    assert "The line is wrong" in screen
    editor.keys("4", "Enter")
    editor.wait_screen("👎 1")
    assert [event["comment"] for event in installation.wait_for_events("comment")] == ["the name is misspelt"]
    assert [event["reason"] for event in installation.wait_for_events("thumbs_down")] == ["not-helpful"]


def test_details_lists_and_picker(editor: Neovim, shop: Shop) -> None:
    editor.keys(":Crashlight explain", "Enter")
    assert "What to do:" in editor.wait_screen("by a rule")
    editor.calm()
    editor.keys(":Crashlight quickfix", "Enter")
    items = editor.wait("#vim.fn.getqflist() > 0 and vim.fn.getqflist()", "the quickfix list stayed empty")
    assert [item["lnum"] for item in items] == [shop.frame + 1]
    assert items[0]["text"].startswith(TITLE)
    editor.keys(":cclose", "Enter")

    editor.keys(":Crashlight loclist", "Enter")
    editor.wait("#vim.fn.getloclist(0) == 1", "the location list stayed empty")
    editor.keys(":lclose", "Enter", ":1", "Enter")

    editor.keys(":Crashlight crashes", "Enter")
    assert TITLE in editor.wait_screen("Crashes")
    editor.keys("1", "Enter")
    editor.wait(f"vim.api.nvim_win_get_cursor(0)[1] == {shop.frame + 1}", "the picker went nowhere")


def test_a_pasted_trace_in_a_buffer_without_a_file(editor: Neovim, shop: Shop) -> None:
    editor.keys(":%Crashlight paste", "Enter")
    editor.wait("vim.startswith(vim.api.nvim_buf_get_name(0), 'untitled:')", "no buffer was opened")
    diagnostics = editor.wait(f"#{OURS} > 0 and {OURS}", "the pasted trace was not read")
    assert TITLE in diagnostics[0]["message"]
    editor.keys(f":{shop.frame + 1}", "Enter", "C-]")
    editor.wait(f"vim.api.nvim_buf_get_name(0) == [[{shop.cart}]]", "definition did not open the source")


def test_one_line_of_a_trace_opens_its_source(editor: Neovim, shop: Shop) -> None:
    editor.keys(f':Crashlight locate File "{shop.cart}", line 8, in add', "Enter")
    editor.wait(f"vim.api.nvim_buf_get_name(0) == [[{shop.cart}]]", "the line was not located")
    assert editor.lua("vim.api.nvim_win_get_cursor(0)[1]") == 8


def test_status_line_and_health(editor: Neovim, tmp_path: Path, shop: Shop, installation: Installation) -> None:
    editor.wait("require('crashlight').statusline():find('^crash ') ~= nil", "the status line stays empty")
    editor.keys(":Crashlight status", "Enter")
    editor.wait_screen("Crashlight: ")
    report = tmp_path / "health.txt"
    program = [installation.program, "serve"]
    run_headless(shop.folder, program, installation.env, "checkhealth crashlight", f"write! {report}")
    text = report.read_text()
    assert f"program: {installation.program}" in text
    assert "sandbox:" in text


def test_unknown_subcommands_name_the_known_ones(editor: Neovim) -> None:
    editor.keys(":Crashlight expalin", "Enter")
    assert "explain" in editor.wait_screen("has no command 'expalin'")


def test_one_log_in_no_folder_is_explained_and_can_be_silenced(
    tmp_path: Path, shop: Shop, installation: Installation
) -> None:
    """Day one: one log somewhere, nothing else."""
    log = tmp_path / "alone" / "crash.log"
    log.parent.mkdir()
    log.write_text(shop.log.read_text())
    program = [installation.program, "serve"]
    with neovim(tmp_path / "nvim", log.parent, str(log), program, installation.env) as editor:
        diagnostics = editor.wait(f"#{OURS} > 0 and {OURS}", "no diagnostic in a log without a folder")
        assert TITLE in diagnostics[0]["message"]
        editor.keys(":Crashlight silence", "Enter")
        editor.wait(f"#{OURS} == 0", "the silenced log still shows its crash")


def test_what_is_ignored_is_quiet(editor: Neovim) -> None:
    """The last test: the database remembers it."""
    editor.keys(":Crashlight ignore", "Enter")
    editor.wait(f"#{OURS} == 0", "the ignored crash is still shown")
    editor.keys(":Crashlight up", "Enter")
    editor.wait_screen("There is no crash on this line")
