"""Programs on this machine, started from a list of words, never through a shell."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from pathlib import Path

from crashlight.ports import CommandResult

OUTPUT_LIMIT = 1_000_000  # bytes of each stream that are kept
KILL_AFTER_S = 2.0


class LocalCommands:
    """Runs a program in a process group of its own, so that what it started ends with it."""

    async def run(self, argv: Sequence[str], cwd: Path, timeout_s: float) -> CommandResult:
        """Run to the end or the time limit; ``exit_code`` is None in the latter case.

        Raises FileNotFoundError when there is no such program.
        """
        process = await asyncio.create_subprocess_exec(
            *argv,
            cwd=cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdout is not None and process.stderr is not None
        output = asyncio.gather(_capped(process.stdout), _capped(process.stderr))
        try:
            out, err = await asyncio.wait_for(asyncio.shield(output), timeout_s)
            return CommandResult(await process.wait(), out, err)
        except TimeoutError:
            return CommandResult(None, "", f"stopped after {timeout_s:g} s")
        finally:
            if process.returncode is None:
                await _stop(process)
            output.cancel()


async def _capped(stream: asyncio.StreamReader) -> str:
    """Read to the end, keep the first part; a pipe that nobody reads would hang the program."""
    kept = bytearray()
    while block := await stream.read(65_536):
        kept += block[: max(0, OUTPUT_LIMIT - len(kept))]
    return kept.decode("utf-8", "replace")


async def _stop(process: asyncio.subprocess.Process) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), KILL_AFTER_S)
            return
