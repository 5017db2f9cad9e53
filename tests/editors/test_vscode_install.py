"""The extension as users get it: one file, which makes the server's environment by itself."""

import subprocess
from pathlib import Path

import pytest

from .installation import Installation
from .places import ARTEFACTS, ROOT
from .shop import Shop
from .workbench import need_workbench, workbench

pytestmark = [pytest.mark.vscode, pytest.mark.timeout(600)]


def test_one_file_and_one_log_are_enough(tmp_path: Path, shop: Shop, installation: Installation) -> None:
    need_workbench()
    vsix = tmp_path / "crashlight.vsix"
    subprocess.run([str(ROOT / "editor-clients/vscode/package.sh"), str(vsix)], check=True, capture_output=True)
    with workbench(tmp_path, shop.folder, {}, installation.env, vsix) as editor:
        told = editor.walk("walk_install.mjs", ARTEFACTS / "vscode", log="logs/checkout.log")
    environments = list(tmp_path.glob("vscode-data/data/User/globalStorage/*/server-*"))
    assert [(folder / "complete").is_file() for folder in environments] == [True]
    print(f"from the opened log to its explanation: {told['seconds']:.0f} s")
