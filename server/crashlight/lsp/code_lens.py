"""textDocument/codeLens: over a report in a log, how often it was seen and what the user thinks of the explanation;
over a function in source, how many crashes passed through it.
"""

from pathlib import Path

from lsprotocol import types

from crashlight.lsp import diagnostics, words
from crashlight.lsp.findings import Finding
from crashlight.lsp.session import Session
from crashlight.lsp.uris import from_path, to_path


async def code_lens(session: Session, params: types.CodeLensParams) -> list[types.CodeLens]:
    """A row of lenses for each crash that is shown."""
    lenses: list[types.CodeLens] = []
    for finding in session.findings.of_log(params.text_document.uri):
        if diagnostics.is_shown(session, finding):
            lenses.extend(_row(session, finding))
    path = to_path(params.text_document.uri)
    if path is not None:
        lenses.extend(_over_functions(session, path))
    return lenses


def _over_functions(session: Session, path: Path) -> list[types.CodeLens]:
    counted: dict[int, list[Finding]] = {}
    for finding, _ in session.findings.of_source(path):
        culprit = finding.occurrence.culprit
        if culprit and culprit.source and diagnostics.is_shown(session, finding):
            function = session.parts.sources.context(culprit.source)
            counted.setdefault(function.first_line if function else culprit.source.line, []).append(finding)
    lenses = []
    for line, findings in sorted(counted.items()):
        title = "1 crash" if len(findings) == 1 else f"{len(findings)} crashes"
        target = {"uri": findings[0].uri, "line": diagnostics.culprit_span(findings[0]).line - 1}
        position = types.Position(line - 1, 0)
        command = types.Command(title, "crashlight.open", arguments=[target])
        lenses.append(types.CodeLens(types.Range(position, position), command))
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
