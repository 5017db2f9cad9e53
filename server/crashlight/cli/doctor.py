"""``crashlight doctor``: the health of every part, and what to do about it."""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from crashlight.domain import Check, overall

SUMMARY = "Check every part of Crashlight on this machine and say what to do."
EXAMPLE = "crashlight doctor --format json"

SIGNS = {"ok": "✓", "degraded": "!", "down": "✗"}
COLOURS = {"ok": "green", "degraded": "yellow", "down": "red"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--format", choices=["text", "json"], default="text")


def run(options: argparse.Namespace) -> int:
    """Exit 1 when a part that nothing works without is down, else 0."""
    checks = asyncio.run(_checks())
    status = overall(checks)
    if options.format == "json":
        rows = [{"name": c.name, "status": c.status, "detail": c.detail, "cure": c.cure} for c in checks]
        print(json.dumps({"status": status, "checks": rows}))
    else:
        _print(checks, status)
    return 1 if status == "down" else 0


async def _checks() -> list[Check]:
    from crashlight.app import App
    from crashlight.settings import load

    workspace = Path.cwd()
    loaded = load(workspace)
    app = App(loaded.settings, [workspace])
    try:
        checks = [Check("settings", "degraded" if loaded.warnings else "ok", "; ".join(loaded.warnings) or "read")]
        await app.store.flush(10.0)
        return [*await app.checks(), *checks]
    finally:
        await app.close()


def _print(checks: list[Check], status: str) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    for check in checks:
        console.print(Text.assemble((SIGNS[check.status], COLOURS[check.status]), f" {check.name:10s} {check.detail}"))
        if check.status != "ok" and check.cure:
            console.print(Text(f"             {check.cure}", style="dim"))
    console.print(Text.assemble("all in all: ", (status, COLOURS[status])))
