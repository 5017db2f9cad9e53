"""Settings from files and the editor, in the order: flag, editor, file, default.

The user's own file is ``config.toml`` in the configuration folder. A workspace shares
``crashlight.toml`` or ``[tool.crashlight]`` of its ``pyproject.toml``; what has scope ``machine`` is
left out of those, with a warning, since a workspace is hostile until proven otherwise.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from crashlight.settings.paths import home
from crashlight.settings.schema import Settings

# DATABASE_URL is not among them: it belongs to the user's own application.
VARIABLES = (("CRASHLIGHT_DATABASE_URL", "database", "url"), ("CRASHLIGHT_MODEL", "model", "name"))


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and what was wrong with the places they came from."""

    settings: Settings
    warnings: tuple[str, ...] = field(default=())


def load(workspace: Path | None = None, editor: Mapping[str, Any] | None = None) -> Loaded:
    """Merge all places. Whatever is wrong is left out and named in ``warnings``; it never raises."""
    warnings: list[str] = []
    merged: dict[str, Any] = {}
    if workspace is not None:
        _merge(merged, _shared(_workspace_table(workspace, warnings), warnings), "the workspace", warnings)
    _merge(merged, _read_toml(home("config") / "config.toml", warnings), "config.toml", warnings)
    _merge(merged, _snake(editor or {}), "the editor", warnings)
    for variable, section, name in VARIABLES:
        if value := os.environ.get(variable):
            _merge(merged, {section: {name: value}}, variable, warnings)
    return Loaded(msgspec.convert(merged, Settings), tuple(warnings))


def scope(section: str, name: str) -> str:
    """``machine`` or ``resource``: who may say this setting."""
    return _SCOPES.get((section, name), "machine")


def _scopes() -> Iterator[tuple[tuple[str, str], str]]:
    for section in msgspec.inspect.type_info(Settings).fields:  # type: ignore[attr-defined]
        for setting in section.type.fields:
            extra = getattr(setting.type, "extra", None) or {}
            yield (section.name, setting.name), extra.get("scope", "machine")


_SCOPES = dict(_scopes())


def _workspace_table(workspace: Path, warnings: list[str]) -> dict[str, Any]:
    own = workspace / "crashlight.toml"
    if own.is_file():
        return _read_toml(own, warnings)
    table = _read_toml(workspace / "pyproject.toml", warnings).get("tool", {})
    found = table.get("crashlight", {}) if isinstance(table, dict) else {}
    return found if isinstance(found, dict) else {}


def _read_toml(path: Path, warnings: list[str]) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        warnings.append(f"{path} was left out: {error}")
        return {}


def _shared(table: dict[str, Any], warnings: list[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for section, values in table.items():
        if not isinstance(values, dict):
            warnings.append(f"'{section}' of the workspace's settings is not a section")
            continue
        for name, value in values.items():
            if scope(section, name) == "machine":
                warnings.append(f"'{section}.{name}' cannot be set by a workspace: put it into your own settings")
            else:
                kept.setdefault(section, {})[name] = value
    return kept


def _merge(into: dict[str, Any], table: Mapping[str, Any], place: str, warnings: list[str]) -> None:
    """Take over each setting on its own, so that one that is wrong costs only itself."""
    for section, values in table.items():
        if not isinstance(values, Mapping):
            warnings.append(f"'{section}' in {place} is not a section of settings")
            continue
        for name, value in values.items():
            candidate = {**into, section: {**into.get(section, {}), name: value}}
            try:
                msgspec.convert(candidate, Settings)
            except msgspec.ValidationError as error:
                warnings.append(f"'{section}.{name}' in {place} was left out: {error}")
            else:
                into[section] = candidate[section]


def _snake(table: Mapping[str, Any]) -> dict[str, Any]:
    """Editors write camelCase: ``logs.pathMaps`` is ``logs.path_maps``."""

    def word(name: str) -> str:
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)

    return {
        word(section): {word(name): value for name, value in values.items()} if isinstance(values, Mapping) else values
        for section, values in table.items()
    }
