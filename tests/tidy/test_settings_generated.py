"""What editors and docs say of the settings is what the schema says."""

import json
import shutil
from pathlib import Path

import pytest

from crashlight.settings import generate
from crashlight.settings.generate import PACKAGE_JSON, settings

ROOT = Path(__file__).resolve().parents[2]


def test_generated_files_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check", "--root", str(ROOT)]) == 0, capsys.readouterr().err


def test_a_stale_file_is_noticed_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for relative in generate.targets(ROOT):
        (tmp_path / relative).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / relative, tmp_path / relative)
    page = tmp_path / generate.DOCS_PAGE
    page.write_text(page.read_text().replace("Files that are never watched.", "Files."))

    assert generate.main(["--check", "--root", str(tmp_path)]) == 1
    assert "docs/settings.md is stale" in capsys.readouterr().err


def test_an_untrusted_workspace_may_say_no_setting_of_scope_machine() -> None:
    package = json.loads((ROOT / PACKAGE_JSON).read_text())
    restricted = set(package["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"])
    properties = package["contributes"]["configuration"]["properties"]

    ours = {f"crashlight.{setting.editor_name}" for setting in settings() if setting.scope == "machine"}
    assert ours
    assert ours <= restricted
    assert restricted == {name for name, entry in properties.items() if entry["scope"] == "machine"}
    assert {"crashlight.server.path", "crashlight.server.python"} <= restricted


@pytest.mark.parametrize("setting", list(settings()), ids=lambda setting: setting.editor_name)
def test_every_setting_has_a_description_and_a_default(setting: generate.Setting) -> None:
    assert setting.json_schema["description"].endswith(".")
    assert "default" in setting.json_schema
