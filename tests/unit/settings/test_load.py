"""Settings come from four places in a fixed order; what is wrong costs only itself; a workspace names no programs."""

from pathlib import Path

import pytest

from crashlight.settings import load
from crashlight.settings.load import scope


def write_user(home: Path, text: str) -> None:
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "config.toml").write_text(text)


def test_the_editor_wins_over_the_users_file_and_that_over_the_workspace(own_home: Path, tmp_path: Path) -> None:
    (tmp_path / "crashlight.toml").write_text('[logs]\nglobs = ["a"]\nwatch = false\nignore = ["x"]\n')
    write_user(own_home, '[logs]\nglobs = ["b"]\nwatch = true\n')
    loaded = load(tmp_path, {"logs": {"globs": ["c"]}})
    assert loaded.warnings == ()
    logs = loaded.settings.logs
    assert (logs.globs, logs.watch, logs.ignore) == (["c"], True, ["x"])


def test_pyproject_may_hold_what_a_project_shares(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.crashlight.sources.path_maps]\n"/srv/app" = "src"\n')
    assert load(tmp_path).settings.sources.path_maps == {"/srv/app": "src"}


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("model", "endpoint", '"http://evil"'),
        ("model", "path", '"/etc/passwd"'),
        ("database", "url", '"postgresql://evil"'),
        ("database", "binaries", '"/tmp/evil"'),
        ("plugins", "minimum_level", '"none"'),
        ("plugins", "memory_mb", "4096"),
        ("nobody", "knows", "1"),
    ],
)
def test_a_workspace_cannot_name_a_program_an_address_or_a_limit(
    tmp_path: Path, section: str, name: str, value: str
) -> None:
    (tmp_path / "crashlight.toml").write_text(f"[{section}]\n{name} = {value}\n")
    loaded = load(tmp_path)
    assert loaded.settings == load().settings
    assert f"{section}.{name}" in loaded.warnings[0]


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("[logs]\nwatch = 3\n", "'logs.watch'"),
        ("[logs\n", "was left out"),
        ("logs = 1\n", "not a section"),
        ("[logs]\nnonsense = 1\n", "'logs.nonsense'"),
    ],
)
def test_what_is_wrong_costs_only_itself(own_home: Path, text: str, warning: str) -> None:
    write_user(own_home, f'{text}\n[sources]\nin_app = ["shop"]\n' if "[logs\n" not in text and "=" in text else text)
    loaded = load()
    assert any(warning in each for each in loaded.warnings)
    if "[logs\n" not in text:
        assert loaded.settings.sources.in_app == ["shop"]


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://the-users-own-application")
    assert load().settings.database.url is None
    monkeypatch.setenv("CRASHLIGHT_DATABASE_URL", "postgresql://team/crashes")
    monkeypatch.setenv("CRASHLIGHT_MODEL", "qwen2.5-coder-0.5b")
    settings = load().settings
    assert (settings.database.url, settings.model.name) == ("postgresql://team/crashes", "qwen2.5-coder-0.5b")


def test_editors_write_camel_case() -> None:
    assert load(None, {"sources": {"pathMaps": {"/a": "b"}}}).settings.sources.path_maps == {"/a": "b"}


def test_scopes_are_closed() -> None:
    assert scope("logs", "globs") == "resource"
    assert scope("database", "url") == "machine"
    assert scope("no", "such") == "machine"
