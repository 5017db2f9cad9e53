"""Writes what the schema says into the places that editors and people read.

    python -m crashlight.settings.generate            writes
    python -m crashlight.settings.generate --check    exits 1 when a file is stale, and names it

The targets are the ``configuration`` of the VS Code extension's ``package.json`` (with the list of
settings that an untrusted workspace may not say), the Lua types and defaults of the Neovim plugin, and
``docs/settings.md``.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from crashlight.settings.load import scope
from crashlight.settings.schema import Settings

PACKAGE_JSON = "editor-clients/vscode/package.json"
LUA_TYPES = "editor-clients/neovim/lua/crashlight/settings.lua"
LUA_DEFAULTS = "editor-clients/neovim/lua/crashlight/defaults.lua"
DOCS_PAGE = "docs/settings.md"

# These concern the VS Code client itself and are never sent to the server.
CLIENT_ONLY: dict[str, dict[str, Any]] = {
    "crashlight.server.path": {
        "type": "string",
        "default": "",
        "scope": "machine",
        "markdownDescription": "The `crashlight` program to run. When empty, the extension makes a Python "
        "environment of its own.",
    },
    "crashlight.server.python": {
        "type": "string",
        "default": "",
        "scope": "machine",
        "markdownDescription": "The Python (3.11 or later) to make that environment with. When empty, the one chosen "
        "in the Python extension, then `python3`.",
    },
    "crashlight.terminal.enabled": {
        "type": "boolean",
        "default": True,
        "scope": "window",
        "markdownDescription": "Look for crashes in what commands print in the integrated terminal.",
    },
    "crashlight.trace.server": {
        "type": "string",
        "enum": ["off", "messages", "verbose"],
        "default": "off",
        "scope": "window",
        "markdownDescription": "Write the messages between VS Code and the server to the output channel.",
    },
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, as all targets need it."""

    section: str
    section_text: str
    name: str  # snake_case, as TOML files have it
    json_schema: dict[str, Any]
    scope: str

    @property
    def editor_name(self) -> str:
        """``section.camelCase``, as editors have it."""
        first, *others = self.name.split("_")
        return f"{self.section}.{first}{''.join(word.title() for word in others)}"


