"""How events change a group, in any order."""

import itertools

import pytest

from crashlight.adapters.postgres.tally import Tally


def tally(*steps: tuple[str, float]) -> Tally:
    found = Tally(first_seen=steps[0][1], last_seen=steps[0][1])
    for kind, time in steps:
        if kind == "occurrence":
            found.add_occurrence(time)
        else:
            found.add_event(kind, time)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([("occurrence", 1)], "new"),
        ([("occurrence", 1), ("occurrence", 2)], "known"),
        ([("occurrence", 1), ("ignored", 2)], "ignored"),
        ([("occurrence", 1), ("ignored", 2), ("occurrence", 3)], "ignored"),
        ([("occurrence", 1), ("resolved", 2)], "resolved"),
        ([("occurrence", 1), ("resolved", 2), ("occurrence", 3)], "recurred"),
        ([("occurrence", 1), ("resolved", 2), ("reopened", 3)], "known"),
        ([("occurrence", 1), ("resolved", 2), ("occurrence", 3), ("resolved", 4)], "resolved"),
        ([("shown", 1), ("accepted", 2)], "new"),
    ],
)
def test_states(steps: list[tuple[str, float]], state: str) -> None:
    assert tally(*steps).state == state


def test_the_latest_decision_wins_in_whatever_order_it_arrives() -> None:
    steps = [("ignored", 1.0), ("reopened", 2.0), ("resolved", 3.0)]
    assert {tally(*order).state for order in itertools.permutations(steps)} == {"resolved"}


def test_counts_and_times() -> None:
    found = tally(("occurrence", 5), ("occurrence", 2), ("thumbs_up", 9), ("thumbs_down", 1), ("thumbs_up", 9))
    history = found.history("f")
    assert (history.count, history.first_seen, history.last_seen) == (2, 2, 5)
    assert (history.thumbs_up, history.thumbs_down) == (2, 1)
