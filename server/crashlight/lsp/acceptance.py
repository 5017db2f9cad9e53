"""When is a fix taken? When the user claimed it and the document, or the file, holds the edit.

The command that rides on a code action only *claims*: Neovim runs it even when it refused the edit.
An editor may send the change before or after the command, so each fix waits for both.
"""

from collections.abc import Callable
from dataclasses import dataclass

from crashlight.domain import FeedbackKind, Fix

MOST_WAITING = 200  # fixes that were offered and not yet taken; the oldest go first


@dataclass(slots=True)
class Offer:
    """A fix that was handed to the client, with the text each file holds once it is taken."""

    fix: Fix
    fingerprint: str
    expected: dict[str, tuple[str, ...]]  # URI → all lines after the edit
    before: dict[str, tuple[str, ...]]
    claimed: bool = False
    accepted: bool = False
    kept: bool = False


class Acceptances:
    """Offers of this session, and what became of them."""

    def __init__(self) -> None:
        self._offers: dict[str, Offer] = {}

    def offer(self, offer: Offer) -> None:
        """Remember what a taken fix looks like."""
        claimed = self._offers.pop(offer.fix.id, None)
        offer.claimed = bool(claimed and claimed.claimed)
        self._offers[offer.fix.id] = offer
        while len(self._offers) > MOST_WAITING:
            self._offers.pop(next(iter(self._offers)))

    def claim(self, fix_id: str) -> Offer | None:
        """The user took the action; whether the edit was applied is not known yet."""
        offer = self._offers.get(fix_id)
        if offer:
            offer.claimed = True
        return offer

    def newly_accepted(self, read: Callable[[str], tuple[str, ...] | None]) -> list[Offer]:
        """Offers whose every file holds the edit now and did not before. ``read`` gives a file's lines."""
        found = []
        for offer in self._offers.values():
            if offer.claimed and not offer.accepted and _holds(offer.expected, read):
                offer.accepted = True
                found.append(offer)
        return found

    def settle(self, uri: str, read: Callable[[str], tuple[str, ...] | None]) -> list[tuple[Offer, FeedbackKind]]:
        """After a save of ``uri``: what became of the fixes taken there: kept, reverted or edited."""
        settled: list[tuple[Offer, FeedbackKind]] = []
        for fix_id, offer in list(self._offers.items()):
            if offer.accepted and uri in offer.expected:
                if _holds(offer.expected, read):
                    if not offer.kept:
                        offer.kept = True
                        settled.append((offer, "kept"))
                else:
                    del self._offers[fix_id]
                    settled.append((offer, "reverted" if _holds(offer.before, read) else "edited"))
        return settled

    def waiting(self) -> frozenset[str]:
        """The URIs of files that claimed fixes change."""
        return frozenset(
            uri for offer in self._offers.values() if offer.claimed and not offer.accepted for uri in offer.expected
        )


def _holds(texts: dict[str, tuple[str, ...]], read: Callable[[str], tuple[str, ...] | None]) -> bool:
    return all(_same(read(uri), lines) for uri, lines in texts.items())


def _same(found: tuple[str, ...] | None, expected: tuple[str, ...]) -> bool:
    """Equal but for line ends, which an editor may normalise, and a final one, which it may add."""
    if found is None:
        return False
    return [line.rstrip("\r\n") for line in found] == [line.rstrip("\r\n") for line in expected]
