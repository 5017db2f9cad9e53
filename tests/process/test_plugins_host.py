"""The host with real workers: loading, refining, overlaps, cancelling, restarting, levels."""

import asyncio
import re
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from crashlight.adapters.plugins import WorkerHost
from crashlight.adapters.plugins.preload import STANDARD
from crashlight.adapters.sandbox import Machine, survey
from crashlight.ports import SecurityEvent
from crashlight.settings.schema import PluginSettings
from crashlight_sdk import Excerpt, Window

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(not survey().seccomp, reason="this machine has no seccomp")]

MANIFEST = """
[plugin]
id = "{id}"
version = "1.0"
api = 1
entry = "analyzer:Analyzer"
priority = {priority}
[triggers]
literals = {literals}
languages = {languages}
[permissions]
source = "{source}"
[limits]
restarts = {restarts}
"""


class Shop:
    """Makes plugins in a folder, and hosts that run them."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.folder = folder
        self.events: list[SecurityEvent] = []
        self._stack = stack

    def plugin(self, name: str, code: str, **more: object) -> None:
        folder = self.folder / name
        folder.mkdir()
        words = {"priority": 50, "literals": '["BOOM"]', "languages": "[]", "source": "none", "restarts": 3} | more
        (folder / "plugin.toml").write_text(MANIFEST.format(id=name, **words))
        (folder / "analyzer.py").write_text(textwrap.dedent(code))

    def host(self, machine: Machine | None = None, **settings: object) -> WorkerHost:
        host = WorkerHost(
            PluginSettings(**settings),  # type: ignore[arg-type]
            self.events.append,
            builtin=self.folder,
            machine=machine,
        )
        self._stack.push_async_callback(host.close)
        return host


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with AsyncExitStack() as stack:
        (tmp_path / "plugins").mkdir()
        yield Shop(tmp_path / "plugins", stack)


FINDER = """
from crashlight_sdk import Cause, Crash, Finding

class Analyzer:
    def parse(self, window):
        first = next(number for number, line in enumerate(window.lines) if "BOOM" in line)
        return [Crash("python", first, first + {extra}, (Cause("Boom", {message}),))]

    def explain(self, crash, excerpt):
        return Finding("other", str(excerpt), "fix", 0.5, "{name}/boom")
"""


def finder(name: str, extra: int = 0, message: str = "''") -> str:
    return FINDER.format(name=name, extra=extra, message=message)


BOOM = Window(("start", "BOOM", "more", "end"))


async def test_a_package_of_modules_is_loaded_from_memory(shop: Shop) -> None:
    shop.plugin("deep-one", finder("deep-one").replace("''", "words.here.WORD + data()"))
    folder = shop.folder / "deep-one"
    (folder / "words").mkdir()
    (folder / "words" / "__init__.py").write_text("from . import here\n")
    (folder / "words" / "here.py").write_text("from ..other import tail\nWORD = 'a' + tail\n")
    (folder / "other.py").write_text("tail = 'b'\n")
    code = (folder / "analyzer.py").read_text()
    (folder / "analyzer.py").write_text(f"from . import words\ndef data(): return __name__\n{code}")
    claims = await shop.host().parse(BOOM)
    assert [claim.crash.root.message for claim in claims] == ["abcrashlight_plugins.deep_one.analyzer"]


def test_the_list_of_modules_is_in_the_docs() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
    section = page.split("## What may be imported\n")[1].split("\n#")[0]
    assert set(re.findall(r"`([\w.]+)`", section)) - {"crashlight_sdk"} == set(STANDARD)


async def test_every_module_of_the_list_can_be_imported_and_used(shop: Shop) -> None:
    imports = "\n".join(f"import {name}" for name in sorted(STANDARD - {"__future__"}))
    shop.plugin(
        "reader",
        f"""{imports}
import crashlight_sdk.similar
from datetime import datetime
from decimal import Decimal
{finder("reader", message="check()")}
def check():
    assert datetime.strptime("2026-11-24", "%Y-%m-%d").year == 2026
    assert str(Decimal("1.1") + 1) == "2.1"
    assert hashlib.sha256(b"x").hexdigest() and base64.b64encode(b"x") and html.unescape("&eacute;") == "\\xe9"
    assert urllib.parse.urlsplit("http://a/b").path == "/b" and unicodedata.name("a")
    assert difflib.get_close_matches("abc", ["abd"]) and textwrap.dedent(" a") == "a"
    assert ast.parse("x = 1").body and json.loads("[1]") == [1] and b"x".decode("latin-1") == b"x".decode("ascii")
    return "fine"
