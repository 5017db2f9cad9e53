"""``crashlight purge``: remove what Crashlight keeps on this machine, after saying what that is."""

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from crashlight.cli.main import UsageError
from crashlight.settings import Settings, load
from crashlight.settings.paths import home

SUMMARY = "Remove what Crashlight keeps on this machine: models, the database, its backups and journal, caches."
EXAMPLE = "crashlight purge models caches"


NAMES = ("models", "database", "backups", "journal", "caches", "orphans")
UNASKED = frozenset({"orphans"})
"""What goes only by name: the home that a database belonged to may be on a disk that is not there today."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that can be removed by itself."""

    name: str
    path: Path
    size: int  # bytes
    remove: Callable[[], None]


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may be said behind ``purge``."""
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(NAMES)}; else all but orphans (databases without a home)"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")


def run(options: argparse.Namespace) -> int:
    """List the parts with their sizes, ask, and remove them; 1 when the answer was no or something stayed."""
    unknown = set(options.parts) - set(NAMES)
    if unknown:
        raise UsageError(f"there is no part '{min(unknown)}': name one of {', '.join(NAMES)}")
    wanted = set(options.parts) or set(NAMES) - UNASKED
    chosen = [part for part in _parts(load(Path.cwd()).settings) if part.name in wanted]
    if not chosen:
        print("there is nothing to remove")
        return 0
    for part in chosen:
        print(f"{part.name:10s} {part.size / 1e6:10.1f} MB  {part.path}")
    if options.dry_run:
        return 0
    if not options.yes and not _agreed():
        print("nothing was removed")
        return 1
    return max([_remove(part) for part in chosen])


def _parts(settings: Settings) -> Iterator[Part]:
    from crashlight.adapters.postgres import admin

    for name, path in (("models", home("data") / "models"), ("caches", home("cache"))):
        if path.exists():
            yield Part(name, path, admin.size_of(path), partial(shutil.rmtree, path))
    for one in admin.kept(settings.database):
        yield Part(one.what, one.path, one.size, partial(admin.remove, settings.database, one))


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise UsageError("nobody is here to ask: say --yes")
    print(
        "Feedback in the database cannot be got back. Remove all of this? [y/N] ", end="", file=sys.stderr, flush=True
    )
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _remove(part: Part) -> int:
    try:
        part.remove()
    except OSError as error:
        print(f"crashlight purge: {part.name} stayed: {error}", file=sys.stderr)
        return 1
    print(f"removed: {part.name}")
    return 0
