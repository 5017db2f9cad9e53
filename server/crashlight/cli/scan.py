"""``crashlight scan``: find the crashes in files, folders and standard input."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from crashlight.adapters.files import LocalFiles, spool
from crashlight.app import App
from crashlight.cli.main import UsageError
from crashlight.cli.render.plain import harmless
from crashlight.domain import Report
from crashlight.ports import OpenFile
from crashlight.settings import load

SUMMARY = "Find the crashes in logs: where to look, why it crashed, and a fix. Exit code 0: none, 1: some, 2: an error."
EXAMPLE = "crashlight scan --format json build.log logs/"

STANDARD_INPUT = Path("-")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may be said behind ``scan``."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder, or - for standard input")
    parser.add_argument("--format", choices=("text", "json", "sarif", "github"), default="text")
    parser.add_argument("--quoted", action="store_true", help="report traces in fenced blocks of Markdown files too")
    parser.add_argument("--no-model", action="store_true", help="explain by rules alone; loads no language model")


def run(options: argparse.Namespace) -> int:
    """Print the reports; 1 when there are any, 2 when nothing could be read."""
    workspace = Path.cwd()
    loaded = load(workspace)
    for warning in loaded.warnings:
        _say(warning)
    app = App(loaded.settings, (workspace,), InputFiles())
    app.reader.quoted = options.quoted
    paths = [Path(path) for path in options.paths]
    try:
        reports = asyncio.run(_scan(app, paths, use_model=not options.no_model))
    except FileNotFoundError as error:
        raise UsageError(f"{error}: name a file that exists and that you may read") from error
    for text in rendered(reports, options.format, workspace):
        print(text)
    sys.stdout.flush()
    return 1 if reports else 0


class InputFiles(LocalFiles):
    """The files of this machine, and standard input under the name ``-``."""

    def open(self, path: Path) -> OpenFile:
        return spool(sys.stdin.buffer) if path == STANDARD_INPUT else super().open(path)


async def _scan(app: App, paths: list[Path], *, use_model: bool) -> list[Report]:
    try:
        return await app.scan(paths, use_model=use_model, on_unreadable=_say_unreadable, on_progress=_progress())
    finally:
        await app.close()


def rendered(reports: list[Report], form: str, workspace: Path) -> Iterator[str]:
    """The reports in one of the forms of ``--format``; ``workspace`` is what files of edits are relative to."""
    if form == "json":
        from crashlight.cli.render import as_json

        return as_json.render(reports)
    if form == "sarif":
        from crashlight.cli.render import as_sarif

        return as_sarif.render(reports)
    if form == "github":
        from crashlight.cli.render import as_github

        return as_github.render(reports)
    from crashlight.cli.render import as_text

    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return as_text.render(reports, as_text.Palette(coloured), lambda file: _lines(workspace / file))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _progress() -> Callable[[int, int], None]:
    if not sys.stderr.isatty():
        return lambda done, all_: None

    def show(done: int, all_: int) -> None:
        text = f"explaining {done + 1} of {all_}" if done < all_ else ""
        print(f"\r{text:40s}" if text else f"\r{'':40s}\r", end="", file=sys.stderr, flush=True)

    return show


def _say_unreadable(path: str, error: OSError) -> None:
    _say(f"{path}: {error.strerror or error}")


def _say(text: str) -> None:
    print(f"crashlight scan: {harmless(text)}", file=sys.stderr)
