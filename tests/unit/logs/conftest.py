"""Analyzers in this process, so that the reading of logs is tested with the real ones and without a sandbox."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from crashlight.adapters.files import MemoryFile
from crashlight.adapters.scan import HyperscanScanner
from crashlight.domain import Occurrence
from crashlight.logs import LogReader
from crashlight.ports import Claim, PluginInfo
from crashlight.settings.paths import shipped
from crashlight_sdk import Analyzer, Crash, Excerpt, Finding, Window
from crashlight_sdk.testing import load


@dataclass
class LocalHost:
    """A ``ports.PluginHost`` whose analyzers run here. Settles overlaps as the real one does."""

    analyzers: dict[str, Analyzer]
    infos: tuple[PluginInfo, ...]
    windows: list[Window]

    @classmethod
    def of(cls, folders: list[Path]) -> "LocalHost":
        analyzers, infos = {}, []
        for folder in folders:
            manifest = tomllib.loads((folder / "plugin.toml").read_text(encoding="utf-8"))
            name, literals = manifest["plugin"]["id"], manifest["triggers"].get("literals", [])
            analyzers[name] = load(folder)
            triggers = tuple(literal.encode() for literal in literals)
            infos.append(PluginInfo(name, "1", True, "ready", "none", "", manifest["plugin"]["priority"], triggers))
        return cls(analyzers, tuple(infos), [])

    def plugins(self) -> tuple[PluginInfo, ...]:
        return self.infos

    async def parse(self, window: Window) -> list[Claim]:
        self.windows.append(window)
        text = "\n".join(window.lines).encode("utf-8", "replace")
        claims = [
            (-(crash.last_line - crash.first_line), -info.priority, info.id, crash)
            for info in self.infos
            if any(literal in text for literal in info.literals)
            for crash in self.analyzers[info.id].parse(window)
        ]
        taken: set[int] = set()
        kept = []
        for _, _, name, crash in sorted(claims, key=lambda claim: claim[:3]):
            lines = set(range(crash.first_line, crash.last_line + 1))
            if not lines & taken:
                taken |= lines
                kept.append(Claim(name, crash))
        return sorted(kept, key=lambda claim: claim.crash.first_line)

    async def explain(self, plugin: str, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        return self.analyzers[plugin].explain(crash, excerpt)

    async def close(self) -> None:
        pass


@pytest.fixture(scope="session")
def host() -> LocalHost:
    return LocalHost.of(sorted(path.parent for path in shipped("builtin").glob("*/plugin.toml")))


@pytest.fixture(scope="session")
def reader(host: LocalHost) -> LogReader:
    return LogReader(HyperscanScanner([literal for info in host.infos for literal in info.literals]), host)


Read = Callable[[bytes | str], "list[Occurrence]"]


@pytest.fixture
def read(reader: LogReader):
    """Every occurrence in a text."""

    async def run(text: bytes | str) -> list[Occurrence]:
        data = text.encode() if isinstance(text, str) else text
        return [occurrence async for occurrence in reader.read(MemoryFile(data), "a.log")]

    return run
