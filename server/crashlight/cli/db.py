"""``crashlight db``: look after the database."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from crashlight.cli.main import UsageError
from crashlight.settings import load

if TYPE_CHECKING:
    from crashlight.adapters.postgres.admin import Administration, DatabaseStatus

SUMMARY = "Look after the database: see how it does, change its schema, make and restore backups."
EXAMPLE = "crashlight db status --format json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may be said behind ``db``."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, summary: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=summary, description=summary)

    status = action("status", "say where the database is and how it does; starts nothing")
    status.add_argument("--format", choices=("text", "json"), default="text")
    upgrade = action("upgrade", "bring the schema to this program's revision, after a backup")
    upgrade.add_argument("--to", default="head", metavar="REVISION")
    upgrade.add_argument("--no-backup", action="store_true")
    downgrade = action("downgrade", "take the schema back, after a backup")
    downgrade.add_argument("--to", default="-1", metavar="REVISION", help="a revision, or 'base' for none")
    downgrade.add_argument("--no-backup", action="store_true")
    action("backup", "write a backup").add_argument("file", nargs="?", type=Path)
    action("restore", "replace everything by a backup, after a backup").add_argument("file", type=Path)
    action("vacuum", "free the room of removed rows")
    action("stop", "stop the embedded server; what is written meanwhile waits in the journal")
    action("url", "print the address with its password, for psql: a secret")
    action("retry", "write again what the database had refused, for instance after an update")
    grant = action("grant", "print the SQL that lets a role of a team's server use Crashlight, and no more")
    grant.add_argument("role")
    grant.add_argument("--read-only", action="store_true")


def run(options: argparse.Namespace) -> int:
    """Do it; 1 when the database cannot be used, with what to do on standard error."""
    from crashlight.adapters.postgres.admin import Administration
    from crashlight.adapters.postgres.errors import DatabaseUnavailable

    loaded = load(Path.cwd())
    for warning in loaded.warnings:
        print(f"crashlight db: {warning}", file=sys.stderr)
    try:
        return ACTIONS[options.action](Administration(loaded.settings.database), options)
    except FileNotFoundError as error:
        raise UsageError(str(error)) from error
    except DatabaseUnavailable as error:
        print(f"crashlight db: {error.reason}\n{error.cure}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"crashlight db: {error}", file=sys.stderr)
        return 1


def _status(database: "Administration", options: argparse.Namespace) -> int:
    said = database.status()
    print(json.dumps(asdict(said)) if options.format == "json" else _in_lines(said))
    return 1 if said.state == "unreachable" or said.detail else 0


def _upgrade(database: "Administration", options: argparse.Namespace) -> int:
    done = database.upgrade(options.to, back_up=not options.no_backup)
    print("the schema was upgraded" if done else "the schema is up to date")
    return 0


def _downgrade(database: "Administration", options: argparse.Namespace) -> int:
    before = database.downgrade(options.to, back_up=not options.no_backup)
    print(f"the schema was taken back from revision {before or 'none'}")
    return 0


def _backup(database: "Administration", options: argparse.Namespace) -> int:
    print(database.backup(options.file.absolute() if options.file else None))
    return 0


def _restore(database: "Administration", options: argparse.Namespace) -> int:
    database.restore(options.file.absolute())
    print(f"restored from {options.file}")
    return 0


def _vacuum(database: "Administration", _: argparse.Namespace) -> int:
    database.vacuum()
    print("done")
    return 0


def _stop(database: "Administration", _: argparse.Namespace) -> int:
    ran, users = database.stop()
    print("stopped" if ran else "it was not running")
    if users:
        print(f"{users} processes of Crashlight use it and start it again: close the editors to keep it stopped")
    return 0


def _url(database: "Administration", _: argparse.Namespace) -> int:
    print(database.url())
    return 0


def _retry(database: "Administration", _: argparse.Namespace) -> int:
    print(f"{database.retry()} writes are in the journal again")
    return 0


def _grant(_: "Administration", options: argparse.Namespace) -> int:
    from crashlight.adapters.postgres.granting import grants

    print(grants(options.role, read_only=options.read_only))
    return 0


ACTIONS: dict[str, "Callable[[Administration, argparse.Namespace], int]"] = {
    "status": _status,
    "upgrade": _upgrade,
    "downgrade": _downgrade,
    "backup": _backup,
    "restore": _restore,
    "vacuum": _vacuum,
    "stop": _stop,
    "url": _url,
    "retry": _retry,
    "grant": _grant,
}


def _in_lines(said: "DatabaseStatus") -> str:
    size = None if said.size is None else f"{said.size / 1e6:.1f} MB"
    rows = ", ".join(f"{count} {table}" for table, count in said.rows.items() if count)
    known = {
        "server": said.server,
        "state": said.state,
        "problem": said.detail,
        "what to do": said.cure,
        "address": said.address,
        "folder": said.folder,
        "PostgreSQL": said.version,
        "revision": said.revision and f"{said.revision} (this program: {said.program_revision})",
        "size": size,
        "rows, about": rows,
        "used by": None if said.sessions is None else f"{said.sessions} processes of Crashlight",
        "journal": f"{said.waiting} writes wait" + (f", {said.set_aside} were refused" if said.set_aside else ""),
        "last backup": said.last_backup or "none",
    }
    return "\n".join(f"{name:12s} {value}" for name, value in known.items() if value)
