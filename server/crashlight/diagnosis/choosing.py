"""Which prompt version is used for a crash: the one that was promoted, else the newest of its family."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from crashlight.diagnosis.prompts import Prompt, families
from crashlight.settings.paths import home

GENERIC = "generic"


def choose(category: str) -> Prompt:
    """The version in use of the family for this category."""
    return current(_family_of().get(category, GENERIC), promoted())


def current(family: str, chosen: Mapping[str, int]) -> Prompt:
    """The promoted version of a family, or its newest that is no candidate where none was promoted."""
    versions = families()[family]
    settled = [prompt for prompt in versions if not prompt.candidate] or versions[:1]
    return next((prompt for prompt in versions if prompt.version == chosen.get(family)), settled[-1])


def rivals(prompt: Prompt) -> list[Prompt]:
    """The version in use and the newer candidates that compete with it, oldest first."""
    return [prompt, *(one for one in families()[prompt.id] if one.candidate and one.version > prompt.version)]


def promoted() -> dict[str, int]:
    """The versions that the user chose, by family."""
    try:
        return msgspec.json.decode(_file().read_bytes(), type=dict[str, int])
    except (OSError, msgspec.DecodeError):
        return {}


def promote(prompt: Prompt) -> None:
    """Use this version from now on."""
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.write_bytes(msgspec.json.encode({**promoted(), prompt.id: prompt.version}))
    draft.replace(file)


def _file() -> Path:
    return home("config") / "prompts.json"


@cache
def _family_of() -> dict[str, str]:
    return {category: family for family, versions in families().items() for category in versions[-1].categories}
