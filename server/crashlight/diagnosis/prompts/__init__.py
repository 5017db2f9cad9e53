"""Prompts are data: a TOML file for each version of each family, named FAMILY.VERSION.toml, and the answers' shapes.

``lock.json`` holds the content hash of every version that was ever used; a file that changes without a
new version would mix up what was learnt about it, so a test refuses that.
"""

import hashlib
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec

ShapeName = Literal["line", "full", "words"]


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One worked example. ``source`` has numbered lines, as a question shows them; ``line`` is the culprit."""

    language: str
    error: str
    function: str
    line: int
    source: str
    cause: str
    category: str
    fix: str
    answer: str


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an answer looks: what is asked, a GBNF grammar, and the most tokens that it may take."""

    ask: str
    tokens: int
    grammar: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    version: int
    sizes: list[str]  # of the models that it was tried with
    categories: list[str]
    system: str
    example: list[Example]
    candidate: bool = False


class Prompt(msgspec.Struct, frozen=True):
    """One version of one family."""

    id: str
    version: int
    sizes: tuple[str, ...]
    categories: tuple[str, ...]
    system: str
    examples: tuple[Example, ...]
    hash: str  # of all that the model gets to see
    candidate: bool  # it competes with the version in use, and is none itself until it is promoted

    @property
    def name(self) -> str:
        """As answers and feedback carry it."""
        return f"{self.id}@{self.version}"


@cache
def shapes() -> dict[str, Shape]:
    """The shapes of answers by name."""
    return msgspec.convert(tomllib.loads(_text("shapes.toml")), dict[str, Shape])


@cache
def families() -> dict[str, tuple[Prompt, ...]]:
    """All versions of all families, oldest first."""
    found: dict[str, list[Prompt]] = {}
    for entry in sorted(resources.files(__package__).iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml") and entry.name != "shapes.toml":
            prompt = read(_text(entry.name))
            found.setdefault(prompt.id, []).append(prompt)
    return {family: tuple(sorted(versions, key=lambda p: p.version)) for family, versions in found.items()}


def read(text: str) -> Prompt:
    """A prompt from its TOML. Raises ValueError with what is wrong."""
    file = msgspec.convert(tomllib.loads(text), _File)
    return Prompt(
        id=file.id,
        version=file.version,
        sizes=tuple(file.sizes),
        categories=tuple(file.categories),
        system=file.system.strip(),
        examples=tuple(file.example),
        hash=hashlib.sha256(msgspec.json.encode([file.system, file.example, shapes()])).hexdigest()[:16],
        candidate=file.candidate,
    )


def locked() -> dict[str, str]:
    """The recorded hash of every version, by its name."""
    return msgspec.json.decode(_text("lock.json"), type=dict[str, str])


def lock(hashes: dict[str, str]) -> None:
    """Record the hash of every version, in a checkout."""
    text = msgspec.json.format(msgspec.json.encode(dict(sorted(hashes.items()))), indent=2).decode()
    Path(__file__).with_name("lock.json").write_text(text + "\n", encoding="utf-8")


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
