"""``crashlight purge``: remove what Crashlight keeps on this machine, after saying what that is."""

import argparse
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crashlight.cli.main import UsageError
from crashlight.settings import Settings, load
from crashlight.settings.paths import home

SUMMARY = "Remove what Crashlight keeps on this machine: models, the database, its backups and journal, caches."
EXAMPLE = "crashlight purge models caches"


@dataclass(frozen=True, slots=True)
class Part:
    """Something that can be removed by itself."""

    name: str
    paths: list[Path]
    size: int  # bytes
    remove: Callable[[], None]


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may be said behind ``purge``."""
    parser.add_argument("parts", nargs="*", metavar="PART", help="models, database, backups, journal, caches; else all")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")


def run(options: argparse.Namespace) -> int:
    """List the parts with their sizes, ask, and remove them; 1 when the answer was no or something stayed."""
    parts = _parts(load(Path.cwd()).settings)
    unknown = set(options.parts) - set(NAMES)
    if unknown:
        raise UsageError(f"there is no part '{min(unknown)}': name one of {', '.join(NAMES)}")
    chosen = [part for part in parts if part.paths and (not options.parts or part.name in options.parts)]
    if not chosen:
        print("there is nothing to remove")
        return 0
    for part in chosen:
        print(f"{part.name:10s} {part.size / 1e6:10.1f} MB  {', '.join(map(str, part.paths))}")
    if options.dry_run:
        return 0
    if not options.yes and not _agreed():
        print("nothing was removed")
        return 1
    return max(_remove(part) for part in chosen)


NAMES = ("models", "database", "backups", "journal", "caches")


def _parts(settings: Settings) -> list[Part]:
    from crashlight.adapters.postgres import admin

    found: dict[str, Part] = {name: Part(name, [], 0, lambda: None) for name in NAMES}
    for name, path in (("models", home("data") / "models"), ("caches", home("cache"))):
        if path.exists():
            found[name] = Part(name, [path], admin.size_of(path), lambda path=path: shutil.rmtree(path))  # type: ignore[misc]  # mypy cannot infer a default
    for one in admin.kept(settings.database):
        found[one.what] = Part(one.what, [one.path], one.size, lambda one=one: admin.remove(settings.database, one))  # type: ignore[misc]  # the same
    return list(found.values())


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
