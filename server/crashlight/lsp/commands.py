"""workspace/executeCommand: what lenses, actions and menus of the clients ask for.

Each command takes one object. A long command answers at once; its work has a progress bar to cancel it.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from lsprotocol import types

from crashlight.domain import FeedbackKind
from crashlight.lsp import acceptances, closer_look, definition, diagnostics, feedback, history, status, words
from crashlight.lsp.findings import Finding
from crashlight.lsp.protocol import Refusal
from crashlight.lsp.session import Session

Argument = dict[str, Any]
OPINIONS: tuple[FeedbackKind, ...] = ("thumbs_up", "thumbs_down", "comment")


async def claim(session: Session, argument: Argument) -> None:
    """The user took a fix; it is accepted once a document or the file holds it."""
    offer = session.acceptances.claim(str(argument.get("fix", "")))
    finding = _finding(session, argument)
    if offer is None:
        # The fix was taken from an action of before a restart: what the file holds cannot be compared any more.
        session.tell("a fix was taken that this session did not offer")
        return
    session.last_known[finding.fingerprint] = finding
    feedback.record(session, "claimed", finding, offer.fix)
    acceptances.look(session)


async def give_feedback(session: Session, argument: Argument) -> None:
    """👍, 👎 with a reason, or a comment."""
    kind = argument.get("kind")
    if kind not in OPINIONS:
        raise Refusal(f"feedback is one of {', '.join(OPINIONS)}, not {kind!r}")
    finding = _finding(session, argument)
    fix = next((fix for fix in finding.diagnosis.fixes if fix.id == argument.get("fix")), None)
    reason, text = argument.get("reason"), argument.get("text")
    feedback.record(
        session, kind, finding, fix, reason=str(reason) if reason else None, text=str(text) if text else None
    )
    session.spawn(_show_when_written(session, finding), "feedback shown")


async def shown(session: Session, argument: Argument) -> None:
    """The user opened the details of a crash: its fixes count as shown."""
    feedback.shown(session, _finding(session, argument))


async def explain(session: Session, argument: Argument) -> Argument:
    """Ask the model about a crash now. Answers at once; the closer look has its own progress."""
    finding = _finding(session, argument)
    if session.parts.model is None:
        raise Refusal("the model is switched off by the setting model.enabled")
    check = session.parts.model.check()
    if check.status != "ok":
        raise Refusal(f"{check.detail}. {check.cure}")
    closer_look.start(session, finding)
    return {"started": True}


async def ignore(session: Session, argument: Argument) -> None:
    """Do not report this group any more."""
    await _set_state(session, argument, "ignored")


async def resolve(session: Session, argument: Argument) -> None:
    """Take this group as fixed; it is reported again when it comes back."""
    await _set_state(session, argument, "resolved")


async def show_status(session: Session, _: Argument) -> Argument:
    """The health of every part."""
    return await status.report(session)


async def locate(session: Session, argument: Argument) -> Argument | None:
    """One line of a stack trace, as pasted, to its place in the workspace."""
    line = str(argument.get("line", ""))[:4000]
    place = await session.parts.locate(line)
    return session.server.protocol._converter.unstructure(definition.location(session, place)) if place else None


async def crashes(session: Session, _: Argument) -> list[Argument]:
    """Every group of the session, for a tree: newest log first within a group."""
    groups: dict[str, list[Finding]] = {}
    for finding in session.findings.all():
        groups.setdefault(finding.fingerprint, []).append(finding)
    return [_group(session, key, findings) for key, findings in groups.items()]


async def restart_model(session: Session, _: Argument) -> None:
    """Stop the model's worker; the next question starts it anew."""
    if session.parts.model is not None:
        await session.parts.model.close()


COMMANDS: dict[str, Callable[[Session, Argument], Awaitable[Any]]] = {
    "crashlight.claim": claim,
    "crashlight.feedback": give_feedback,
    "crashlight.shown": shown,
    "crashlight.explain": explain,
    "crashlight.ignore": ignore,
    "crashlight.resolve": resolve,
    "crashlight.status": show_status,
    "crashlight.locate": locate,
    "crashlight.crashes": crashes,
    "crashlight.restartModel": restart_model,
}


def _finding(session: Session, argument: Argument) -> Finding:
    fingerprint = str(argument.get("fingerprint", ""))
    finding = session.findings.by_fingerprint(fingerprint) or session.last_known.get(fingerprint)
    if finding is None:
        raise Refusal("this crash is not in any log now: open the log again")
    return finding


async def _set_state(session: Session, argument: Argument, kind: FeedbackKind) -> None:
    finding = _finding(session, argument)
    feedback.record(session, kind, finding)
    session.spawn(_show_when_written(session, finding), f"{kind} shown")


async def _show_when_written(session: Session, finding: Finding) -> None:
    """The journal feeds the database in the background; what it counts is shown when it has arrived."""
    await session.parts.store.flush(5.0)
    await history.refresh_groups(session, frozenset({finding.fingerprint}))


def _group(session: Session, fingerprint: str, findings: list[Finding]) -> Argument:
    first = findings[0]
    known = session.findings.histories.get(fingerprint)
    explanation = first.diagnosis.explanation
    return {
        "fingerprint": fingerprint,
        "headline": words.headline(first.occurrence.crash.root),
        "language": first.occurrence.crash.language,
        "category": explanation.category,
        "cause": explanation.cause,
        "fix": explanation.fix,
        "by": explanation.by,
        "state": known.state if known else "new",
        "count": known.count if known else len(findings),
        "firstSeen": known.first_seen if known else None,
        "lastSeen": known.last_seen if known else None,
        "thumbsUp": known.thumbs_up if known else 0,
        "thumbsDown": known.thumbs_down if known else 0,
        "fixes": [
            {"id": fix.id, "title": words.title(fix), "verified": list(fix.verified)} for fix in first.diagnosis.fixes
        ],
        "occurrences": [
            {
                "uri": finding.uri,
                "line": diagnostics.culprit_span(finding).line - 1,
                "firstLine": finding.occurrence.first_line - 1,
                "lastLine": finding.occurrence.last_line - 1,
            }
            for finding in findings[:100]
        ],
    }


def argument_of(params: types.ExecuteCommandParams) -> Argument:
    """The one object that a command takes; an empty one where the client sent none."""
    first = params.arguments[0] if params.arguments else {}
    if not isinstance(first, dict):
        raise Refusal("a command of Crashlight takes one object as its argument")
    return first
