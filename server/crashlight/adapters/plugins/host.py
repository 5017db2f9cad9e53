"""Analyzers in restricted processes, as the core sees them: ``ports.PluginHost``.

Built-in plugins share one worker; each third-party plugin has its own. A plugin that fails loses its own
answers only, and ``plugins()`` says so.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from crashlight.adapters.plugins import checks
from crashlight.adapters.plugins.channel import Budget
from crashlight.adapters.plugins.health import Health
from crashlight.adapters.plugins.manifest import PluginError, Source, digest, read_manifest
from crashlight.adapters.plugins.worker import Failure, Unavailable, Worker
from crashlight.adapters.sandbox.audit import Attempt
from crashlight.adapters.sandbox.machine import Machine, survey
from crashlight.ports import Claim, PluginInfo, SecurityEvent
from crashlight.settings.paths import shipped
from crashlight.settings.schema import PluginSettings
from crashlight_sdk import Crash, Excerpt, Finding, Window

log = logging.getLogger(__name__)

OnEvent = Callable[[SecurityEvent], None]


@dataclass(slots=True)
class _Plugin:
    source: Source
    worker: Worker
    health: Health
    budget: Budget
    texts: tuple[str, ...]
    digest: str = ""

    def fingerprint(self) -> str:
        """The digest of its code, computed when it is first needed."""
        if not self.digest:
            self.digest = digest(self.source.files())
        return self.digest


class WorkerHost:
    """``on_event`` is told of everything that was denied, refused or killed; it may be called from any thread."""

    def __init__(
        self,
        settings: PluginSettings,
        on_event: OnEvent = lambda event: None,
        *,
        builtin: Path | None = None,
        machine: Machine | None = None,
    ) -> None:
        self._settings = settings
        self._on_event = on_event
        self._builtin = builtin
        self._machine = machine or survey()
        self._unreadable: list[PluginInfo] = []

    def plugins(self) -> tuple[PluginInfo, ...]:
        """All plugins, by id; the first call reads their manifests, and starts nothing."""
        known = [self._info(plugin) for plugin in self._plugins.values()]
        return tuple(sorted([*known, *self._unreadable], key=lambda info: info.id))

    def literals(self) -> list[tuple[bytes, tuple[str, ...]]]:
        """Every trigger with the plugins that asked for it; starts no process."""
        found: dict[bytes, list[str]] = {}
        for plugin in self._plugins.values():
            for literal in plugin.source.literals:
                found.setdefault(literal, []).append(plugin.source.id)
        return [(literal, tuple(ids)) for literal, ids in found.items()]

    def warm(self) -> None:
        """Start the worker of the built-in plugins in the background, so that the first crash need not wait."""
        for plugin in self._plugins.values():
            if plugin.source.builtin:
                plugin.worker.warm()
                return

    async def parse(self, window: Window) -> list[Claim]:
        """What all plugins whose literals stand in the window find in it, overlaps settled, in order of lines."""
        text = "\n".join(window.lines)
        chosen = [
            plugin
            for plugin in self._plugins.values()
            if plugin.health.state == "ready" and any(literal in text for literal in plugin.texts)
        ]
        if not chosen:
            return []
        request = msgspec.Raw(_encode(window))
        answers = await asyncio.gather(*(self._parse(plugin, window, request) for plugin in chosen))
        return _settle(
            (plugin.source.manifest.plugin.priority, Claim(plugin.source.id, crash))
            for plugin, crashes in zip(chosen, answers, strict=True)
            for crash in crashes
        )

    async def explain(self, plugin: str, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        """The finding of the plugin that claimed the crash, refined by those that refine its language."""
        owner = self._plugins.get(plugin)
        finding = await self._explain(owner, crash, excerpt) if owner else None
        for refiner in self._refiners(crash.language):
            finding = await self._refine(refiner, crash, finding, excerpt) or finding
        return finding

    async def close(self) -> None:
        """End all workers."""
        if "_plugins" in self.__dict__:
            workers = {id(plugin.worker): plugin.worker for plugin in self._plugins.values()}
            await asyncio.gather(*(asyncio.to_thread(worker.close) for worker in workers.values()))

    @cached_property
    def _plugins(self) -> dict[str, _Plugin]:
        sources: dict[str, Source] = {}
        folder = self._builtin or shipped("builtin")
        for path in sorted(folder.iterdir()):
            if (path / "plugin.toml").is_file():
                try:
                    source = read_manifest(path, builtin=True)
                except PluginError as error:
                    log.error("%s", error)
                    self._unreadable.append(_unreadable(path.name, str(error)))
                else:
                    sources[source.id] = source
        memory = self._settings.memory_mb
        worker = Worker(
            "builtin",
            sources,
            memory_mb=memory,
            machine=self._machine,
            on_attempt=self._on_attempt,
            on_idle_failure=self._on_idle_failure,
        )
        return {id_: self._plugin(source, worker) for id_, source in sources.items()}

    def _plugin(self, source: Source, worker: Worker) -> _Plugin:
        limits = source.manifest.limits
        budget = Budget(
            wall_s=min(limits.wall_ms, self._settings.wall_ms) / 1000,
            cpu_s=min(limits.cpu_ms, self._settings.wall_ms) / 1000,
            output=limits.output_kb << 10,
        )
        return _Plugin(source, worker, Health(limits), budget, tuple(source.manifest.triggers.literals))

    def _refiners(self, language: str) -> list[_Plugin]:
        """Those that refine a language, the one with the highest priority last, so that its word stands."""
        found = [
            plugin
            for plugin in self._plugins.values()
            if language in plugin.source.manifest.triggers.languages and plugin.health.state == "ready"
        ]
        return sorted(found, key=lambda plugin: (plugin.source.manifest.plugin.priority, plugin.source.id))

    async def _parse(self, plugin: _Plugin, window: Window, request: msgspec.Raw) -> list[Crash]:
        answer = await self._ask(plugin, "parse", {"window": request}, list[Crash])
        if answer is None:
            return []
        checked = checks.crashes(answer, window)
        self._refuse(plugin, "parse", checked.refused)
        return checked.crashes

    async def _explain(self, plugin: _Plugin, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        shown = self._permitted(plugin, excerpt)
        answer = await self._ask(plugin, "explain", {"crash": crash, "excerpt": shown}, Finding | None)
        return self._finding(plugin, "explain", answer, crash, shown)

    async def _refine(
        self, plugin: _Plugin, crash: Crash, finding: Finding | None, excerpt: Excerpt | None
    ) -> Finding | None:
        shown = self._permitted(plugin, excerpt)
        body = {"crash": crash, "finding": finding, "excerpt": shown}
        answer = await self._ask(plugin, "refine", body, Finding | None)
        return self._finding(plugin, "refine", answer, crash, shown)

    def _permitted(self, plugin: _Plugin, excerpt: Excerpt | None) -> Excerpt | None:
        """Source is shown to those that asked for it."""
        return excerpt if plugin.source.manifest.permissions.source == "excerpt" else None

    def _finding(
        self, plugin: _Plugin, phase: str, answer: Finding | None, crash: Crash, excerpt: Excerpt | None
    ) -> Finding | None:
        if answer is None:
            return None
        try:
            finding, refused = checks.finding(answer, crash, excerpt)
        except checks.Refused as reason:
            self._refuse(plugin, phase, [str(reason)])
            return None
        self._refuse(plugin, phase, refused)
        return finding

    async def _ask(self, plugin: _Plugin, operation: str, body: dict[str, Any], kind: Any) -> Any:
        """A typed answer that is not yet checked against the request; None when there is none to be had."""
        health = plugin.health
        if health.state != "ready":
            return None
        pause = health.pause_s()
        if not plugin.source.builtin:
            pause = max(pause, health.rate_pause_s())
        if pause:
            await asyncio.sleep(pause)
        request = _encode({"op": operation, "plugin": plugin.source.id, **body})
        try:
            reply = await asyncio.wrap_future(plugin.worker.submit(plugin.source, operation, request, plugin.budget))
            return checks.decode(reply.body, kind)
        except Unavailable as error:
            health.failed(str(error))
        except Failure as failure:
            self._failed(plugin, failure)
        except checks.RaisedInside as error:
            health.failed(f"raised in {operation}: {error}")
            log.warning("plugin %s raised in %s: %s", plugin.source.id, operation, error)
        except checks.Refused as error:
            self._refuse(plugin, operation, [str(error)])
        return None

    def _failed(self, plugin: _Plugin, failure: Failure) -> None:
        """A request that was cut short, or code that could not be loaded."""
        if not failure.killed:
            plugin.health.end("stopped", f"could not be loaded: {failure.detail}")
            log.warning("plugin %s could not be loaded: %s", plugin.source.id, failure.detail)
            return
        plugin.health.killed(f"{failure.detail} (in {failure.phase})")
        about = {"pid": failure.pid, "severity": "severe", "verdict": "killed", "detail": failure.detail}
        self._event(plugin, failure.phase, failure.call, **about)

    def _refuse(self, plugin: _Plugin, phase: str, reasons: Sequence[str]) -> None:
        for reason in reasons:
            plugin.health.failed(f"an answer was refused: {reason}")
            self._event(plugin, phase, "answer", pid=0, severity="mild", verdict="refused", detail=reason)

    def _on_attempt(self, plugin_id: str, pid: int, phase: str, attempt: Attempt) -> None:
        plugin = self._plugins.get(plugin_id)
        if plugin is not None:
            self._event(plugin, phase, attempt.call, pid=pid, severity=attempt.severity, verdict="denied")

    def _on_idle_failure(self, plugin_id: str, failure: Failure) -> None:
        plugin = self._plugins.get(plugin_id)
        if plugin is not None:
            self._failed(plugin, failure)

    def _event(self, plugin: _Plugin, phase: str, call: str, **more: Any) -> None:
        event = SecurityEvent(
            time=time.time(), plugin=plugin.source.id, digest=plugin.fingerprint(), phase=phase, call=call, **more
        )
        log.warning("plugin %s, %s: %s %s %s", event.plugin, phase, call, event.verdict, event.detail)
        self._on_event(event)

    def _info(self, plugin: _Plugin) -> PluginInfo:
        manifest = plugin.source.manifest
        return PluginInfo(
            id=plugin.source.id,
            version=manifest.plugin.version,
            builtin=plugin.source.builtin,
            state=plugin.health.state,
            level=plugin.worker.level or self._machine.level,
            detail=plugin.health.detail,
            priority=manifest.plugin.priority,
            literals=plugin.source.literals,
            permissions={"source": manifest.permissions.source},
        )


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
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {key: _scrub(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_scrub(item) for item in value]
    return value


def _unreadable(name: str, reason: str) -> PluginInfo:
    return PluginInfo(name, "", True, "refused", "none", reason, 0, ())
