"""Prompt versions compete fairly, and what is read from it is right."""

import random

import pytest

from crashlight.diagnosis.experiments import CERTAIN, FLOOR, assign, evaluate
from crashlight.domain import Exposure

AB = ["null@1", "null@2"]


def seen(version: str, successes: int, failures: int, probability: float = 0.5) -> list[Exposure]:
    return [Exposure(version, probability, n < successes) for n in range(successes + failures)]


def test_an_assignment_is_stable_for_a_group() -> None:
    known = seen(AB[0], 3, 5) + seen(AB[1], 5, 3)
    assert len({assign(AB, known, "group") for _ in range(5)}) == 1


def test_with_nothing_known_groups_are_shared_out_evenly() -> None:
    drawn = [assign(AB, [], f"group {n}")[0] for n in range(2000)]
    assert 900 < drawn.count(AB[0]) < 1100


def test_a_better_version_gets_more_and_the_other_keeps_the_floor() -> None:
    known = seen(AB[0], 5, 95) + seen(AB[1], 60, 40)
    drawn = [assign(AB, known, f"group {n}") for n in range(3000)]
    shares = dict(drawn)
    assert shares[AB[0]] == pytest.approx(FLOOR, abs=0.01)
    assert shares[AB[1]] == pytest.approx(1 - FLOOR, abs=0.01)
    count = sum(version == AB[0] for version, _ in drawn)
    assert count / len(drawn) == pytest.approx(FLOOR, abs=0.03)


@pytest.mark.parametrize("count", [1, 2, 3, 12])
def test_probabilities_sum_to_one(count: int) -> None:
    versions = [f"x@{n}" for n in range(count)]
    shares = dict(assign(versions, seen(versions[0], 9, 1), f"group {n}") for n in range(3000))
    assert sum(shares.values()) == pytest.approx(1.0, abs=0.01)


def test_weights_take_the_bias_of_the_sampling_out() -> None:
    """Easy crashes were drawn when one version was favoured: its plain rate misleads, the weighted one does not."""
    draw = random.Random(1)
    both: list[Exposure] = []
    for n in range(6000):
        easy = n < 3000
        probability = 0.9 if easy else 0.1
        first = draw.random() < probability
        both.append(
            Exposure(
                AB[0] if first else AB[1],
                probability if first else 1 - probability,
                draw.random() < (0.8 if easy else 0.2),
            )
        )
    plain = sum(one.success for one in both if one.prompt == AB[0]) / sum(one.prompt == AB[0] for one in both)
    first_rate, second_rate = evaluate(AB, both).rates
    assert plain > 0.7
    assert first_rate.low < 0.5 < first_rate.high
    assert second_rate.low < 0.5 < second_rate.high
    assert evaluate(AB, both).sound


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    draw = random.Random(2)
    held = 0
    for _ in range(300):
        sample = [Exposure(AB[0], 0.5, draw.random() < 0.3) for _ in range(120)]
        rate = evaluate(AB, sample).rates[0]
        held += rate.low <= 0.3 <= rate.high
    assert 0.9 < held / 300 < 0.99


def test_exposures_that_were_lost_are_noticed() -> None:
    fair = seen(AB[0], 100, 400) + seen(AB[1], 100, 400)
    lost = seen(AB[0], 100, 400) + seen(AB[1], 100, 150)
    assert evaluate(AB, fair).sound
    assert not evaluate(AB, lost).sound


def test_it_stops_when_enough_is_known_and_not_before() -> None:
    few = seen(AB[0], 0, 20) + seen(AB[1], 20, 0)
    close = seen(AB[0], 50, 150) + seen(AB[1], 52, 148)
    clear = seen(AB[0], 10, 190) + seen(AB[1], 120, 80)
    assert evaluate(AB, few).winner is None
    assert evaluate(AB, close).winner is None
    assert evaluate(AB, clear).winner == AB[1]
    assert max(rate.best for rate in evaluate(AB, clear).rates) >= CERTAIN


def test_nothing_is_concluded_from_shares_that_do_not_fit() -> None:
    assert evaluate(AB, seen(AB[0], 10, 390) + seen(AB[1], 60, 40)).winner is None


def test_without_exposures_nothing_is_known() -> None:
    result = evaluate(AB, [])
    assert [(rate.exposures, rate.low, rate.high) for rate in result.rates] == [(0, 0.0, 1.0)] * 2
    assert result.sound
    assert result.winner is None


def test_all_alike_is_never_certain() -> None:
    rate = evaluate(AB, seen(AB[0], 10, 0)).rates[0]
    assert rate.rate == 1.0
    assert rate.low < 1.0
