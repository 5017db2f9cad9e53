"""Crashes that are the same, and those that are nearly so, with the reason."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from crashlight.domain import Fingerprint

SIMILAR_FRAMES = 0.6  # of the calls that either has, those that both have
SIMILAR_WORDS = 0.6
MAX_CANDIDATES = 50  # groups with a call in common that are compared


@dataclass(slots=True)
class Group:
    """Crashes under one fingerprint, or near to the first one. ``reasons`` says why each near miss is here."""

    first: Fingerprint
    count: int = 0
    reasons: dict[str, str] = field(default_factory=dict)  # fingerprint → reason


class Groups:
    """Puts fingerprints into groups, in the order in which they come."""

    def __init__(self) -> None:
        self._groups: list[Group] = []
        self._by_key: dict[str, int] = {}
        self._by_call: dict[tuple[str, str], list[int]] = {}

    def add(self, fingerprint: Fingerprint) -> Group:
        """The group of a fingerprint, counted."""
        index = self._by_key.get(fingerprint.key)
        if index is None:
            index = self._near(fingerprint)
            self._by_key[fingerprint.key] = index
        group = self._groups[index]
        group.count += 1
        return group

    def __iter__(self) -> Iterator[Group]:
        return iter(self._groups)

    def _near(self, fingerprint: Fingerprint) -> int:
        shared: Counter[int] = Counter()
        for call in set(fingerprint.frames):
            shared.update(self._by_call.get((fingerprint.crash_type, call), ()))
        for index, _ in shared.most_common(MAX_CANDIDATES):
            reason = similarity(self._groups[index].first, fingerprint)
            if reason:
                self._groups[index].reasons[fingerprint.key] = reason
                return index
        self._groups.append(Group(fingerprint))
        index = len(self._groups) - 1
        for call in set(fingerprint.frames):
            self._by_call.setdefault((fingerprint.crash_type, call), []).append(index)
        return index


def similarity(one: Fingerprint, other: Fingerprint) -> str | None:
    """Why two crashes are probably one bug, in words; None where they are not.

    The innermost call must be the same: it is where the bug shows. Then either the calls or the words may differ a
    little, never both.
    """
    if one.crash_type != other.crash_type or not one.frames or not other.frames:
        return None
    if one.frames[0] != other.frames[0]:
        return None
    if one.template == other.template:
        share = _share(set(one.frames), set(other.frames))
        same = len(set(one.frames) & set(other.frames))
        if share >= SIMILAR_FRAMES or same >= 3:
            return f"the same message, and {same} of {len(set(one.frames) | set(other.frames))} calls in common"
    elif one.frames == other.frames and _share(_words(one), _words(other)) >= SIMILAR_WORDS:
        return "the same calls, and nearly the same message"
    return None


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 1.0


def _words(fingerprint: Fingerprint) -> set[str]:
    return set(fingerprint.template.split())
