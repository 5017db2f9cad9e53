"""``plugin.toml``, and a plugin as a folder of text files that is read and never imported."""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

API_VERSION: Final = 1
LARGEST_PLUGIN: Final = 4 << 20
LARGEST_NATIVE_PLUGIN: Final = 64 << 20
MOST_FILES: Final = 200
SENT: Final = {".py", ".toml", ".json"}

Id = Annotated[str, Meta(pattern="^[a-z][a-z0-9-]{0,39}$")]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class PluginError(Exception):
    """A plugin cannot be used. The message says why and what its author may do."""


class Identity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table ``[plugin]``."""

    id: Id
    version: Annotated[str, Meta(pattern=r"^[0-9A-Za-z.+-]{1,40}$")]
    api: int
    entry: Annotated[str, Meta(pattern=r"^[A-Za-z_][\w.]{0,80}:[A-Za-z_]\w{0,80}$")]
    profile: Literal["strict", "native"] = "strict"
    priority: Annotated[int, Meta(ge=0, le=100)] = 50
    description: Annotated[str, Meta(max_length=200)] = ""


class Triggers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table ``[triggers]``: text that must stand in a window, or languages whose findings are refined."""

    literals: Annotated[list[str], Meta(max_length=64)] = []
    languages: Annotated[list[Annotated[str, Meta(pattern="^[a-z]{1,20}$")]], Meta(max_length=16)] = []


class Permissions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table ``[permissions]``: nothing by default."""

    source: Literal["none", "excerpt"] = "none"


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table ``[limits]``; the user's settings cap them."""

    # Generous by the wall, since a busy machine makes an honest plugin wait; the processor's limit is the strict one.
    wall_ms: Count = 2_000
    cpu_ms: Count = 500
    memory_mb: Count = 256
    output_kb: Annotated[int, Meta(ge=1, le=16_384)] = 256
    requests_per_s: Annotated[int, Meta(ge=1, le=10_000)] = 200
    restarts: Annotated[int, Meta(ge=0, le=100)] = 3


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of ``plugin.toml``."""

    plugin: Identity
    triggers: Triggers = msgspec.field(default_factory=Triggers)
    permissions: Permissions = msgspec.field(default_factory=Permissions)
    limits: Limits = msgspec.field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Source:
    """A plugin's manifest and where its files lie; they are read when they are first needed."""

    manifest: Manifest
    folder: Path
    builtin: bool

    @property
    def id(self) -> str:
        """The plugin's id."""
        return self.manifest.plugin.id

    @property
    def literals(self) -> tuple[bytes, ...]:
        """What must stand in a log for the plugin to be asked."""
        return tuple(literal.encode() for literal in self.manifest.triggers.literals)

    @property
    def is_native(self) -> bool:
        """Whether it has C extensions, and is imported from its folder."""
        return self.manifest.plugin.profile == "native"

    def digest(self) -> str:
        """What an approval is bound to: all that can run, and the manifest. Raises PluginError."""
        return digest(read_all(self.folder) if self.is_native else read_files(self.folder))

    def files(self) -> dict[str, str]:
        """All .py, .toml and .json below the folder, by path with forward slashes. Raises PluginError."""
        return read_files(self.folder)


def read_manifest(folder: Path, *, builtin: bool) -> Source:
    """The plugin in ``folder``. Raises PluginError."""
    path = folder / "plugin.toml"
    try:
        manifest = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Manifest)
    except FileNotFoundError as error:
        raise PluginError(f"{folder} has no plugin.toml") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise PluginError(f"{path}: {error}") from error
    _check(manifest, path)
    return Source(manifest, folder, builtin)


def read_files(folder: Path) -> dict[str, str]:
    """The texts of a plugin; its tests and symbolic links are left out. Raises PluginError."""
    found = {}
    for name, data in _read(folder, SENT, LARGEST_PLUGIN).items():
        try:
            found[name] = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise PluginError(f"{folder / name} is not UTF-8: {error}") from error
    return found


def read_all(folder: Path) -> dict[str, bytes]:
    """Every file of a native plugin, in the same way. Raises PluginError."""
    return _read(folder, None, LARGEST_NATIVE_PLUGIN)


def digest(files: Mapping[str, str | bytes]) -> str:
    """The SHA-256 over names and contents."""
    hasher = hashlib.sha256()
    for name, content in sorted(files.items()):
        for part in (name.encode(), content.encode() if isinstance(content, str) else content):
            hasher.update(len(part).to_bytes(8, "big") + part)
    return hasher.hexdigest()


def _read(folder: Path, suffixes: Set[str] | None, largest: int) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    size = 0
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if parts[0] == "tests" or any(part.startswith((".", "__pycache__")) for part in parts):
            continue
        if path.is_symlink() or not path.is_file() or (suffixes is not None and path.suffix not in suffixes):
            continue
        try:
            size += path.stat().st_size
            if size > largest or len(found) >= MOST_FILES:
                raise PluginError(f"{folder} is over {largest >> 20} MiB or {MOST_FILES} files of code")
            found["/".join(parts)] = path.read_bytes()
        except OSError as error:
            raise PluginError(f"{path} cannot be read: {error}") from error
    return found


def _check(manifest: Manifest, path: Path) -> None:
    """What the types cannot say."""
    triggers = manifest.triggers
    if manifest.plugin.api != API_VERSION:
        raise PluginError(f"{path}: api {manifest.plugin.api} is not known; this version of Crashlight has 1")
    if not triggers.literals and not triggers.languages:
        raise PluginError(f"{path}: [triggers] names neither literals nor languages, so it would never run")
    for literal in triggers.literals:
        if not 4 <= len(literal.encode()) <= 200:
            raise PluginError(f"{path}: the literal {literal!r} must have 4 to 200 bytes")


# A pattern that Python's own ``re`` must know as well, for ids that are typed by a user.
ID_PATTERN: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
