"""Analyzers in restricted processes, as the core sees them: ``ports.PluginHost``.

Built-in plugins share one worker; each third-party plugin has its own. A plugin that fails loses its own
answers only, and ``plugins()`` says so.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from crashlight.adapters.plugins import checks
from crashlight.adapters.plugins.approvals import Approvals
from crashlight.adapters.plugins.canary import Canary
from crashlight.adapters.plugins.events import Events
from crashlight.adapters.plugins.manifest import Source
from crashlight.adapters.plugins.roster import Plugin, Roster, refiners
from crashlight.adapters.plugins.worker import Failure, Reply, Unavailable, Worker
from crashlight.adapters.sandbox.audit import Attempt
from crashlight.adapters.sandbox.machine import Machine, survey
from crashlight.ports import Claim, PluginInfo, SecurityEvent
from crashlight.settings.paths import shipped
from crashlight.settings.schema import PluginSettings
from crashlight_sdk import Crash, Excerpt, Finding, Window

log = logging.getLogger(__name__)


class WorkerHost:
    """``on_event`` is told of everything that was denied, refused or killed; it may be called from any thread.

    ``builtin`` is the folder of the built-in plugins, and ``machine`` what is expected of the sandbox;
    both have their usual values where they are None.
    """

    def __init__(
        self,
        settings: PluginSettings,
        on_event: Callable[[SecurityEvent], None] = lambda event: None,
        *,
        builtin: Path | None = None,
        machine: Machine | None = None,
    ) -> None:
        self._settings = settings
        self._builtin = builtin
        self._machine = machine or survey()
        self._approvals = Approvals()
        self._events = Events(on_event)
        self._canary = Canary()

    def plugins(self) -> tuple[PluginInfo, ...]:
        """All plugins, by id; the first call reads their manifests, and starts nothing."""
        known = [plugin.info(self._machine.level) for plugin in self._plugins.values()]
        return tuple(sorted([*known, *self._roster.unreadable], key=lambda info: info.id))

    def literals(self) -> list[tuple[bytes, tuple[str, ...]]]:
        """Every trigger with the plugins that asked for it; starts no process."""
        found: dict[bytes, list[str]] = {}
        for plugin in self._plugins.values():
            for literal in plugin.source.literals:
                found.setdefault(literal, []).append(plugin.id)
        return [(literal, tuple(ids)) for literal, ids in found.items()]

    def warm(self) -> None:
        """Start the worker of the built-in plugins in the background, so that the first crash need not wait."""
        for plugin in self._plugins.values():
            if plugin.source.builtin:
                plugin.worker.warm()
                return

    async def parse(self, window: Window) -> list[Claim]:
        """What all plugins whose literals stand in the window find in it, overlaps settled, in order of lines."""
        text = self._around_triggers(window)
        chosen = [
            plugin
            for plugin in self._plugins.values()
            if plugin.health.state == "ready" and any(literal in text for literal in plugin.literals)
        ]
        if not chosen:
            return []
        request = msgspec.Raw(_encode(window))
        answers = await asyncio.gather(*(self._parse(plugin, window, request) for plugin in chosen))
        return _settle(
            (plugin.priority, Claim(plugin.id, crash))
            for plugin, crashes in zip(chosen, answers, strict=True)
            for crash in crashes
        )

    async def explain(self, plugin: str, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        """The finding of the plugin that claimed the crash, refined by those that refine its language."""
        owner = self._plugins.get(plugin)
        finding = await self._conclude(owner, "explain", crash, excerpt) if owner else None
        for refiner in refiners(self._plugins.values(), crash.language):
            refined = await self._conclude(refiner, "refine", crash, excerpt, {"finding": finding})
            finding = refined or finding
        return finding

    async def close(self) -> None:
        """End all workers."""
        if "_roster" in self.__dict__:
            workers = {id(plugin.worker): plugin.worker for plugin in self._plugins.values()}
            await asyncio.gather(*(asyncio.to_thread(worker.close) for worker in workers.values()))

    def _around_triggers(self, window: Window) -> str:
        """The text in which all triggers of a window lie: the lines where one ends, and as many before as one spans."""
        numbers = {hit - before for hit in window.hits for before in range(self._trigger_lines)}
        lines = [window.lines[number] for number in sorted(numbers) if 0 <= number < len(window.lines)]
        # A literal may begin with the line break in front of the first line.
        return "\n" + "\n".join(lines if window.hits else window.lines)

    @cached_property
    def _trigger_lines(self) -> int:
        literals = (literal for plugin in self._plugins.values() for literal in plugin.literals)
        return 1 + max((literal.count("\n") for literal in literals), default=0)

    @property
    def _plugins(self) -> dict[str, Plugin]:
        return self._roster.plugins

    @cached_property
    def _roster(self) -> Roster:
        roster = Roster(self._settings, self._machine, self._make_worker)
        roster.add_builtin(self._builtin or shipped("builtin"))
        book = self._approvals.read()
        if book.approvals:
            roster.add_allowed(book)
            with suppress(OSError):
                self._canary.place()
        return roster

    def _make_worker(self, name: str, sources: Mapping[str, Source], memory_mb: int) -> Worker:
        return Worker(
            name,
            sources,
            memory_mb=memory_mb,
            machine=self._machine,
            on_attempt=self._on_attempt,
            on_idle_failure=self._on_idle_failure,
        )

    async def _parse(self, plugin: Plugin, window: Window, request: msgspec.Raw) -> list[Crash]:
        answer = await self._ask(plugin, "parse", {"window": request}, list[Crash])
        if answer is None:
            return []
        checked = checks.crashes(answer, window)
        self._refuse(plugin, "parse", checked.refused)
        return checked.crashes

    async def _conclude(
        self,
        plugin: Plugin,
        operation: str,
        crash: Crash,
        excerpt: Excerpt | None,
        more: Mapping[str, Finding | None] | None = None,
    ) -> Finding | None:
        """What one plugin says of a crash; source is shown to those that asked for it."""
        shown = excerpt if plugin.source.manifest.permissions.source == "excerpt" else None
        body = {"crash": crash, "excerpt": shown, **(more or {})}
        answer = await self._ask(plugin, operation, body, Finding | None)
        if answer is None:
            return None
        try:
            finding, refused = checks.finding(answer, crash, shown)
        except checks.Refused as reason:
            self._refuse(plugin, operation, [str(reason)])
            return None
        self._refuse(plugin, operation, refused)
        return finding

    async def _ask(self, plugin: Plugin, operation: str, body: Mapping[str, Any], kind: Any) -> Any:
        """A typed answer that is not yet checked against the request; None when there is none to be had."""
        health = plugin.health
        pause = health.pause_s() if plugin.source.builtin else max(health.pause_s(), health.rate_pause_s())
        if pause:
            await asyncio.sleep(pause)
        if health.state != "ready":
            return None
        request = _encode({"op": operation, "plugin": plugin.id, **body})
        try:
            budget = plugin.budget.for_request(len(request))
            reply = await asyncio.wrap_future(plugin.worker.submit(plugin.source, operation, request, budget))
            if self._canary.is_in(reply.body):
                self._on_canary(plugin, operation, reply)
                return None
            return checks.decode(reply.body, kind)
        except Unavailable as error:
            health.failed(str(error))
        except Failure as failure:
            self._on_failure(plugin, failure)
        except checks.RaisedInside as error:
            health.failed(f"raised in {operation}: {error}")
            log.warning("plugin %s raised in %s: %s", plugin.id, operation, error)
        except checks.Refused as error:
            self._refuse(plugin, operation, [str(error)])
        return None

    def _refuse(self, plugin: Plugin, phase: str, reasons: Sequence[str]) -> None:
        for reason in reasons:
            plugin.health.failed(f"an answer was refused: {reason}")
            self._event(plugin, phase, "answer", severity="mild", verdict="refused", detail=reason)

    def _on_failure(self, plugin: Plugin, failure: Failure) -> None:
        """A request was cut short, or code could not be loaded."""
        if not failure.killed:
            plugin.health.end("stopped", f"could not be loaded: {failure.detail}")
            log.warning("plugin %s could not be loaded: %s", plugin.id, failure.detail)
            return
        about = {"pid": failure.pid, "severity": "severe", "verdict": "killed", "detail": failure.detail}
        self._event(plugin, failure.phase, failure.call, **about)
        if plugin.health.state == "ready" and plugin.health.killed(f"{failure.detail} (in {failure.phase})"):
            self._quarantine(plugin, plugin.health.detail)

    def _on_canary(self, plugin: Plugin, phase: str, reply: Reply) -> None:
        """It said what it cannot know."""
        reason = "its answer held a secret of this server, so it got out of its sandbox"
        self._event(plugin, phase, "canary", pid=reply.pid, severity="severe", verdict="killed", detail=reason)
        self._quarantine(plugin, reason)
        if not plugin.source.builtin:
            plugin.worker.close()

    def _on_attempt(self, plugin_id: str, pid: int, phase: str, attempt: Attempt) -> None:
        plugin = self._plugins.get(plugin_id)
        if plugin is None:
            return
        self._event(plugin, phase, attempt.call, pid=pid, severity=attempt.severity, verdict="denied")
        if attempt.severity == "severe":
            self._quarantine(plugin, f"it called {attempt.call} in {phase}, which no analyzer needs")

    def _on_idle_failure(self, plugin_id: str, failure: Failure) -> None:
        plugin = self._plugins.get(plugin_id)
        if plugin is not None:
            self._on_failure(plugin, failure)

    def _quarantine(self, plugin: Plugin, reason: str) -> None:
        """Not asked again: third-party code until the user resets it, built-in code in this run."""
        plugin.health.end("quarantined", reason)
        if not plugin.source.builtin:
            try:
                self._approvals.quarantine(plugin.id, plugin.digest(), reason)
            except OSError as error:
                log.error("the quarantine of %s could not be written down: %s", plugin.id, error)

    def _event(self, plugin: Plugin, phase: str, call: str, **more: Any) -> None:
        fields = {"pid": 0, **more}
        event = SecurityEvent(
            time=time.time(), plugin=plugin.id, digest=plugin.digest(), phase=phase, call=call, **fields
        )
        self._events.add(event)


def _settle(claims: Iterable[tuple[int, Claim]]) -> list[Claim]:
    """Where two plugins claim a line, the longer span wins, then the higher priority, then the id."""

    def rank(entry: tuple[int, Claim]) -> tuple[int, int, str]:
        priority, claim = entry
        return claim.crash.first_line - claim.crash.last_line, -priority, claim.plugin

    kept: list[Claim] = []
    for _, claim in sorted(claims, key=rank):
        crash = claim.crash
        if all(crash.last_line < other.crash.first_line or other.crash.last_line < crash.first_line for other in kept):
            kept.append(claim)
    return sorted(kept, key=lambda claim: claim.crash.first_line)


def _encode(value: Any) -> bytes:
    """JSON; text that is no Unicode, as half a surrogate pair, is replaced character for character."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_scrub(msgspec.to_builtins(value)))


def _scrub(value: Any) -> Any:
    if isinstance(value, str):
        return "".join("\N{REPLACEMENT CHARACTER}" if "\ud800" <= char <= "\udfff" else char for char in value)
    if isinstance(value, dict):
        return {key: _scrub(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_scrub(item) for item in value]
    return value
