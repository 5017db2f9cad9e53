"""Looks whether claimed fixes were applied, and tells the store."""

from crashlight.domain import FeedbackKind
from crashlight.lsp import feedback
from crashlight.lsp.acceptance import Offer
from crashlight.lsp.edits import lines_of
from crashlight.lsp.session import Session


def look(session: Session) -> None:
    """Record each claimed fix that its files hold now."""
    if session.acceptances.waiting():
        for offer in session.acceptances.newly_accepted(lambda uri: lines_of(session, uri)):
            _record(session, "accepted", offer)


def settle(session: Session, uri: str) -> None:
    """Record what a save made of the fixes that were taken in a file."""
    for offer, outcome in session.acceptances.settle(uri, lambda uri: lines_of(session, uri)):
        _record(session, outcome, offer)


def _record(session: Session, kind: FeedbackKind, offer: Offer) -> None:
    finding = session.findings.by_fingerprint(offer.fingerprint) or session.last_known.get(offer.fingerprint)
    if finding is not None:
        feedback.record(session, kind, finding, offer.fix)
