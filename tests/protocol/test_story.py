"""The whole story, as each editor tells it: a crash is opened, explained, fixed, and the fix is remembered."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from editor import Editor
from lsprotocol import types

pytestmark = [pytest.mark.postgres, pytest.mark.sandbox]

EDITORS = ["neovim", "vscode", "emacs", "old-neovim", "old-vscode"]
ACCEPTED = "SELECT fix, editor FROM crashlight.feedback_events WHERE kind = 'accepted'"

Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.mark.parametrize("name", EDITORS)
async def test_from_crash_to_remembered_fix(name: str, workspace: Path, env: dict[str, str], rows: Rows) -> None:
    log, source = workspace / "shop.log", workspace / "src" / "shop.py"
    editor = await Editor.start(name, workspace, env)
    log_uri, source_uri = editor.open(log, "log"), source.as_uri()

    # The line to look at has a diagnostic in the log, and so has the line of source that it points to.
    (in_log,) = await editor.diagnostics(log_uri)
    assert in_log.severity == types.DiagnosticSeverity.Error
    assert "NameError: name 'prize' is not defined" in in_log.message
    culprit = log.read_text().splitlines()[in_log.range.start.line]
    assert 'shop.py", line 2, in ' in culprit
    (in_source,) = await editor.diagnostics(source_uri)
    assert in_source.range.start.line == 1
    assert in_source.severity == types.DiagnosticSeverity.Information

    hover = await editor.hover(log_uri, in_log.range.start.line)
    assert "prize" in hover
    assert "What to do" in hover
    assert "prize" in await editor.hover(source_uri, 1)

    (location,) = await editor.definition(log_uri, in_log.range.start.line)
    assert (location.uri, location.range.start.line) == (source_uri, 1)

    actions = await editor.actions(log_uri, in_log.range.start.line)
    fix = next(action for action in actions if action.kind == types.CodeActionKind.QuickFix)
    assert fix.is_preferred
    editor.open(source, "python")
    await editor.take(fix)
    assert "sum(price for price in prices)" in source.read_text()

    (accepted,) = await editor.until(lambda: asyncio.to_thread(rows, ACCEPTED))
    assert accepted[0] == fix.data["fix"]
    shown = await asyncio.to_thread(rows, "SELECT count(*) FROM crashlight.feedback_events WHERE kind = 'shown'")
    assert shown == [(1,)]

    # The server is killed, and started again: what was remembered is there, once.
    editor.kill()
    again = await Editor.start(name, workspace, env)
    again.open(log, "log")
    await again.diagnostics(log_uri)
    assert await again.until(lambda: asyncio.to_thread(rows, ACCEPTED)) == [accepted]
    assert await again.stop() == 0
    assert await asyncio.to_thread(rows, ACCEPTED) in ([accepted], [])
