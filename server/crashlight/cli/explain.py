"""``crashlight explain``: the crashes of one log, or the one at a line, with the model's explanation awaited."""

import argparse
import asyncio
import re
import sys
from pathlib import Path

from crashlight.app import App
from crashlight.cli.main import UsageError
from crashlight.cli.render.plain import harmless
from crashlight.cli.scan import rendered
from crashlight.domain import Report
from crashlight.settings import load

SUMMARY = (
    "Say why a crash happened and how to fix it, with the model. Exit code 0: none there, 1: explained, 2: an error."
)
EXAMPLE = "crashlight explain build.log:120 --format json"

_PLACE = re.compile(r"(.+):(\d{1,9})")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may be said behind ``explain``."""
    parser.add_argument("place", metavar="FILE[:LINE]", help="a log, or one line of a crash in it")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(options: argparse.Namespace) -> int:
    """Print the reports; 1 when there are any, 2 when the log cannot be read or has no crash at that line."""
    path, line = _place(options.place)
    workspace = Path.cwd()
    loaded = load(workspace)
    for warning in loaded.warnings:
        _say(warning)
    app = App(loaded.settings, (workspace,))
    try:
        reports = asyncio.run(_explain(app, path, line))
    except FileNotFoundError as error:
        raise UsageError(f"{path} cannot be read: name a log that exists and that you may read") from error
    if line is not None and not reports:
        raise UsageError(f"no crash stands at line {line} of {path}: 'crashlight scan {path}' lists them")
    for text in rendered(reports, options.format, workspace):
        print(text)
    return 1 if reports else 0


async def _explain(app: App, path: Path, line: int | None) -> list[Report]:
    try:
        occurrences = [
            occurrence
            async for occurrence in app.occurrences([path], lambda name, error: _say(f"{name}: {error.strerror}"))
            if line is None or occurrence.first_line <= line <= occurrence.last_line
        ]
        if app.model is not None and app.model.identity() is None:
            check = app.model.check()
            _say(f"{check.detail}, so rules explain alone. {check.cure}".rstrip())
        diagnostician = app.diagnostician(use_model=True, use_store=False)
        reports = []
        for occurrence in occurrences:
            diagnosis = await diagnostician.at_once(occurrence)
            if diagnosis.pending:
                diagnosis = await diagnostician.closer(occurrence, diagnosis)
            same = sum(other.fingerprint.key == occurrence.fingerprint.key for other in occurrences)
            reports.append(Report(occurrence, diagnosis, same))
        return reports
    finally:
        await app.close()


def _place(text: str) -> tuple[Path, int | None]:
    """A file whose own name ends in a colon and digits is taken as it is."""
    found = _PLACE.fullmatch(text)
    if found and not Path(text).exists():
        return Path(found[1]), int(found[2])
    return Path(text), None


def _say(text: str) -> None:
    print(f"crashlight explain: {harmless(text)}", file=sys.stderr)
