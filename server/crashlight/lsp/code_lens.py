"""textDocument/codeLens: over a report in a log, how often it was seen and what the user thinks of the explanation."""

from lsprotocol import types

from crashlight.lsp import diagnostics, words
from crashlight.lsp.findings import Finding
from crashlight.lsp.session import Session
from crashlight.lsp.uris import from_path


async def code_lens(session: Session, params: types.CodeLensParams) -> list[types.CodeLens]:
    """A row of lenses for each crash that is shown."""
    lenses: list[types.CodeLens] = []
    for finding in session.findings.of_log(params.text_document.uri):
        if diagnostics.is_shown(session, finding):
            lenses.extend(_row(session, finding))
    return lenses


def _row(session: Session, finding: Finding) -> list[types.CodeLens]:
    position = types.Position(finding.occurrence.first_line - 1, 0)
    place = types.Range(position, position)
    history = session.findings.histories.get(finding.fingerprint)
    seen = words.seen(history) if history else "new"
    up, down = (history.thumbs_up, history.thumbs_down) if history else (0, 0)
    culprit = finding.occurrence.culprit
    row = [types.Command(f"{words.plain(finding.occurrence.crash.root.crash_type, 60)} · {seen}", "")]
    if culprit and culprit.source:
        target = {"uri": from_path(culprit.source.path), "line": culprit.source.line - 1}
        row[0] = types.Command(f"{row[0].title} · open culprit", "crashlight.open", arguments=[target])
    for title, kind, count in (("👍", "thumbs_up", up), ("👎", "thumbs_down", down)):
        argument = {"kind": kind, "fingerprint": finding.fingerprint}
        row.append(types.Command(f"{title} {count}" if count else title, "crashlight.feedback", arguments=[argument]))
    return [types.CodeLens(place, command) for command in row]
