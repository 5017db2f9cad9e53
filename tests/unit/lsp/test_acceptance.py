"""A fix is accepted when it was claimed and the files hold it, in whatever order the editor says so."""

import pytest

from crashlight.domain import Edit, Fix
from crashlight.lsp.acceptance import MOST_WAITING, Acceptances, Offer

URI = "file:///a.py"
BEFORE, AFTER = ("bad\n",), ("good\n",)


def offer(name: str = "fix") -> Offer:
    fix = Fix(name, "Do it", "rules", (Edit("a.py", 1, 1, "good\n"),), ("applies",))
    return Offer(fix, "print", {URI: AFTER}, {URI: BEFORE})


@pytest.mark.parametrize("claimed_first", [True, False])
def test_claim_and_edit_in_either_order(claimed_first: bool) -> None:
    acceptances = Acceptances()
    acceptances.offer(offer())
    text = BEFORE if claimed_first else AFTER
    assert acceptances.newly_accepted(lambda uri: text) == []
    assert acceptances.claim("fix") is not None
    assert acceptances.waiting() == {URI}
    assert len(acceptances.newly_accepted(lambda uri: AFTER)) == 1
    assert acceptances.newly_accepted(lambda uri: AFTER) == []


def test_claimed_and_never_seen_is_unknown() -> None:
    acceptances = Acceptances()
    acceptances.offer(offer())
    acceptances.claim("fix")
    assert acceptances.newly_accepted(lambda uri: ("other\n",)) == []
    assert acceptances.newly_accepted(lambda uri: None) == []
    assert acceptances.claim("no such fix") is None


@pytest.mark.parametrize(("text", "outcome"), [(AFTER, "kept"), (BEFORE, "reverted"), (("better\n",), "edited")])
def test_what_a_save_makes_of_it(text: tuple[str, ...], outcome: str) -> None:
    acceptances = Acceptances()
    acceptances.offer(offer())
    acceptances.claim("fix")
    acceptances.newly_accepted(lambda uri: AFTER)
    assert [kind for _, kind in acceptances.settle(URI, lambda uri: text)] == [outcome]
    assert acceptances.settle(URI, lambda uri: text) == []


def test_line_ends_do_not_matter() -> None:
    acceptances = Acceptances()
    acceptances.offer(offer())
    acceptances.claim("fix")
    assert len(acceptances.newly_accepted(lambda uri: ("good\r\n",))) == 1


def test_offering_again_keeps_the_claim_and_memory_is_bounded() -> None:
    acceptances = Acceptances()
    acceptances.offer(offer())
    acceptances.claim("fix")
    acceptances.offer(offer())
    assert acceptances.waiting() == {URI}
    for number in range(2 * MOST_WAITING):
        acceptances.offer(offer(str(number)))
    assert acceptances.claim("0") is None
