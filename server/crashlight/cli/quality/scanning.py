"""Scanning for the benchmark: the same way as ``crashlight scan --format json``, in one process."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from crashlight.app import App
from crashlight.cli.render.as_json import as_object
from crashlight.settings import Settings

Scan = Callable[[Sequence[Path]], list[dict[str, Any]]]


class Scanning:
    """A scanner that is kept for many logs, so that the analyzers start once."""

    def __init__(self, settings: Settings, roots: Sequence[Path] = (), *, use_model: bool = False) -> None:
        self._runner = asyncio.Runner()
        self._app = App(settings, roots)
        self._use_model = use_model

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


def _say_unreadable(path: str, error: OSError) -> None:
    print(f"bench quality: {path}: {error.strerror or error}", file=sys.stderr)
