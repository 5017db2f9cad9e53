"""The built-in analyzers do nothing that the sandbox would have to deny, whatever they read."""

from pathlib import Path

import pytest

from crashlight.adapters.plugins import WorkerHost
from crashlight.adapters.sandbox import survey
from crashlight.ports import SecurityEvent
from crashlight.settings.schema import PluginSettings
from crashlight_sdk import Window

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(not survey().seccomp, reason="this machine has no seccomp")]

LONGEST_WINDOW = 2000  # lines


def windows(folder: Path) -> list[Window]:
    """Every file of the corpora in pieces of the size of a window."""
    found = []
    for path in sorted(folder.glob("*/files/**/*")):
        if path.is_file():
            lines = path.read_bytes().decode("utf-8", "replace").splitlines()
            found += [
                Window(tuple(line[:16384] for line in lines[first : first + LONGEST_WINDOW]))
                for first in range(0, min(len(lines), 20 * LONGEST_WINDOW), LONGEST_WINDOW)
            ]
    return found


async def test_no_analyzer_is_denied_anything(shared_data: Path) -> None:
    events: list[SecurityEvent] = []
    host = WorkerHost(PluginSettings(), events.append)
    asked = 0
    try:
        for window in windows(shared_data / "corpora"):
            for claim in await host.parse(window):
                await host.explain(claim.plugin, claim.crash, None)
                asked += 1
    finally:
        await host.close()
    assert asked > 500
    assert {(event.plugin, event.phase, event.call, event.verdict, event.detail) for event in events} == set()
    assert {plugin.id: plugin.detail for plugin in host.plugins() if plugin.state != "ready" or plugin.detail} == {}
