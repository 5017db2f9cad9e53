"""Quantiles of the latency table are right within its resolution."""

import random

from crashlight.observe.latency import LatencyTable


def test_quantiles_are_within_a_quarter() -> None:
    table = LatencyTable()
    chance = random.Random(7)
    times = [chance.lognormvariate(-5, 1) for _ in range(5000)]
    for seconds in times:
        table.add("hover", seconds)
    ((name, count, p50, p95, longest),) = table.rows()
    times.sort()
    assert (name, count, longest) == ("hover", 5000, times[-1])
    assert times[2500] <= p50 <= times[2500] * 1.26
    assert times[4750] <= p95 <= times[4750] * 1.26


def test_the_most_costly_name_comes_first() -> None:
    table = LatencyTable()
    for _ in range(10):
        table.add("cheap", 0.001)
    table.add("dear", 1.0)
    assert [row[0] for row in table.rows()] == ["dear", "cheap"]
    assert LatencyTable().rows() == []
