"""Parts die under a working editor: every request is still answered, and nothing the user did is lost."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from editor import Editor
from lsprotocol import types

pytestmark = [pytest.mark.postgres, pytest.mark.sandbox]

OPINIONS = "SELECT count(*) FROM crashlight.feedback_events WHERE kind = 'thumbs_up'"
Rows = Callable[..., list[tuple[Any, ...]]]


def processes(word: str, editor: Editor) -> list[psutil.Process]:
    """The processes of the server's tree, and of the machine where it left its tree, whose command holds a word."""
    server = psutil.Process(editor.client._server.pid)  # type: ignore[union-attr]
    return [each for each in server.children(recursive=True) if word in " ".join(each.cmdline())]


async def thumbs_up(editor: Editor) -> None:
    (group,) = await editor.client.workspace_execute_command_async(
        types.ExecuteCommandParams("crashlight.crashes", [{}])
    )
    argument = {"kind": "thumbs_up", "fingerprint": group["fingerprint"]}
    await editor.client.workspace_execute_command_async(types.ExecuteCommandParams("crashlight.feedback", [argument]))


async def test_postgres_is_killed_in_mid_write(workspace: Path, env: dict[str, str], home: Path, rows: Rows) -> None:
    editor = await Editor.start("neovim", workspace, env, model={"enabled": False})
    uri = editor.open(workspace / "shop.log", "log")
    await editor.diagnostics(uri)

    async def written(count: int) -> bool:
        return await asyncio.to_thread(rows, OPINIONS) == [(count,)]

    await thumbs_up(editor)
    assert await editor.until(lambda: written(1))
    for _ in range(20):
        await thumbs_up(editor)
    (postmaster,) = await asyncio.to_thread(rows, "SELECT pg_read_file('postmaster.pid')")
    os.kill(int(postmaster[0].split()[0]), signal.SIGKILL)
    for _ in range(20):
        await thumbs_up(editor)
    assert await editor.hover(uri, editor.client.diagnostics[uri][0].range.start.line)
    assert await editor.stop() == 0

    # The next server brings the journal's rest: all are there, once.
    again = await Editor.start("neovim", workspace, env, model={"enabled": False})
    again.open(workspace / "shop.log", "log")
    await again.diagnostics(uri)
    assert await again.until(lambda: written(41))
    assert await again.stop() == 0


async def test_the_analyzers_are_killed(workspace: Path, env: dict[str, str]) -> None:
    log = workspace / "shop.log"
    editor = await Editor.start("neovim", workspace, env, model={"enabled": False})
    uri = editor.open(log, "log")
    await editor.diagnostics(uri)
    workers = processes("-I", editor)
    assert workers
    for worker in workers:
        worker.kill()
    editor.type(uri, log.read_text() * 2)
    await editor.diagnostics(uri, lambda found: len(found) == 2)
    assert await editor.stop() == 0


async def test_a_log_goes_away_while_it_is_read(workspace: Path, env: dict[str, str]) -> None:
    editor = await Editor.start("neovim", workspace, env, model={"enabled": False})
    await editor.diagnostics((workspace / "shop.log").as_uri())
    crash = (workspace / "shop.log").read_text()
    for number in range(10):
        log = workspace / f"{number}.log"
        log.write_text("all is well\n" * 200_000 + crash)
        log.unlink() if number % 2 else log.write_text("")
    (workspace / "last.log").write_text(crash)
    await editor.diagnostics((workspace / "last.log").as_uri(), lambda found: len(found) == 1)
    for number in range(10):
        assert not editor.client.diagnostics.get((workspace / f"{number}.log").as_uri())
    assert await editor.stop() == 0


async def test_the_client_goes_away_without_a_word(workspace: Path, env: dict[str, str]) -> None:
    editor = await Editor.start("neovim", workspace, env, model={"enabled": False})
    editor.open(workspace / "shop.log", "log")
    await editor.diagnostics((workspace / "shop.log").as_uri())
    process = editor.client._server
    assert process is not None
    family = [psutil.Process(process.pid), *processes("-I", editor)]
    assert process.stdin is not None
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 60) == 1
    _, alive = await asyncio.to_thread(psutil.wait_procs, family, 30)
    assert alive == []
