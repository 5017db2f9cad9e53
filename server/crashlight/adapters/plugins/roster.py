"""All plugins that there are, built-in and allowed, each with its worker and what it may do now."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crashlight.adapters.plugins.approvals import Approval, Book
from crashlight.adapters.plugins.channel import Budget
from crashlight.adapters.plugins.health import Health, State
from crashlight.adapters.plugins.manifest import PluginError, Source, read_manifest
from crashlight.adapters.plugins.worker import Worker
from crashlight.adapters.sandbox.machine import Machine
from crashlight.adapters.sandbox.profiles import LEVELS
from crashlight.ports import PluginInfo
from crashlight.settings.schema import PluginSettings

log = logging.getLogger(__name__)

MakeWorker = Callable[[str, Mapping[str, Source], int], Worker]  # name, plugins, memory in MiB


@dataclass(slots=True)
class Plugin:
    """One plugin, ready to be asked or not."""

    source: Source
    worker: Worker
    health: Health
    budget: Budget
    literals: tuple[str, ...]
    known_digest: str = ""

    @property
    def id(self) -> str:
        """Its id."""
        return self.source.id

    @property
    def priority(self) -> int:
        """The higher one wins."""
        return self.source.manifest.plugin.priority

    def digest(self) -> str:
        """The digest of its code, computed when it is first needed."""
        if not self.known_digest:
            self.known_digest = self.source.digest()
        return self.known_digest

    def info(self, expected_level: str) -> PluginInfo:
        """The plugin as the core sees it."""
        return PluginInfo(
            id=self.id,
            version=self.source.manifest.plugin.version,
            builtin=self.source.builtin,
            state=self.health.state,
            level=self.worker.level or expected_level,
            detail=self.health.detail,
            priority=self.priority,
            literals=self.source.literals,
            permissions=permissions(self.source),
        )


class Roster:
    """Read once. ``plugins`` by id; ``unreadable`` are those whose manifest is wrong."""

    def __init__(self, settings: PluginSettings, machine: Machine, make_worker: MakeWorker) -> None:
        self.plugins: dict[str, Plugin] = {}
        self.unreadable: list[PluginInfo] = []
        self._settings = settings
        self._machine = machine
        self._make_worker = make_worker

    def add_builtin(self, folder: Path) -> None:
        """The plugins of ``folder``, which share one worker."""
        sources: dict[str, Source] = {}
        for path in sorted(folder.iterdir()):
            if (path / "plugin.toml").is_file() and (source := self._read(path, path.name, builtin=True)):
                sources[source.id] = source
                assert not source.is_native, "built-in plugins share one strict worker"
        worker = self._make_worker("builtin", sources, self._settings.memory_mb)
        for source in sources.values():
            self.plugins[source.id] = self._plugin(source, worker)

    def add_allowed(self, book: Book) -> None:
        """The plugins that the user allowed, each with a worker of its own."""
        for plugin_id, approval in sorted(book.approvals.items()):
            source = self._read(Path(approval.folder), plugin_id, builtin=False)
            if source is None or plugin_id in self.plugins:
                continue
            memory = min(source.manifest.limits.memory_mb, self._settings.memory_mb)
            plugin = self._plugin(source, self._make_worker(plugin_id, {source.id: source}, memory))
            state, reason = self._verdict(plugin, approval, book)
            plugin.health.end(state, reason)
            self.plugins[plugin_id] = plugin

    def _verdict(self, plugin: Plugin, approval: Approval, book: Book) -> tuple[State, str]:
        """Whether an allowed plugin may run, and why not."""
        try:
            found = plugin.digest()
        except PluginError as error:
            return "refused", str(error)
        if quarantined := book.quarantine.get(found):
            return "quarantined", f"{quarantined.reason}; 'crashlight plugins reset {plugin.id}' tries it again"
        if found != approval.digest:
            return (
                "off",
                f"it changed since you allowed it; 'crashlight plugins allow {plugin.id}' shows what it asks for",
            )
        return may_run(plugin.source, self._settings, self._machine)

    def _read(self, folder: Path, name: str, *, builtin: bool) -> Source | None:
        try:
            return read_manifest(folder, builtin=builtin)
        except PluginError as error:
            log.error("%s", error)
            self.unreadable.append(PluginInfo(name, "", builtin, "refused", "none", str(error), 0, ()))
            return None

    def _plugin(self, source: Source, worker: Worker) -> Plugin:
        limits = source.manifest.limits
        budget = Budget(
            wall_s=min(limits.wall_ms, self._settings.wall_ms) / 1000,
            cpu_s=min(limits.cpu_ms, self._settings.wall_ms) / 1000,
            output=limits.output_kb << 10,
        )
        return Plugin(source, worker, Health(limits), budget, tuple(source.manifest.triggers.literals))


def may_run(source: Source, settings: PluginSettings, machine: Machine) -> tuple[State, str]:
    """Whether this machine's sandbox is good enough for a third-party plugin."""
    wanted = settings.minimum_level
    if LEVELS.index(machine.level) > LEVELS.index(wanted):
        return "refused", (
            f"this machine's sandbox reaches the level '{machine.level}', and your setting "
            f"plugins.minimum_level asks for '{wanted}'"
        )
    if source.is_native and machine.level != "full":
        return "refused", "its C extensions are read from files, which only the level 'full' can hold to their folder"
    return "ready", ""


def permissions(source: Source) -> dict[str, str]:
    """What a plugin asks for."""
    return {"source": source.manifest.permissions.source, "profile": source.manifest.plugin.profile}


def refiners(plugins: Iterable[Plugin], language: str) -> list[Plugin]:
    """Those that refine a language, the one with the highest priority last, so that its word stands."""
    found = [
        plugin
        for plugin in plugins
        if language in plugin.source.manifest.triggers.languages and plugin.health.state == "ready"
    ]
    return sorted(found, key=lambda plugin: (plugin.priority, plugin.id))
