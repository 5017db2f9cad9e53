"""VS Code's own workbench in a browser, from an opened log to the row in PostgreSQL."""

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
