"""The model's turn: asked in the background for what the user looks at, shown when it is done."""

import asyncio
import contextlib
import uuid

from lsprotocol import types

from crashlight.domain import Diagnosis
from crashlight.lsp import diagnostics, refresh, status
from crashlight.lsp.findings import Finding
from crashlight.lsp.session import Session


def start(session: Session, finding: Finding) -> bool:
    """Ask about a crash unless that is under way. False when the model cannot answer now."""
    running = session.closer_looks.get(finding.fingerprint)
    if running is not None and not running.done():
        return True
    model = session.parts.model
    # A model that failed lately is asked all the same: it says itself when it may be tried again.
    if model is None or model.identity() is None:
        return False
    session.closer_looks[finding.fingerprint] = session.spawn(look(session, finding), "closer look")
    return True


async def look(session: Session, finding: Finding) -> Diagnosis:
    """Ask the model, with progress that can be cancelled; show the answer everywhere the crash is shown."""
    progress = await _Progress.begin(session, "Taking a closer look")

    def written(part: Diagnosis) -> None:
        # A hover that is opened meanwhile shows what is written so far.
        session.findings.update(finding.fingerprint, part)

    status.changed(session)
    work = asyncio.ensure_future(session.diagnostician.closer(finding.occurrence, finding.diagnosis, written))
    progress.cancels(work)
    try:
        diagnosis: Diagnosis = await work
    except asyncio.CancelledError:
        # What was known before stands, and the model may be asked again.
        session.findings.update(finding.fingerprint, finding.diagnosis)
        raise
    finally:
        work.cancel()
        progress.end()
        status.changed(session)
    touched = session.findings.update(finding.fingerprint, diagnosis)
    diagnostics.publish(session, sorted(touched), with_sources=True)
    refresh.lenses(session)
    return diagnosis


class _Progress:
    """One progress bar of the client, or nothing where it has none."""

    def __init__(self, session: Session, token: str | None) -> None:
        self._session = session
        self._token = token
        self._ended = False

    @classmethod
    async def begin(cls, session: Session, title: str) -> "_Progress":
        if not session.client.progress:
            return cls(session, None)
        token = str(uuid.uuid4())
        bars = session.server.work_done_progress
        with contextlib.suppress(Exception):
            # A client that refuses to show progress still gets its answer.
            await asyncio.wait_for(bars.create_async(token), 2.0)
            bars.begin(token, types.WorkDoneProgressBegin(title=title, cancellable=True))
            return cls(session, token)
        return cls(session, None)

    def cancels(self, work: "asyncio.Future[Diagnosis]") -> None:
        """Stop ``work`` when the user presses cancel."""
        if self._token and (cancelled := self._session.server.work_done_progress.tokens.get(self._token)):
            loop = asyncio.get_running_loop()
            cancelled.add_done_callback(lambda _: loop.call_soon_threadsafe(work.cancel))

    def end(self) -> None:
        """Take the bar away, and its token out of pygls' table, which keeps it otherwise."""
        if self._token and not self._ended:
            self._ended = True
            self._session.server.work_done_progress.end(self._token, types.WorkDoneProgressEnd())
            self._session.server.work_done_progress.tokens.pop(self._token, None)
