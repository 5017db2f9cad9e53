"""Every bad plugin loses its own answers only: the others answer, and the user sees which was stopped and why."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crashlight.adapters.plugins import WorkerHost
from crashlight.adapters.plugins.approvals import Approval, Approvals
from crashlight.adapters.plugins.events import read_audit
from crashlight.adapters.plugins.manifest import digest, read_manifest
from crashlight.adapters.sandbox import survey
from crashlight.ports import SecurityEvent
from crashlight.settings.schema import PluginSettings
from crashlight_sdk import Window

EXAMPLES = Path(__file__).resolve().parents[2] / "plugins" / "examples"
GOOD_LINE = "deploy.sh: line 12: kubctl: command not found"

# plugin: (state afterwards, what the reason says, the call of its event, or "" where nothing was done to it)
EXPECTED = {
    "crash-at-import": ("stopped", "this plugin never works", ""),
    "error-flood": ("quarantined", "processor time|no answer", "cpu|wall"),
    "escapee": ("quarantined", "socket", "socket"),
    "fork-bomb": ("quarantined", "clone", "clone"),
    "hang": ("quarantined", "no answer within", "wall"),
    "hang-at-import": ("quarantined", "in load", "cpu|wall"),
    "liar": ("ready", "was refused", "answer"),
    "malformed": ("quarantined", "2147483647 bytes", "output"),
    "memory-bomb": ("quarantined", "over its memory limit|processor time", "memory|cpu"),
    "nester": ("ready", "malformed", "answer"),
    "output-flood": ("quarantined", "are allowed", "output"),
    "raises": ("ready", "raised in parse: Angry", ""),
    "segfault": ("quarantined", "signal 11", "ended"),
    "slow-drip": ("quarantined", "no answer within", "wall"),
    "spin": ("quarantined", "processor time|no answer", "cpu|wall"),
    "stranger": ("ready", "no word of a crash", ""),
    "thief": ("ready", "", "openat"),
}  # fmt: skip

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(not survey().seccomp, reason="this machine has no seccomp")]


def allow(folder: Path) -> None:
    source = read_manifest(folder, builtin=False)
    Approvals().allow(source.id, Approval(digest(source.files()), str(folder), time.time(), {}))


@pytest.fixture
def events() -> list[SecurityEvent]:
    return []


@pytest.fixture
async def host(
    request: pytest.FixtureRequest, tmp_path: Path, events: list[SecurityEvent]
) -> AsyncIterator[WorkerHost]:
    """The good example as the only built-in plugin, and the bad one of the test's parameter, allowed by the user."""
    (tmp_path / "smallest").symlink_to(EXAMPLES / "smallest")
    allow(EXAMPLES / "bad" / request.getfixturevalue("bad"))
    host = WorkerHost(PluginSettings(memory_mb=128), events.append, builtin=tmp_path)
    yield host
    await host.close()


def test_every_bad_plugin_is_tried() -> None:
    assert {path.name for path in (EXAMPLES / "bad").iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("bad", sorted(EXPECTED))
async def test_a_bad_plugin_harms_nobody_else(
    bad: str, host: WorkerHost, events: list[SecurityEvent], capsys: pytest.CaptureFixture[str]
) -> None:
    state, reason, call = EXPECTED[bad]
    window = Window((f"BAD: {bad}", GOOD_LINE))
    host.warm()
    await asyncio.wrap_future(host._plugins[bad].worker.warm())
    began = time.time()
    claims = await host.parse(window)
    assert [claim.crash.first_line for claim in claims if claim.plugin == "smallest"] == [1]
    info = {plugin.id: plugin for plugin in host.plugins()}[bad]
    assert info.state == state, info.detail
    assert re.search(reason, info.detail), info.detail
    assert not call or any(re.fullmatch(call, event.call) for event in events if event.plugin == bad)
    assert [event.call for event in read_audit()] == [event.call for event in events]

    # Afterwards the good one still answers, and the bad one is left alone where it was stopped.
    count = len(events)
    assert [claim.plugin for claim in await host.parse(Window((GOOD_LINE,)))] == ["smallest"]
    if state != "ready":
        await host.parse(window)
        assert len(events) == count
        killed = [event for event in events if event.verdict == "killed"]
        with capsys.disabled():
            took = f"{1000 * (killed[-1].time - began):6.0f} ms after the request" if killed else "      -"
            print(f"\n  {bad:16s} {took}: {info.detail[:90]}", end="")


@pytest.mark.parametrize("bad", ["liar"])
async def test_what_a_liar_says_truly_is_kept(bad: str, host: WorkerHost, events: list[SecurityEvent]) -> None:
    claims = await host.parse(Window(("BAD: liar", *["another line"] * 9)))
    assert [claim.crash.root.crash_type for claim in claims] == ["an honest one"]
    assert len([event for event in events if event.verdict == "refused"]) == 7
    finding = await host.explain("liar", claims[0].crash, None)
    assert finding is not None
    assert [intent.kind for intent in finding.intents] == ["add_import"]


@pytest.mark.parametrize("bad", ["liar"])
async def test_a_plugin_that_says_our_secret_is_quarantined(
    bad: str, host: WorkerHost, events: list[SecurityEvent]
) -> None:
    host.plugins()
    assert await host.parse(Window((f"BAD: liar {host._canary.token}",))) == []
    assert [event.call for event in events] == ["canary"]
    assert {plugin.id: plugin.state for plugin in host.plugins()}["liar"] == "quarantined"


@pytest.mark.parametrize("bad", ["hang"])
async def test_quarantine_outlives_the_server_until_it_is_reset(bad: str, host: WorkerHost, tmp_path: Path) -> None:
    await host.parse(Window(("BAD: hang",)))

    def state_at_the_next_start() -> str:
        again = WorkerHost(PluginSettings(), builtin=tmp_path)
        return {plugin.id: plugin.state for plugin in again.plugins()}["hang"]

    assert state_at_the_next_start() == "quarantined"
    assert Approvals().reset("hang") == 1
    assert state_at_the_next_start() == "ready"
