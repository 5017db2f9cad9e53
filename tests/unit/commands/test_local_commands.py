"""Commands end with their children, keep to their limits, and never see a shell."""

import sys
from pathlib import Path

import pytest

from crashlight.adapters.commands import LocalCommands, local


async def test_output_and_exit_code(tmp_path: Path) -> None:
    result = await LocalCommands().run([sys.executable, "-c", "print('$HOME; ls'); exit(3)"], tmp_path, 60)
    assert (result.exit_code, result.output) == (3, "$HOME; ls\n")


async def test_time_limit_ends_the_whole_group(tmp_path: Path) -> None:
    script = "import os, time; open('pid', 'w').write(str(os.fork() or os.getpid())); time.sleep(600)"
    result = await LocalCommands().run([sys.executable, "-c", script], tmp_path, 1.0)
    assert result.exit_code is None
    assert "stopped after 1 s" in result.errors
    child = (tmp_path / "pid").read_text()
    status = Path(f"/proc/{child}/status")
    assert not status.exists() or "State:\tZ" in status.read_text()


async def test_a_flood_of_output_is_capped_and_does_not_hang(tmp_path: Path) -> None:
    script = "import sys; sys.stdout.write('x' * 5_000_000)"
    result = await LocalCommands().run([sys.executable, "-c", script], tmp_path, 60)
    assert (result.exit_code, len(result.output)) == (0, local.OUTPUT_LIMIT)


async def test_an_absent_program_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await LocalCommands().run(["no-such-program-here"], tmp_path, 1)
