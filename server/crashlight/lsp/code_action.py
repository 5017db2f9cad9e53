"""textDocument/codeAction and codeAction/resolve: the fixes of a crash, the preferred one first.

The edit is made in ``resolve`` where the client resolves edits, at once otherwise. The same action
carries a command that says that it was taken.
"""

from typing import Any

from lsprotocol import types

from crashlight.domain import Fix
from crashlight.lsp import closer_look, edits, feedback, lookup, words
from crashlight.lsp.findings import Finding
from crashlight.lsp.protocol import Refusal, stale
from crashlight.lsp.session import Session

KINDS = [types.CodeActionKind.QuickFix, types.CodeActionKind.Empty]


async def code_action(session: Session, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Fixes for the crashes that the range touches, then what else can be done with them."""
    only = params.context.only
    findings = list(lookup.at(session, params.text_document.uri, params.range.start.line, params.range.end.line))
    invoked = params.context.trigger_kind != types.CodeActionTriggerKind.Automatic
    actions: list[types.CodeAction] = []
    for finding in findings:
        if _wanted(only, types.CodeActionKind.QuickFix):
            fixes = sorted(finding.diagnosis.fixes, key=lambda fix: not fix.preferred)
            actions.extend(_fix_action(session, params, finding, fix) for fix in fixes)
        if invoked:
            feedback.shown(session, finding)
            if finding.diagnosis.pending:
                closer_look.start(session, finding)
    if only is None:
        actions.extend(action for finding in findings[:1] for action in _more(session, finding))
    return actions


async def resolve(session: Session, action: types.CodeAction) -> types.CodeAction:
    """Make the edit now, for the text of now. Raises when the action was made for another text."""
    data: dict[str, Any] = action.data if isinstance(action.data, dict) else {}
    finding = session.findings.by_fingerprint(str(data.get("fingerprint", "")))
    fix = next((fix for fix in finding.diagnosis.fixes if fix.id == data.get("fix")), None) if finding else None
    if finding is None or fix is None:
        raise stale("this fix is not offered any more: ask for code actions again")
    if edits.state_of(session, fix) != data.get("state"):
        raise stale("the source changed since this fix was offered: ask for code actions again")
    action.edit = edits.workspace_edit(session, finding, fix)
    feedback.record(session, "previewed", finding, fix)
    return action


def _fix_action(session: Session, params: types.CodeActionParams, finding: Finding, fix: Fix) -> types.CodeAction:
    action = types.CodeAction(
        title=words.title(fix),
        kind=types.CodeActionKind.QuickFix,
        is_preferred=True if fix.preferred and fix.by != "model" else None,
        diagnostics=[
            diagnostic
            for diagnostic in params.context.diagnostics
            if isinstance(diagnostic.data, dict) and diagnostic.data.get("fingerprint") == finding.fingerprint
        ]
        or None,
        command=types.Command(
            title="Remember that this fix was taken",
            command="crashlight.claim",
            arguments=[{"fix": fix.id, "fingerprint": finding.fingerprint, "uri": params.text_document.uri}],
        ),
        data={"fix": fix.id, "fingerprint": finding.fingerprint, "state": edits.state_of(session, fix)},
    )
    if not session.client.resolves_edits:
        try:
            action.edit = edits.workspace_edit(session, finding, fix)
        except Refusal as refusal:
            action.disabled = types.CodeActionDisabled(str(refusal))
    return action


def _more(session: Session, finding: Finding) -> list[types.CodeAction]:
    """What can be done with a crash besides fixing it."""
    arguments: dict[str, Any] = {"fingerprint": finding.fingerprint, "uri": finding.uri}
    choices = [
        ("Mark this crash as resolved", "crashlight.resolve", arguments),
        ("Ignore this crash", "crashlight.ignore", arguments),
    ]
    if session.parts.model is not None and finding.diagnosis.explanation.by != "model":
        choices.insert(0, ("Explain this crash deeper, with the model", "crashlight.explain", arguments))
    return [
        types.CodeAction(
            title, kind=types.CodeActionKind.Empty, command=types.Command(title, command, arguments=[argument])
        )
        for title, command, argument in choices
    ]


def _wanted(only: Any, kind: types.CodeActionKind) -> bool:
    return only is None or any(kind.value == each or kind.value.startswith(f"{each}.") for each in map(_text, only))


def _text(kind: Any) -> str:
    return str(getattr(kind, "value", kind))
