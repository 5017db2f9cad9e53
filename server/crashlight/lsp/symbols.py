"""The outline of a log (crash, cause, frames), its folds, and the crashes of the workspace by name."""

from lsprotocol import types

from crashlight.lsp import diagnostics, words
from crashlight.lsp.findings import Finding
from crashlight.lsp.session import Session
from crashlight_sdk import Cause

MOST_FOUND = 500


async def document_symbol(
    session: Session, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
    """Each crash with its causes and their frames; flat for a client that knows no tree."""
    uri = params.text_document.uri
    findings = session.findings.of_log(uri)
    if not session.client.hierarchical_symbols:
        return [_information(session, finding) for finding in findings]
    return [_crash(session, finding) for finding in findings]


async def folding_range(session: Session, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    """Each report, and in it each run of foreign frames."""
    folds = []
    for finding in session.findings.of_log(params.text_document.uri):
        occurrence = finding.occurrence
        folds.append(types.FoldingRange(occurrence.first_line - 1, occurrence.last_line - 1))
        for cause in occurrence.crash.causes:
            folds.extend(_foreign_runs(finding, cause))
    return [fold for fold in folds if fold.end_line > fold.start_line]


async def workspace_symbol(session: Session, params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
    """Crashes whose type or message holds every word of the query."""
    wanted = params.query.lower().split()
    found = []
    for finding in session.findings.all():
        name = words.headline(finding.occurrence.crash.root)
        if all(word in name.lower() for word in wanted):
            found.append(_information(session, finding))
    return found[:MOST_FOUND]


def _crash(session: Session, finding: Finding) -> types.DocumentSymbol:
    occurrence = finding.occurrence
    whole = types.Range(types.Position(occurrence.first_line - 1, 0), types.Position(occurrence.last_line, 0))
    children = [_cause(session, finding, cause) for cause in occurrence.crash.causes]
    name = words.headline(occurrence.crash.root)
    selection = diagnostics.range_in(session, finding.uri, diagnostics.headline_span(finding))
    return types.DocumentSymbol(name, types.SymbolKind.Event, whole, selection, children=children)


def _cause(session: Session, finding: Finding, cause: Cause) -> types.DocumentSymbol:
    frames = []
    for frame in cause.frames:
        if frame.printed is not None:
            place = diagnostics.range_in(session, finding.uri, finding.occurrence.locate(frame.printed))
            name = frame.function or words.where(frame, None)
            frames.append(
                types.DocumentSymbol(words.plain(name, 120), types.SymbolKind.Function, place, place, frame.file)
            )
    span = cause.printed
    own = diagnostics.range_in(
        session, finding.uri, finding.occurrence.locate(span) if span else diagnostics.headline_span(finding)
    )
    every = [own, *(frame.range for frame in frames)]
    whole = types.Range(min(each.start for each in every), max(each.end for each in every))
    return types.DocumentSymbol(words.headline(cause), types.SymbolKind.Class, whole, own, children=frames)


def _information(session: Session, finding: Finding) -> types.SymbolInformation:
    place = diagnostics.range_in(session, finding.uri, diagnostics.culprit_span(finding))
    return types.SymbolInformation(
        location=types.Location(finding.uri, place),
        name=words.headline(finding.occurrence.crash.root),
        kind=types.SymbolKind.Event,
    )


def _foreign_runs(finding: Finding, cause: Cause) -> list[types.FoldingRange]:
    runs: list[types.FoldingRange] = []
    lines = sorted(
        finding.occurrence.locate(frame.printed).line - 1
        for frame in cause.frames
        if frame.printed is not None and frame.origin in {"library", "runtime"}
    )
    for line in lines:
        if runs and line <= runs[-1].end_line + 2:
            runs[-1].end_line = line
        else:
            runs.append(types.FoldingRange(line, line, kind=types.FoldingRangeKind.Region))
    return runs
