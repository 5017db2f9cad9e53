"""How often a crash was seen, since when, and in which state: what the store knows, shown when it changes."""

from crashlight.lsp import diagnostics, refresh
from crashlight.lsp.session import Session


def listen(session: Session) -> None:
    """Hear what this or another server learns. Called with the first crash: listening starts the database."""
    store = session.parts.store
    if session.listening_to is not store:
        session.listening_to = store
        store.on_change(lambda fingerprints: _learnt(session, fingerprints))


async def refresh_groups(session: Session, fingerprints: frozenset[str]) -> None:
    """Ask the store about these groups and show what changed. Without a database nothing changes."""
    found = await session.parts.store.histories(sorted(fingerprints))
    changed = {key for key, history in found.items() if session.findings.histories.get(key) != history}
    if not changed:
        return
    session.findings.histories.update(found)
    touched = {finding.uri for finding in session.findings.all() if finding.fingerprint in changed}
    diagnostics.publish(session, sorted(touched), with_sources=True)
    refresh.lenses(session)


def _learnt(session: Session, fingerprints: frozenset[str]) -> None:
    shown = frozenset(finding.fingerprint for finding in session.findings.all())
    if wanted := fingerprints & shown:
        session.spawn(refresh_groups(session, wanted), "news from the store")
