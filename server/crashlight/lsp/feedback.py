"""What the user does with an explanation or a fix, to the store. Nothing here waits."""

import time
import uuid

from crashlight.domain import FeedbackEvent, FeedbackKind, Fix
from crashlight.lsp.findings import Finding
from crashlight.lsp.session import Session
from crashlight.sources.redaction import scrub

LONGEST_COMMENT = 4000


def record(
    session: Session,
    kind: FeedbackKind,
    finding: Finding,
    fix: Fix | None = None,
    *,
    reason: str | None = None,
    text: str | None = None,
) -> None:
    """One event, flushed to the journal before this returns; nothing when feedback is switched off."""
    if not session.settings.feedback.enabled:
        return
    explanation = finding.diagnosis.explanation
    crash = finding.occurrence.crash
    session.parts.store.record(
        FeedbackEvent(
            id=str(uuid.uuid4()),
            time=time.time(),
            kind=kind,
            fingerprint=finding.fingerprint,
            fix=fix.id if fix else None,
            workspace=str(session.roots[0]) if session.roots else None,
            language=crash.language,
            crash_type=crash.root.crash_type,
            category=explanation.category,
            rule=(fix.rule if fix else None) or explanation.rule,
            prompt=(fix.prompt if fix else None) or explanation.prompt,
            model=explanation.model,
            speaker=fix.by if fix else explanation.by,
            editor=session.client.editor,
            reason=reason,
            text=scrub(text[:LONGEST_COMMENT]) if text else None,
            log=finding.occurrence.log,
            line=finding.occurrence.first_line,
            detail=_exposure(fix.exposure if fix and fix.prompt else explanation.exposure),
        )
    )


def shown(session: Session, finding: Finding) -> None:
    """Each fix of a finding was in an answer that the user asked for; once a session and fix."""
    for fix in finding.diagnosis.fixes:
        if fix.id not in session.shown_fixes:
            session.shown_fixes.add(fix.id)
            session.parts.store.record_fix(finding.fingerprint, fix)
            record(session, "shown", finding, fix)


def _exposure(probability: float | None) -> dict[str, str] | None:
    """How the prompt version was drawn, without which an experiment cannot be read."""
    return None if probability is None else {"exposure": f"{probability:.6f}"}