def settings() -> Iterator[Setting]:
    """Every setting in the order of the schema."""
    (schema,), definitions = msgspec.json.schema_components([Settings])
    top = definitions[schema["$ref"].rsplit("/", 1)[1]]
    defaults = msgspec.to_builtins(Settings())  # The schema itself leaves out defaults that a factory makes.
    for section, reference in top["properties"].items():
        pointer = reference.get("$ref") or reference["allOf"][0]["$ref"]
        definition = definitions[pointer.rsplit("/", 1)[1]]
        for name, json_schema in definition["properties"].items():
            complete = {**json_schema, "default": defaults[section][name]}
            yield Setting(section, definition["description"], name, complete, scope(section, name))


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(description="Write what the settings schema says into editors and docs.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is stale")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[3], help="the checkout")
    options = parser.parse_args(arguments)
    stale = 0
    for relative, text in targets(options.root).items():
        path = options.root / relative
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if options.check:
            print(f"{relative} is stale: run 'python -m crashlight.settings.generate'", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {relative}")
    return 1 if options.check and stale else 0


def targets(root: Path) -> dict[str, str]:
    """The text that each target should have; ``package.json`` keeps what is not generated."""
    package = json.loads((root / PACKAGE_JSON).read_text(encoding="utf-8"))
    return {
        PACKAGE_JSON: package_json(package),
        LUA_TYPES: lua_types(),
        LUA_DEFAULTS: lua_defaults(),
        DOCS_PAGE: docs_page(),
    }


# ---------------------------------------------------------------- VS Code


def package_json(package: dict[str, Any]) -> str:
    """``package`` with its ``configuration`` and ``restrictedConfigurations`` made anew."""
    properties = {f"crashlight.{setting.editor_name}": _vscode_property(setting) for setting in settings()}
    properties |= CLIENT_ONLY
    package.setdefault("contributes", {})["configuration"] = {"title": "Crashlight", "properties": properties}
    trust = package.setdefault("capabilities", {}).setdefault("untrustedWorkspaces", {"supported": "limited"})
    trust["restrictedConfigurations"] = [name for name, entry in properties.items() if entry["scope"] == "machine"]
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def _vscode_property(setting: Setting) -> dict[str, Any]:
    schema = {name: value for name, value in setting.json_schema.items() if name not in ("description", "scope")}
    if "anyOf" in schema:
        schema["type"] = [choice["type"] for choice in schema.pop("anyOf")]
    if "enum" in schema:
        schema["type"] = "string"
    description = setting.json_schema["description"]
    return {**schema, "scope": setting.scope, "markdownDescription": description}


# ---------------------------------------------------------------- Neovim


def lua_types() -> str:
    """Annotations for the Lua language server, one class a section."""
    lines = [
        "---@meta",
        "-- Made by `python -m crashlight.settings.generate` from the server's settings; do not edit.",
        "",
        "---@class crashlight.Settings",
    ]
    all_settings = list(settings())
    sections = dict.fromkeys(setting.section for setting in all_settings)
    lines += [f"---@field {section}? crashlight.Settings.{section.title()}" for section in sections]
    for section in sections:
        lines += ["", f"---@class crashlight.Settings.{section.title()}"]
        for setting in all_settings:
            if setting.section == section:
                name = setting.editor_name.split(".")[1]
                lines.append(f"---@field {name}? {_lua_type(setting.json_schema)} {setting.json_schema['description']}")
    return "\n".join(lines) + "\n"


def lua_defaults() -> str:
    """The defaults as a Lua module: who adds to a list has to say it whole."""
    lines = ["-- Made by `python -m crashlight.settings.generate` from the server's settings; do not edit.", "return {"]
    section = ""
    for setting in settings():
        if setting.section != section:
            lines += ["  },"] if section else []
            section = setting.section
            lines.append(f"  {section} = {{")
        name = setting.editor_name.split(".")[1]
        lines.append(f"    {name} = {_lua_value(setting.json_schema['default'])},")
    return "\n".join([*lines, "  },", "}"]) + "\n"


def _lua_value(value: Any) -> str:
    """A default as Lua: ``null`` is ``vim.NIL``, and Python's strings are valid Lua once they are JSON."""
    if value is None:
        return "vim.NIL"
    if isinstance(value, list):
        return "{ " + ", ".join(map(_lua_value, value)) + " }" if value else "{}"
    if isinstance(value, dict):
        return (
            "vim.empty_dict()"
            if not value
            else "{ " + ", ".join(f"[{_lua_value(k)}] = {_lua_value(v)}" for k, v in value.items()) + " }"
        )
    return json.dumps(value)


def _lua_type(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return "|".join(f"'{choice}'" for choice in schema["enum"])
    if "anyOf" in schema:
        return "|".join(_lua_type(choice) for choice in schema["anyOf"] if choice["type"] != "null")
    if schema["type"] == "array":
        return f"{_lua_type(schema['items'])}[]"
    if schema["type"] == "object":
        return f"table<string, {_lua_type(schema['additionalProperties'])}>"
    return str(schema["type"])


# ---------------------------------------------------------------- docs


def docs_page() -> str:
    """The page for people: what each setting does, and who may say it."""
    lines = [
        "# Settings",
        "",
        "<!-- Made by `python -m crashlight.settings.generate` from server/crashlight/settings/schema.py. -->",
        "",
        "A setting is looked for in this order: the command line, the editor, your own `config.toml`, the workspace's",
        "`crashlight.toml` (or `[tool.crashlight]` in `pyproject.toml`), the default. Editors write names in camelCase",
        "(`crashlight.sources.pathMaps`), files in snake_case (`[sources]`, `path_maps`).",
        "",
        "Settings marked *yours* name a program, an address or a path outside the workspace, or lower a limit. They",
        "are read from your own settings only: what a workspace says about them is left out, with a warning.",
    ]
    section = ""
    for setting in settings():
        if setting.section != section:
            section = setting.section
            lines += ["", f"## {section}", "", setting.section_text, "", "| setting | default | what it does |"]
            lines.append("| --- | --- | --- |")
        yours = " *Yours.*" if setting.scope == "machine" else ""
        lines.append(
            f"| `{setting.editor_name}` | {_docs_default(setting)} | {setting.json_schema['description']}{yours} |"
        )
    lines += ["", "## VS Code only", "", "| setting | default | what it does |", "| --- | --- | --- |"]
    for name, entry in CLIENT_ONLY.items():
        yours = " *Yours.*" if entry["scope"] == "machine" else ""
        default = f"`{json.dumps(entry['default'])}`" if entry["default"] != "" else ""
        lines.append(f"| `{name}` | {default} | {entry['markdownDescription']}{yours} |")
    return "\n".join(lines) + "\n"


def _docs_default(setting: Setting) -> str:
    default = setting.json_schema.get("default")
    if default in (None, [], {}):
        return ""
    if isinstance(default, list):
        return "<br>".join(f"`{value}`" for value in default)
    return f"`{json.dumps(default)}`"


if __name__ == "__main__":
    sys.exit(main())
