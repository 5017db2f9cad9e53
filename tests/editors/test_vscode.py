"""VS Code's own workbench in a browser, from an opened log to the row in PostgreSQL."""

import json
import shlex
import sys
from pathlib import Path

import pytest

from .installation import Installation
from .places import ARTEFACTS
from .shop import Shop
from .workbench import workbench

pytestmark = [pytest.mark.vscode, pytest.mark.postgres]


def test_from_the_log_to_the_row(tmp_path: Path, shop: Shop, installation: Installation) -> None:
    settings = {"crashlight.server.path": installation.program}
    with workbench(tmp_path, shop.folder, settings, installation.env) as editor:
        told = editor.walk(
            "walk_vscode.mjs",
            ARTEFACTS / "vscode",
            log="logs/checkout.log",
            source="cart.py",
            wrong="self.itms",
            right="self.items",
            offer="items",
        )
        accepted = installation.wait_for_events("accepted")
        liked = installation.wait_for_events("thumbs_up")
    assert "AttributeError" in told["explanation"]
    assert "items" in told["offered"]
    assert [event["editor"] for event in accepted] == ["vscode"]
    assert len(liked) == 1


def test_the_views(tmp_path: Path, shop: Shop, installation: Installation) -> None:
    settings = {"crashlight.server.path": installation.program}
    with workbench(tmp_path, shop.folder, settings, installation.env) as editor:
        told = editor.walk(
            "walk_views.mjs",
            ARTEFACTS / "vscode",
            log="logs/checkout.log",
            headline="AttributeError",
            server=f"{installation.program} serve",
        )
    assert "What to do" in told["shown"]
    assert "checkout.log" in told["shown"]


def test_a_command_that_crashes_in_the_terminal(tmp_path: Path, shop: Shop, installation: Installation) -> None:
    settings = {"crashlight.server.path": installation.program}
    command = shlex.join([sys.executable, "checkout.py"])
    with workbench(tmp_path, shop.folder, settings, installation.env) as editor:
        where = ARTEFACTS / "vscode"
        told = editor.walk(
            "walk_terminal.mjs", where, log="logs/checkout.log", command=command, headline="AttributeError"
        )
    assert told["title"].startswith("python")


def test_a_workspace_names_no_program(tmp_path: Path, shop: Shop, installation: Installation) -> None:
    """Its settings name a program to run as the server; the user's own setting stays in force."""
    witness = tmp_path / "ran"
    program = shop.folder / "program"
    program.write_text(f'#!/bin/sh\ntouch "{witness}"\n')
    program.chmod(0o755)
    (shop.folder / ".vscode").mkdir()
    hostile = {"crashlight.server.path": str(program), "crashlight.server.python": str(program)}
    (shop.folder / ".vscode" / "settings.json").write_text(json.dumps(hostile))
    settings = {
        "crashlight.server.path": installation.program,
        "security.workspace.trust.enabled": True,
        "security.workspace.trust.startupPrompt": "never",
    }
    with workbench(tmp_path, shop.folder, settings, installation.env) as editor:
        editor.walk("walk_untrusted.mjs", ARTEFACTS / "vscode", log="logs/checkout.log")
    assert not witness.exists()