""",
    )
    claims = await shop.host().parse(BOOM)
    assert [claim.crash.root.message for claim in claims] == ["fine"]
    assert shop.events == []


async def test_other_modules_cannot_be_imported(shop: Shop) -> None:
    shop.plugin("greedy", "import socket\n" + finder("greedy"))
    shop.plugin("modest", finder("modest"))
    host = shop.host()
    assert [claim.plugin for claim in await host.parse(BOOM)] == ["modest"]
    infos = {info.id: info for info in host.plugins()}
    assert infos["greedy"].state == "stopped"
    assert "No module named 'socket' (greedy/analyzer.py:1" in infos["greedy"].detail


async def test_only_plugins_whose_literals_are_there_are_asked(shop: Shop) -> None:
    shop.plugin("here", finder("here"))
    shop.plugin("elsewhere", finder("elsewhere"), literals='["never written"]')
    host = shop.host()
    assert [claim.plugin for claim in await host.parse(BOOM)] == ["here"]
    assert await host.parse(Window(("nothing",))) == []
    assert host.literals() == [(b"never written", ("elsewhere",)), (b"BOOM", ("here",))]


async def test_triggers_are_looked_for_where_the_reader_found_some(shop: Shop) -> None:
    shop.plugin("here", finder("here"), literals='["two\\nBOOM"]')
    host = shop.host()
    lines = ("one", "two", "BOOM", "three")
    assert len(await host.parse(Window(lines, (2,)))) == len(await host.parse(Window(lines))) == 1
    assert await host.parse(Window(lines, (0, 3))) == []


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        ({"extra": 0}, {"extra": 1}, "b"),  # the longer span
        ({"extra": 1}, {"extra": 0}, "a"),
        ({"priority": 10}, {"priority": 60}, "b"),  # the higher priority
        ({}, {}, "a"),  # the id
        ({"extra": 2, "priority": 1}, {"extra": 1, "priority": 99}, "a"),
    ],
)
async def test_overlaps_are_settled(shop: Shop, first: dict[str, int], second: dict[str, int], winner: str) -> None:
    for name, how in (("a", dict(first)), ("b", dict(second))):
        shop.plugin(name, finder(name, how.pop("extra", 0)), **how)
    assert [claim.plugin for claim in await shop.host().parse(BOOM)] == [winner]


async def test_source_is_shown_to_those_that_asked(shop: Shop) -> None:
    shop.plugin("open", finder("open"), source="excerpt", priority=60)
    shop.plugin("closed", finder("closed"), source="none")
    host = shop.host()
    (claim,) = await host.parse(BOOM)
    excerpt = Excerpt("a.py", 1, ("x = 1",), 1)
    shown = await host.explain("open", claim.crash, excerpt)
    hidden = await host.explain("closed", claim.crash, excerpt)
    assert shown and "x = 1" in shown.cause
    assert hidden and hidden.cause == "None"
    assert await host.explain("unknown", claim.crash, excerpt) is None


REFINER = """
from dataclasses import replace
class Analyzer:
    def refine(self, crash, finding, excerpt):
        {action}
"""


async def test_findings_are_refined_in_order_of_priority(shop: Shop) -> None:
    shop.plugin("base", finder("base"))
    change = "return replace(finding, cause=finding.cause + '{word}', rule='{name}/better')"
    for name, priority in (("second", 20), ("first", 10), ("third", 30)):
        action = change.format(word=f" {name}", name=name) if name != "third" else "return None"
        shop.plugin(name, REFINER.format(action=action), literals="[]", languages='["python"]', priority=priority)
    shop.plugin("other", REFINER.format(action="raise KeyError"), literals="[]", languages='["go"]')
    host = shop.host()
    (claim,) = await host.parse(BOOM)
    finding = await host.explain("base", claim.crash, None)
    assert finding is not None
    assert (finding.cause, finding.rule) == ("None first second", "second/better")


HANGS_ONCE = """
import _thread
from crashlight_sdk import Cause, Crash

class Analyzer:
    def parse(self, window):
        if "HANG" in window.lines[0]:
            lock = _thread.allocate_lock()
            lock.acquire()
            lock.acquire()
        return [Crash("python", 1, 1, (Cause("Boom", ""),))]
