"""Logs that are not open: new, appended, truncated, rotated and deleted ones do what a user expects."""

from pathlib import Path

import pytest
from editor import Editor
from lsprotocol import types

pytestmark = [pytest.mark.sandbox]


def nothing(found: list[types.Diagnostic]) -> bool:
    return not found


async def test_the_life_of_a_log(workspace: Path, env: dict[str, str]) -> None:
    log = workspace / "shop.log"
    crash = log.read_text()
    editor = await Editor.start("neovim", workspace, env)
    await editor.diagnostics(log.as_uri(), lambda found: len(found) == 1)

    with log.open("a") as file:
        file.write(crash)
    await editor.diagnostics(log.as_uri(), lambda found: len(found) == 2)

    log.write_text("nothing yet\n")
    await editor.diagnostics(log.as_uri(), nothing)

    log.write_text(crash)
    await editor.diagnostics(log.as_uri(), lambda found: len(found) == 1)
    log.rename(workspace / "old.log")
    log.write_text("a new day\n")
    await editor.diagnostics((workspace / "old.log").as_uri(), lambda found: len(found) == 1)
    await editor.diagnostics(log.as_uri(), nothing)

    (workspace / "old.log").unlink()
    await editor.diagnostics((workspace / "old.log").as_uri(), nothing)
    assert await editor.stop() == 0


async def test_while_a_log_is_open_the_editors_text_alone_is_true(workspace: Path, env: dict[str, str]) -> None:
    log = workspace / "shop.log"
    crash = log.read_text()
    editor = await Editor.start("neovim", workspace, env)
    uri = editor.open(log, "log")
    await editor.diagnostics(uri, lambda found: len(found) == 1)
    log.write_text("")
    editor.type(uri, crash + crash)
    await editor.diagnostics(uri, lambda found: len(found) == 2)
    editor.type(uri, "")
    await editor.diagnostics(uri, nothing)
    assert await editor.stop() == 0


async def test_a_client_that_watches_files_is_asked_to(workspace: Path, env: dict[str, str]) -> None:
    editor = await Editor.start("vscode", workspace, env)
    log = workspace / "later.log"
    await editor.diagnostics((workspace / "shop.log").as_uri())
    assert [each.method for each in editor.registrations] == [types.WORKSPACE_DID_CHANGE_WATCHED_FILES]
    log.write_text((workspace / "shop.log").read_text())
    event = types.FileEvent(log.as_uri(), types.FileChangeType.Created)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    await editor.diagnostics(log.as_uri())
    assert await editor.stop() == 0


@pytest.mark.parametrize("text", [b"\xff\xfe\x00\x00\xd8" * 50, b"Traceback (most recent call last):\n\xc3(\xff\n" * 3])
async def test_a_log_of_bad_bytes_hurts_nobody(workspace: Path, env: dict[str, str], text: bytes) -> None:
    (workspace / "bad.log").write_bytes(text)
    editor = await Editor.start("neovim", workspace, env)
    await editor.diagnostics((workspace / "shop.log").as_uri(), lambda found: len(found) == 1)
    assert await editor.stop() == 0
