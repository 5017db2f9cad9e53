"""The composition root: the only place that joins adapters to ports.

Every part is made at its first use, so that a command pays for what it needs: ``scan`` starts no
database and loads no model, and the language server starts none before a crash was found.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from crashlight.domain import Check, Culprit, Diagnosis, Occurrence, SourcePlace
from crashlight.domain.diagnosis import Report
from crashlight.ports import Files, Model, PluginHost, Scanner, SecurityEvent, Store, Watcher
from crashlight.settings import Settings
from crashlight_sdk import Crash

if TYPE_CHECKING:
    from crashlight.diagnosis import Diagnostician
    from crashlight.logs import LogReader
    from crashlight.sources import Sources

OnUnreadable = Callable[[str, OSError], None]
OnProgress = Callable[[int, int], None]  # done, all


class App:
    """All parts of Crashlight for one set of workspace folders.

    ``files`` lets the language server put the text of open documents in front of the disk.
    """

    def __init__(self, settings: Settings, roots: Sequence[Path] = (), files: Files | None = None) -> None:
        self.settings = settings
        self.roots = tuple(root.resolve() for root in roots)
        self._files = files
        self._closers: list[Callable[[], Awaitable[None]]] = []

    @cached_property
    def files(self) -> Files:
        """The file system."""
        from crashlight.adapters.files import LocalFiles

        return self._files or LocalFiles()

    @cached_property
    def host(self) -> PluginHost:
        """The analyzers, in their restricted process."""
        from crashlight.adapters.plugins import WorkerHost

        host = WorkerHost(self.settings.plugins, self._on_security_event)
        self._closers.append(host.close)
        return host

    @cached_property
    def scanner(self) -> Scanner:
        """One automaton of all triggers."""
        from crashlight.adapters.scan import HyperscanScanner

        return HyperscanScanner([literal for plugin in self.host.plugins() for literal in plugin.literals])

    @cached_property
    def reader(self) -> "LogReader":
        """Logs to occurrences."""
        # The worker starts while our own start goes on.
        self.host.warm()
        from crashlight.logs import LogReader

        return LogReader(self.scanner, self.host)

    @cached_property
    def sources(self) -> "Sources":
        """Frames to places, intents to edits."""
        from crashlight.sources import Sources

        return Sources(self.files, self.settings.sources, self.roots)

    @cached_property
    def model(self) -> Model | None:
        """The language model; None when the user switched it off."""
        if not self.settings.model.enabled:
            return None
        from crashlight.adapters.llama import LlamaModel

        model = LlamaModel(self.settings.model)
        self._closers.append(model.close)
        return model

    @cached_property
    def store(self) -> Store:
        """What is remembered, in PostgreSQL behind a journal."""
        from crashlight.adapters.postgres import PostgresStore

        store = PostgresStore(self.settings.database, self.settings.feedback)
        self._closers.append(store.close)
        return store

    @cached_property
    def watcher(self) -> Watcher:
        """What changes in the workspace."""
        from crashlight.adapters.watch import FolderWatcher

        return FolderWatcher()

    def diagnostician(self, *, use_model: bool, use_store: bool) -> "Diagnostician":
        """Occurrences to diagnoses, with only the parts that the caller wants to pay for."""
        from crashlight.diagnosis import Diagnostician

        return Diagnostician(
            self.host,
            self.sources,
            self.model if use_model else None,
            self.store if use_store else None,
            experiments=self.settings.feedback.experiments,
        )

    async def read_text(self, text: str, name: str) -> list[Occurrence]:
        """Every crash in the text of an open document."""
        from crashlight.adapters.files import MemoryFile

        file = MemoryFile(text.encode("utf-8", "surrogatepass"))
        return [occurrence async for occurrence in self.reader.read(file, name)]

    async def locate(self, line: str) -> SourcePlace | None:
        """The place in the workspace that one pasted line of a stack trace leads to."""
        return await asyncio.to_thread(self.sources.locate, line)

    async def occurrences(self, paths: Sequence[Path], on_unreadable: OnUnreadable) -> AsyncIterator[Occurrence]:
        """Every crash in these files and folders, in file order, attributed to the workspace.

        Raises FileNotFoundError when nothing at all could be read.
        """
        read_any = False
        for path in self._expand(paths, on_unreadable):
            try:
                file = self.files.open(path)
            except OSError as error:
                on_unreadable(str(path), error)
                continue
            read_any = True
            try:
                async for occurrence in self.reader.read(file, str(path)):
                    yield self.sources.attribute(occurrence)
            except OSError as error:
                on_unreadable(str(path), error)
            finally:
                file.close()
        if not read_any:
            raise FileNotFoundError("nothing could be read")

    async def scan(
        self,
        paths: Sequence[Path],
        *,
        use_model: bool,
        on_unreadable: OnUnreadable,
        on_progress: OnProgress = lambda done, all_: None,
    ) -> list[Report]:
        """Every crash with its diagnosis and the size of its group in this run, in file order."""
        occurrences = [occurrence async for occurrence in self.occurrences(paths, on_unreadable)]
        if not occurrences:
            return []  # what explains crashes is not even imported
        diagnostician = self.diagnostician(use_model=use_model, use_store=False)
        counts: dict[str, int] = {}
        for occurrence in occurrences:
            counts[occurrence.fingerprint.key] = counts.get(occurrence.fingerprint.key, 0) + 1
        reports = []
        known: dict[tuple[str, Crash, Culprit | None], Diagnosis] = {}  # the same words have the same explanation
        for index, occurrence in enumerate(occurrences):
            on_progress(index, len(occurrences))
            words = (occurrence.plugin, occurrence.crash, occurrence.culprit)
            diagnosis = known.get(words)
            if diagnosis is None:
                diagnosis = await diagnostician.at_once(occurrence)
                if use_model and diagnosis.pending:
                    diagnosis = await diagnostician.closer(occurrence, diagnosis)
                known[words] = diagnosis
            reports.append(Report(occurrence, diagnosis, counts[occurrence.fingerprint.key]))
        on_progress(len(occurrences), len(occurrences))
        return reports

    async def checks(self) -> list[Check]:
        """The health of every part, for ``doctor`` and the status."""
        checks = [await asyncio.to_thread(lambda: self._sandbox), _check_plugins(self.host)]
        checks.extend(self.store.checks())
        checks.append(
            self.model.check()
            if self.model
            else Check("model", "degraded", "switched off by the setting model.enabled")
        )
        checks.append(self.watcher.check())
        return checks

    @cached_property
    def _sandbox(self) -> Check:
        # The probe starts a process; the level that a machine reaches does not change while we run.
        from crashlight.adapters.sandbox import check

        return check()

    async def close(self) -> None:
        """Stop every part that was started, the last one first."""
        while self._closers:
            await self._closers.pop()()

    def _expand(self, paths: Sequence[Path], on_unreadable: OnUnreadable) -> Iterator[Path]:
        for path in paths:
            if path.is_dir():
                try:
                    yield from self.files.walk(path)
                except OSError as error:
                    on_unreadable(str(path), error)
            else:
                yield path

    def _on_security_event(self, event: SecurityEvent) -> None:
        # A scan has no store and must not start one; the server's store takes the event.
        if "store" in self.__dict__:
            self.store.record_security(event)


def _check_plugins(host: PluginHost) -> Check:
    plugins = host.plugins()
    failed = [plugin for plugin in plugins if plugin.state in {"stopped", "quarantined", "refused"}]
    if not failed:
        return Check("plugins", "ok", f"{sum(plugin.state == 'ready' for plugin in plugins)} analyzers are ready")
    reasons = "; ".join(f"{plugin.id} is {plugin.state}: {plugin.detail}" for plugin in failed)
    return Check("plugins", "degraded", reasons, "Run: crashlight plugins audit, then crashlight plugins reset NAME")
