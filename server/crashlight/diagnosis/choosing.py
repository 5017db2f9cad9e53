"""Which prompt version is used for a crash."""

from functools import cache

from crashlight.diagnosis.prompts import Prompt, families

GENERIC = "generic"


def choose(category: str, group: str) -> Prompt:
    """The newest version of the family for this category."""
    return families()[_family_of().get(category, GENERIC)][-1]


@cache
def _family_of() -> dict[str, str]:
    return {category: family for family, versions in families().items() for category in versions[-1].categories}
