"""How long things took: a count, a sum and quantiles for each name, in constant memory."""

import bisect
from dataclasses import dataclass, field

# Upper bounds in seconds, each a quarter more than the one before: a quantile is right within 25 %.
BOUNDS = tuple(0.0001 * 1.25**step for step in range(64))


@dataclass(slots=True)
class Latency:
    """The times of one name."""

    count: int = 0
    total: float = 0.0
    longest: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))

    def quantile(self, share: float) -> float:
        """Seconds that ``share`` of all times kept within; 0 where there are none."""
        left = share * self.count
        for index, number in enumerate(self.buckets):
            left -= number
            if number and left <= 0:
                return min(self.longest, BOUNDS[index] if index < len(BOUNDS) else self.longest)
        return self.longest


class LatencyTable:
    """Latencies by name."""

    def __init__(self) -> None:
        self._table: dict[str, Latency] = {}

    def add(self, name: str, seconds: float) -> None:
        """Count one time."""
        latency = self._table.setdefault(name, Latency())
        latency.count += 1
        latency.total += seconds
        latency.longest = max(latency.longest, seconds)
        latency.buckets[bisect.bisect_left(BOUNDS, seconds)] += 1

    def rows(self) -> list[tuple[str, int, float, float, float]]:
        """(name, count, p50, p95, longest), the name that took most in all first."""
        ordered = sorted(self._table.items(), key=lambda item: -item[1].total)
        return [(name, each.count, each.quantile(0.5), each.quantile(0.95), each.longest) for name, each in ordered]
