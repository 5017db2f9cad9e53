"""Counting what was right, with the interval that the count allows."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Z95 = 1.959964


@dataclass
class Share:
    """``hits`` of ``of``."""

    hits: int = 0
    of: int = 0

    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share (Wilson 1927), which holds for few cases and for all or none right."""
        if not self.of:
            return 0.0, 1.0
        p, n = self.hits / self.of, self.of
        middle = (p + Z95 * Z95 / (2 * n)) / (1 + Z95 * Z95 / n)
        half = Z95 * math.sqrt(p * (1 - p) / n + Z95 * Z95 / (4 * n * n)) / (1 + Z95 * Z95 / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        if not self.of:
            return "-"
        low, high = self.interval()
        return f"{100 * self.hits / self.of:.1f} % ({100 * low:.0f}–{100 * high:.0f})"


@dataclass
class Part:
    """One part of the benchmark: its shares by group and measure, what was missed, and plain figures."""

    name: str
    says: str
    measures: tuple[str, ...]
    groups: dict[str, dict[str, Share]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Share)))
    misses: list[str] = field(default_factory=list)
    published: bool = True  # false for what nobody may tune rules to: its misses are not on the page
    figures: dict[str, float | int | str] = field(default_factory=dict)

    def add(self, group: str, result: Mapping[str, bool | None]) -> None:
        """Count one case in its group and in ``all``; a measure that is None does not apply to it."""
        for name in ("all", group):
            for measure, right in result.items():
                if right is not None:
                    share = self.groups[name][measure]
                    share.hits += right
                    share.of += 1

    def ordered(self) -> list[str]:
        """The groups: all of them together first, then those with the most cases."""
        size = {name: max((share.of for share in shares.values()), default=0) for name, shares in self.groups.items()}
        return sorted(self.groups, key=lambda name: (name != "all", -size[name], name))

    def as_object(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "part": self.name,
            "figures": self.figures,
            "groups": {
                name: {
                    measure: {"hits": share.hits, "of": share.of, "interval": [round(x, 4) for x in share.interval()]}
                    for measure, share in self.groups[name].items()
                }
                for name in self.ordered()
            },
            "misses": self.misses,
        }