"""


async def test_after_a_kill_the_next_request_is_answered_by_a_new_process(shop: Shop) -> None:
    shop.plugin("moody", HANGS_ONCE)
    shop.plugin("steady", finder("steady"))
    host = shop.host()
    hanging, fine = Window(("HANG", "BOOM")), Window(("", "BOOM"))
    assert [claim.plugin for claim in await host.parse(fine)] == ["moody"]
    assert [claim.plugin for claim in await host.parse(hanging)] == ["steady"]
    assert [event.call for event in shop.events] == ["wall"]
    assert [claim.plugin for claim in await host.parse(fine)] == ["moody"]
    info = {info.id: info for info in host.plugins()}["moody"]
    assert info.state == "ready"
    assert "no answer within" in info.detail


async def test_a_plugin_that_is_killed_too_often_is_not_asked_again(shop: Shop) -> None:
    shop.plugin("moody", HANGS_ONCE, restarts=1)
    host = shop.host(wall_ms=100)
    for _ in range(4):
        await host.parse(Window(("HANG", "BOOM")))
    assert [event.verdict for event in shop.events] == ["killed", "killed"]
    assert {info.id: info.state for info in host.plugins()}["moody"] == "quarantined"


async def test_a_cancelled_request_leaves_nothing_behind(shop: Shop) -> None:
    shop.plugin("moody", HANGS_ONCE)
    host = shop.host()
    await host.parse(Window(("", "BOOM")))
    task = asyncio.create_task(host.parse(Window(("HANG", "BOOM"))))
    await asyncio.sleep(0.05)
    waiting = asyncio.create_task(host.parse(Window(("", "BOOM"))))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # The one behind it is answered, by a new process once the deadline of the cancelled one is over.
    assert [claim.plugin for claim in await waiting] == ["moody"]


async def test_many_requests_at_once(shop: Shop) -> None:
    shop.plugin("steady", finder("steady"))
    host = shop.host()
    answers = await asyncio.gather(*(host.parse(Window((f"{n}", "BOOM"))) for n in range(200)))
    assert all(len(claims) == 1 for claims in answers)


async def test_large_windows_go_through_and_come_back(shop: Shop) -> None:
    shop.plugin("echo", finder("echo", message="'\\n'.join(window.lines)[:60000]"))
    window = Window(("BOOM", *["x" * 16_000] * 64))
    claims = await shop.host().parse(window)
    assert len(claims[0].crash.root.message) == 60_000


async def test_text_that_is_no_unicode_is_sent_all_the_same(shop: Shop) -> None:
    shop.plugin("echo", finder("echo", message="window.lines[1]"))
    claims = await shop.host().parse(Window(("BOOM", "a\ud800b\udfff", "\U0001f4a5")))
    assert claims[0].crash.root.message == "a\ufffdb\ufffd"


async def test_built_in_plugins_run_at_the_level_that_there_is(shop: Shop) -> None:
    shop.plugin("steady", finder("steady"))
    for level in ("full", "seccomp", "process"):
        machine = survey().at_most(level)  # type: ignore[arg-type]
        host = shop.host(machine)
        assert len(await host.parse(BOOM)) == 1
        assert {info.level for info in host.plugins()} == {machine.level}


async def test_a_machine_without_poll_is_served_by_threads(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crashlight.adapters.plugins.worker.CAN_POLL", False)
    shop.plugin("moody", HANGS_ONCE)
    shop.plugin("greedy", finder("greedy", message="'x' * (8 << 20)"))
    shop.plugin("steady", finder("steady", message="'x' * 50_000"))
    host = shop.host(survey().at_most("process"), wall_ms=300)
    large = Window(("", "BOOM", *["y" * 16_000] * 20))
    assert {claim.plugin for claim in await host.parse(large)} == {"moody"}
    assert [claim.plugin for claim in await host.parse(Window(("HANG", "BOOM")))] == ["steady"]
    assert {event.call for event in shop.events} == {"wall", "output"}
    assert {claim.plugin for claim in await host.parse(large)} == {"moody"}


async def test_nothing_runs_when_the_lock_is_not_what_it_should_be(shop: Shop) -> None:
    from dataclasses import replace

    shop.plugin("steady", finder("steady"))
    host = shop.host(replace(survey(), landlock=99))
    assert await host.parse(BOOM) == []
    (info,) = host.plugins()
    assert "could not be proven" in info.detail


async def test_a_worker_that_is_killed_between_requests_is_replaced(shop: Shop) -> None:
    import os
    import signal

    shop.plugin("steady", finder("steady"))
    host = shop.host()
    await host.parse(BOOM)
    process = host._plugins["steady"].worker._process
    assert process is not None
    os.kill(process.confined.pid, signal.SIGKILL)
    for _ in range(2):  # the first may still be asked of the dying one
        claims = await host.parse(BOOM)
    assert len(claims) == 1


async def test_a_worker_that_grew_old_is_replaced(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crashlight.adapters.plugins.worker.MOST_REQUESTS", 2)
    shop.plugin("steady", finder("steady"))
    host = shop.host()
    pids: Callable[[], int] = lambda: host._plugins["steady"].worker._process.confined.pid  # noqa: E731
    seen = []
    for _ in range(5):
        assert len(await host.parse(BOOM)) == 1
        seen.append(pids())
    assert len(set(seen)) == 3


async def test_closing_twice_and_without_a_start(shop: Shop) -> None:
    shop.plugin("steady", finder("steady"))
    host = shop.host()
    await host.close()
    host.plugins()
    await host.close()
    await host.parse(BOOM)
    await host.close()
    await host.close()
