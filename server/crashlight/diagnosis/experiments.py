"""Prompt versions compete: which one a crash group gets, and what was learnt.

Assignment is Thompson sampling with a uniform floor: a version is drawn with the probability that it is the best
one, as far as is known, and never with less than ``FLOOR``. The probability is stored with each exposure, so that
rates are estimated without the bias that the sampling itself makes (inverse propensity weights, Hájek's form;
see Hadad et al. 2021, "Confidence intervals for policy evaluation in adaptive experiments").
"""

import hashlib
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from crashlight.domain import Exposure

FLOOR = 0.1  # of the traffic, for each version at least
DRAWS = 4000
ENOUGH = 50  # exposures of each version, before a stop is thought of
CERTAIN = 0.95  # probability of being the best at which the experiment stops
MISMATCH = 0.001  # a p-value below it says that exposures were lost or doubled
Z = 1.96  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Rate:
    """What is known of one version."""

    version: str
    exposures: int
    rate: float
    low: float
    high: float
    best: float  # probability that it is the best


@dataclass(frozen=True, slots=True)
class Result:
    """What an experiment says now. ``mismatch`` is the p-value of the check for a sample-ratio mismatch."""

    rates: tuple[Rate, ...]
    mismatch: float
    winner: str | None  # where the stop rule holds

    @property
    def sound(self) -> bool:
        """False when the shares that were seen are not those that were drawn."""
        return self.mismatch >= MISMATCH


def assign(versions: Sequence[str], seen: Sequence[Exposure], group: str) -> tuple[str, float]:
    """The version for a crash group and the probability it was drawn with; the same for the same arguments."""
    shares = _shares(versions, _best(versions, seen))
    point = int.from_bytes(hashlib.blake2s(group.encode(), digest_size=8).digest(), "big") / 2**64
    for version in versions[:-1]:
        if point < shares[version]:
            return version, shares[version]
        point -= shares[version]
    return versions[-1], shares[versions[-1]]


def evaluate(versions: Sequence[str], seen: Sequence[Exposure]) -> Result:
    """Rates with intervals, the check of the ratio, and whether the experiment may stop."""
    best = _best(versions, seen)
    rates = tuple(_rate(version, [one for one in seen if one.prompt == version], best[version]) for version in versions)
    mismatch = _mismatch(versions, seen)
    leader = max(rates, key=lambda rate: rate.best)
    stops = len(rates) > 1 and leader.best >= CERTAIN and min(rate.exposures for rate in rates) >= ENOUGH
    return Result(rates, mismatch, leader.version if stops and mismatch >= MISMATCH else None)


def _best(versions: Sequence[str], seen: Sequence[Exposure]) -> dict[str, float]:
    """The probability of each version to be the best, by draws of its Beta posterior."""
    won = Counter(one.prompt for one in seen if one.success)
    lost = Counter(one.prompt for one in seen if not one.success)
    posteriors = tuple((1 + won[version], 1 + lost[version]) for version in versions)
    return dict(zip(versions, _wins(posteriors), strict=True))


@lru_cache(maxsize=64)
def _wins(posteriors: tuple[tuple[int, int], ...]) -> list[float]:
    # Seeded by what is known, so that the same knowledge gives the same shares in every process.
    draw = random.Random(repr(posteriors))  # noqa: S311, chance here guards nothing
    wins = [0] * len(posteriors)
    for _ in range(DRAWS):
        drawn = [draw.betavariate(*posterior) for posterior in posteriors]
        wins[drawn.index(max(drawn))] += 1
    return [count / DRAWS for count in wins]


def _shares(versions: Sequence[str], best: Mapping[str, float]) -> dict[str, float]:
    floor = min(FLOOR, 1 / len(versions))
    free = 1 - floor * len(versions)
    return {version: floor + free * best[version] for version in versions}


def _rate(version: str, seen: Sequence[Exposure], best: float) -> Rate:
    """Hájek's estimate, with the linearised variance of a ratio of weighted sums."""
    weights = [1 / max(one.probability, 1e-6) for one in seen]
    total = sum(weights)
    if not total:
        return Rate(version, 0, 0.0, 0.0, 1.0, best)
    rate = sum(weight for weight, one in zip(weights, seen, strict=True) if one.success) / total
    spread = sum((weight * (one.success - rate)) ** 2 for weight, one in zip(weights, seen, strict=True))
    half = Z * math.sqrt(spread) / total
    if half == 0:
        # All alike: the rule of three, since a sample never proves a rate of 0 or 1.
        half = min(1.0, 3 / len(seen))
    return Rate(version, len(seen), rate, max(0.0, rate - half), min(1.0, rate + half), best)


def _mismatch(versions: Sequence[str], seen: Sequence[Exposure]) -> float:
    """The p-value that the exposures of each version are as many as their probabilities promised.

    An exposure tells the probability of its own version alone; under right sampling the weights 1/p of each
    version sum to the number of all, so each sum is compared to it, and the worst one counts (Bonferroni).
    """
    everything = len(seen)
    if everything < 2 or len(versions) < 2:
        return 1.0
    worst = 1.0
    for version in versions:
        weights = [1 / max(one.probability, 1e-6) for one in seen if one.prompt == version]
        variance = sum(weight * (weight - 1) for weight in weights) or everything / FLOOR
        z = abs(sum(weights) - everything) / math.sqrt(variance)
        worst = min(worst, math.erfc(z / math.sqrt(2)))
    return min(1.0, worst * len(versions))
