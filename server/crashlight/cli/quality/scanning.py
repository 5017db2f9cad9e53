"""Scanning for the benchmark: the same way as ``crashlight scan --format json``, in one process."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from crashlight.app import App
from crashlight.cli.render.as_json import as_object
from crashlight.diagnosis import Diagnostician
from crashlight.ports import Claim, PluginHost, PluginInfo
from crashlight.settings import Settings
from crashlight_sdk import Crash, Excerpt, Finding, Window

Speakers = Literal["rules alone", "rules and model", "model alone"]
Scan = Callable[[Sequence[Path]], list[dict[str, Any]]]


class Scanning:
    """A scanner that is kept for many logs, so that the analyzers start once."""

    def __init__(self, settings: Settings, roots: Sequence[Path] = (), speakers: Speakers = "rules alone") -> None:
        self._runner = asyncio.Runner()
        self._app = ModelAlone(settings, roots) if speakers == "model alone" else App(settings, roots)
        self._use_model = speakers != "rules alone"

    def __enter__(self) -> "Scanning":
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._app.close())
        self._runner.close()

    def model(self) -> str | None:
        """The model that is asked, as ``name@hash``; None where none is."""
        model = self._app.model if self._use_model else None
        return model.identity() if model is not None else None

    def __call__(self, paths: Sequence[Path]) -> list[dict[str, Any]]:
        """The reports of these files and folders as the command line prints them."""
        try:
            reports = self._runner.run(self._app.scan(paths, use_model=self._use_model, on_unreadable=_say_unreadable))
        except FileNotFoundError:
            return []
        return [as_object(report) for report in reports]


class ModelAlone(App):
    """Crashes are found as ever, and no rule says a word about them."""

    def diagnostician(self, *, use_model: bool, use_store: bool) -> Diagnostician:
        """Without the analyzers' findings; what is asked is not remembered, so that nothing was asked before."""
        assert not use_store
        return Diagnostician(Silent(self.host), self.sources, self.model if use_model else None, None)


class Silent:
    """A plugin host that finds and does not explain."""

    def __init__(self, host: PluginHost) -> None:
        self._host = host

    def plugins(self) -> tuple[PluginInfo, ...]:
        """Those of the host."""
        return self._host.plugins()

    def warm(self) -> None:
        """As the host does."""
        self._host.warm()

    async def parse(self, window: Window) -> list[Claim]:
        """What the host finds."""
        return await self._host.parse(window)

    async def explain(self, plugin: str, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        """Nothing."""
        return None

    async def close(self) -> None:
        """The host is closed by whoever started it."""


def _say_unreadable(path: str, error: OSError) -> None:
    print(f"bench quality: {path}: {error.strerror or error}", file=sys.stderr)
