"""The intent to add a dependency to the manifest that the project has."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import PurePosixPath
from xml.etree import ElementTree

from crashlight.domain import Edit
from crashlight.ports import Files
from crashlight.sources.source import Source, read
from crashlight.sources.workspace import Workspace

_PACKAGE = re.compile(r"^[\w@.:/\-\[\]]{1,160}$")
_VERSION = re.compile(r"^[\w.^~<>=!*, \-+]{1,60}$")

Writer = Callable[[Source, str, str | None], Edit | None]


def add_dependency(args: dict[str, str], source: Source, workspace: Workspace, files: Files) -> Edit | None:
    """An edit of the nearest manifest above the source; None where there is none or it has the package."""
    package, version = args["package"].strip(), (args.get("version") or "").strip() or None
    if not _PACKAGE.match(package) or (version is not None and not _VERSION.match(version)):
        return None
    for name, writer in _MANIFESTS.get(_language(source), ()):
        manifest = _nearest(name, source, workspace, files)
        if manifest is not None and not _names(manifest, package):
            edit = writer(manifest, package, version)
            if edit is not None:
                return edit
    return None


def _language(source: Source) -> str:
    name = source.syntax.name if source.syntax is not None else ""
    return "javascript" if name in {"typescript", "tsx"} else "java" if name == "kotlin" else name


def _nearest(name: str, source: Source, workspace: Workspace, files: Files) -> Source | None:
    root = source.path
    for _ in PurePosixPath(source.relative).parts:
        root = root.parent
    for folder in PurePosixPath(source.relative).parents:
        found = workspace.resolve(root / folder / name)
        if found is not None:
            return read(files, *found)
    return None


def _names(manifest: Source, package: str) -> bool:
    name = re.split(r"[<>=~!\[ ]", package, maxsplit=1)[0]
    loose = re.escape(name).replace(r"\-", "[-_.]").replace("_", "[-_.]")
    return bool(re.search(rf"(?<![\w.\-/@]){loose}(?![\w\-/])", manifest.text, re.I))


def _insert(manifest: Source, before: int, line: str) -> Edit:
    return Edit(manifest.relative, before, before - 1, line + manifest.newline)


def _requirements(manifest: Source, package: str, version: str | None) -> Edit | None:
    pinned = (
        f"{package}{version}" if version and version[0] in "<>=~!" else f"{package}=={version}" if version else package
    )
    if manifest.text and not manifest.text.endswith(("\n", "\r")):
        last = len(manifest.lines)
        return Edit(manifest.relative, last, last, f"{manifest.lines[-1]}{manifest.newline}{pinned}{manifest.newline}")
    return _insert(manifest, len(manifest.lines) + 1, pinned)


def _pyproject(manifest: Source, package: str, version: str | None) -> Edit | None:
    pinned = package if version is None else f"{package}{version if version[0] in '<>=~!' else '>=' + version}"
    if "[tool.poetry.dependencies]" in manifest.text:
        return _toml_table(manifest, "[tool.poetry.dependencies]", f'{package} = "{version or "*"}"')
    in_project = False
    for number, line in enumerate(manifest.lines, 1):
        if line.strip().startswith("["):
            in_project = line.strip() == "[project]"
        found = re.match(r"^(\s*)dependencies\s*=\s*\[(.*)$", line) if in_project else None
        if not found:
            continue
        rest = found.group(2).strip()
        if rest.endswith("]"):
            items = rest[:-1].strip().rstrip(",")
            joined = f'{items}, "{pinned}"' if items else f'"{pinned}"'
            edit = Edit(
                manifest.relative, number, number, f"{found.group(1)}dependencies = [{joined}]{manifest.newline}"
            )
        else:
            following = manifest.lines[number] if number < len(manifest.lines) else ""
            indent = following[: len(following) - len(following.lstrip())] or "    "
            edit = _insert(manifest, number + 1, f'{indent}"{pinned}",')
        return edit if _parses_toml(manifest, edit) else None
    return None


def _cargo(manifest: Source, package: str, version: str | None) -> Edit | None:
    return _toml_table(manifest, "[dependencies]", f'{package} = "{version or "*"}"')


def _toml_table(manifest: Source, table: str, line: str) -> Edit | None:
    for number, text in enumerate(manifest.lines, 1):
        if text.strip() == table:
            edit = _insert(manifest, number + 1, line)
            return edit if _parses_toml(manifest, edit) else None
    edit = _insert(manifest, len(manifest.lines) + 1, f"{manifest.newline}{table}{manifest.newline}{line}")
    return edit if _parses_toml(manifest, edit) else None


def _package_json(manifest: Source, package: str, version: str | None) -> Edit | None:
    try:
        data = json.loads(manifest.text)
    except ValueError:
        return None
    if not isinstance(data, dict):
        return None
    entry = f'"{package}": "{version or "*"}"'
    for number, line in enumerate(manifest.lines, 1):
        found = re.match(r'^(\s*)"dependencies"\s*:\s*\{\s*(\})?(.*)$', line)
        if found is None:
            continue
        indent = found.group(1)
        if found.group(2):
            parts = (f'{indent}"dependencies": {{', f"{indent * 2}{entry}", f"{indent}}}{found.group(3)}")
            edit = Edit(manifest.relative, number, number, "".join(part + manifest.newline for part in parts))
        elif not found.group(3).strip():
            edit = _insert(manifest, number + 1, f"{indent * 2}{entry},")
        else:
            return None
        return edit if _parses_json(manifest, edit) else None
    if "dependencies" in data or not manifest.lines or manifest.lines[0].strip() != "{":
        return None
    edit = _insert(
        manifest, 2, f'  "dependencies": {{ {entry} }},' if len(data) else f'  "dependencies": {{ {entry} }}'
    )
    return edit if _parses_json(manifest, edit) else None


def _go_mod(manifest: Source, package: str, version: str | None) -> Edit | None:
    if version is None:
        # A go.mod without a version does not load; the command that finds one is the user's to run.
        return None
    for number, line in enumerate(manifest.lines, 1):
        if line.strip() == "require (":
            return _insert(manifest, number + 1, f"\t{package} {version}")
    return _insert(manifest, len(manifest.lines) + 1, f"{manifest.newline}require {package} {version}")


def _pom(manifest: Source, package: str, version: str | None) -> Edit | None:
    group, _, artifact = package.partition(":")
    if not artifact or version is None:
        return None
    for number, line in enumerate(manifest.lines, 1):
        if line.strip() == "<dependencies>":
            indent = line[: len(line) - len(line.lstrip())] + "  "
            parts = [
                f"<groupId>{group}</groupId>",
                f"<artifactId>{artifact}</artifactId>",
                f"<version>{version}</version>",
            ]
            lines = [f"{indent}<dependency>", *(f"{indent}  {part}" for part in parts), f"{indent}</dependency>"]
            edit = _insert(manifest, number + 1, manifest.newline.join(lines))
            return edit if _parses_xml(manifest, edit) else None
    return None


def _gradle(manifest: Source, package: str, version: str | None) -> Edit | None:
    if ":" not in package or version is None:
        return None
    for number, line in enumerate(manifest.lines, 1):
        if re.match(r"^dependencies\s*\{\s*$", line):
            quoted = (
                f'implementation("{package}:{version}")'
                if manifest.relative.endswith(".kts")
                else f"implementation '{package}:{version}'"
            )
            return _insert(manifest, number + 1, f"    {quoted}")
    return None


def _gemfile(manifest: Source, package: str, version: str | None) -> Edit | None:
    line = f"gem '{package}'" + (f", '{version}'" if version else "")
    return _insert(manifest, len(manifest.lines) + 1, line)


_MANIFESTS: dict[str, tuple[tuple[str, Writer], ...]] = {
    "python": (("pyproject.toml", _pyproject), ("requirements.txt", _requirements)),
    "javascript": (("package.json", _package_json),),
    "go": (("go.mod", _go_mod),),
    "rust": (("Cargo.toml", _cargo),),
    "java": (("pom.xml", _pom), ("build.gradle.kts", _gradle), ("build.gradle", _gradle)),
    "ruby": (("Gemfile", _gemfile),),
}


def _after(manifest: Source, edit: Edit) -> str:
    from crashlight.sources.checking import apply

    return apply(manifest, [edit])


def _parses_toml(manifest: Source, edit: Edit) -> bool:
    try:
        tomllib.loads(_after(manifest, edit))
    except tomllib.TOMLDecodeError:
        return False
    return True


def _parses_json(manifest: Source, edit: Edit) -> bool:
    try:
        json.loads(_after(manifest, edit))
    except ValueError:
        return False
    return True


def _parses_xml(manifest: Source, edit: Edit) -> bool:
    # A document type is refused, so that no entity is ever expanded.
    text = _after(manifest, edit)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return False
    try:
        ElementTree.fromstring(text)  # noqa: S314 - no entities, see above
    except ElementTree.ParseError:
        return False
    return True
