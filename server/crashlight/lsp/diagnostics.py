"""What a crash looks like in the Problems list: in its log, and in the source line that it points to.

All diagnostics are pushed: one way for every client, so none shows a crash twice. In a log a crash is
an error when it is new, a warning when it is known, a hint when the program handled it. In source it is
information, one a group and line with its count.
"""

import time
from collections.abc import Iterable
from pathlib import Path

from lsprotocol import types

from crashlight.domain import FileSpan, SourcePlace
from crashlight.lsp import words
from crashlight.lsp.edits import lines_of
from crashlight.lsp.findings import Finding
from crashlight.lsp.session import Session
from crashlight.lsp.uris import from_path, to_path

SOURCE = "crashlight"
MOST_IN_A_FILE = 100
RECENT_S = 7 * 24 * 3600.0
HIDDEN_STATES = {"ignored"}
CALM_STATES = {"known"}


def publish(session: Session, uris: Iterable[str], *, with_sources: bool = False) -> None:
    """Send the diagnostics of these documents as they are now; an empty list where there are none."""
    wanted = dict.fromkeys(uris)
    if with_sources:
        wanted.update(dict.fromkeys(from_path(path) for path in session.findings.sources()))
    for uri in wanted:
        document = session.document(uri)
        session.server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, of(session, uri), version=document.version if document else None)
        )


def of(session: Session, uri: str) -> list[types.Diagnostic]:
    """The diagnostics of one document, whether a log, a source file or both."""
    found = [_in_log(session, finding) for finding in session.findings.of_log(uri) if is_shown(session, finding)]
    path = to_path(uri)
    if path is not None:
        found.extend(_in_source(session, uri, path))
    if len(found) > MOST_IN_A_FILE:
        rest = len(found) - MOST_IN_A_FILE
        found = found[:MOST_IN_A_FILE]
        found.append(
            types.Diagnostic(
                types.Range(types.Position(0, 0), types.Position(0, 0)),
                f"{rest} more crashes are in this file.",
                severity=types.DiagnosticSeverity.Information,
                source=SOURCE,
            )
        )
    return found


def is_shown(session: Session, finding: Finding) -> bool:
    """False for what the user ignored, by its group or by its rule."""
    history = session.findings.histories.get(finding.fingerprint)
    ignored = session.settings.logs.ignore
    return not (
        (history is not None and history.state in HIDDEN_STATES)
        or finding.fingerprint in ignored
        or (finding.diagnosis.explanation.rule or "") in ignored
    )


def headline_span(finding: Finding) -> FileSpan:
    """Where the log says what went wrong; the first line of the report where it is not known."""
    occurrence = finding.occurrence
    printed = occurrence.crash.root.printed
    return occurrence.locate(printed) if printed else occurrence.origins[occurrence.crash.first_line].locate(0, None)


def culprit_span(finding: Finding) -> FileSpan:
    """The line to look at in the log: where the culprit's frame is printed, else the headline."""
    culprit = finding.occurrence.culprit
    if culprit is not None and culprit.frame.printed is not None:
        return finding.occurrence.locate(culprit.frame.printed)
    return headline_span(finding)


def range_in(session: Session, uri: str, span: FileSpan) -> types.Range:
    """A stretch of a file in the client's units; exact where the document is open."""
    document = session.document(uri)
    line = document.line(span.line - 1) if document else ""
    if document is None:
        return types.Range(types.Position(span.line - 1, span.start), types.Position(span.line - 1, span.end))
    return session.documents.units.range(line, span.line - 1, span.start, span.end)


def source_range(session: Session, place: SourcePlace) -> types.Range:
    """The text of a source line, without its indentation."""
    lines = lines_of(session, from_path(place.path)) or ()
    text = lines[place.line - 1].rstrip("\r\n") if place.line <= len(lines) else ""
    start = len(text) - len(text.lstrip())
    return session.documents.units.range(text, place.line - 1, start, len(text))


def _in_log(session: Session, finding: Finding) -> types.Diagnostic:
    occurrence = finding.occurrence
    history = session.findings.histories.get(finding.fingerprint)
    if occurrence.crash.handled:
        severity = types.DiagnosticSeverity.Hint
    elif history is not None and history.state in CALM_STATES:
        severity = types.DiagnosticSeverity.Warning
    else:
        severity = types.DiagnosticSeverity.Error
    return types.Diagnostic(
        range_in(session, finding.uri, culprit_span(finding)),
        words.diagnostic(finding),
        severity=severity,
        code=finding.diagnosis.explanation.rule or finding.diagnosis.explanation.category,
        source=SOURCE,
        related_information=_related(session, finding) if session.client.related_information else None,
        data={"finding": finding.id, "fingerprint": finding.fingerprint},
    )


def _related(session: Session, finding: Finding) -> list[types.DiagnosticRelatedInformation]:
    related = []
    culprit = finding.occurrence.culprit
    if culprit and culprit.source:
        where = types.Location(from_path(culprit.source.path), source_range(session, culprit.source))
        related.append(types.DiagnosticRelatedInformation(where, "the line it points to"))
    for cause in reversed(finding.occurrence.crash.causes):
        if cause.printed is not None:
            span = finding.occurrence.locate(cause.printed)
            where = types.Location(finding.uri, range_in(session, finding.uri, span))
            related.append(types.DiagnosticRelatedInformation(where, words.headline(cause)))
    return related


def _in_source(session: Session, uri: str, path: Path) -> Iterable[types.Diagnostic]:
    groups: dict[tuple[str, int], list[Finding]] = {}
    now = time.time()
    for finding, line in session.findings.of_source(path):
        history = session.findings.histories.get(finding.fingerprint)
        settled = history is not None and (history.state == "resolved" or now - history.last_seen > RECENT_S)
        if is_shown(session, finding) and not settled and not finding.occurrence.crash.handled:
            groups.setdefault((finding.fingerprint, line), []).append(finding)
    for (fingerprint, _), findings in sorted(groups.items(), key=lambda item: item[0][1]):
        culprit = findings[0].occurrence.culprit
        if culprit is None or culprit.source is None or not _still_there(session, findings[0]):
            continue
        yield types.Diagnostic(
            source_range(session, culprit.source),
            words.in_source(findings[0], len(findings)),
            severity=types.DiagnosticSeverity.Information,
            code=findings[0].diagnosis.explanation.rule or findings[0].diagnosis.explanation.category,
            source=SOURCE,
            related_information=[
                types.DiagnosticRelatedInformation(
                    types.Location(finding.uri, range_in(session, finding.uri, culprit_span(finding))),
                    "the crash in the log",
                )
                for finding in findings[:10]
            ]
            if session.client.related_information
            else None,
            data={"finding": findings[0].id, "fingerprint": fingerprint},
        )


def _still_there(session: Session, finding: Finding) -> bool:
    """False when the line is no longer the one that the log knew: the trace carries its text and it differs."""
    culprit = finding.occurrence.culprit
    if culprit is None or culprit.source is None or culprit.frame.text is None:
        return True
    lines = lines_of(session, from_path(culprit.source.path))
    if lines is None:
        return False
    line = lines[culprit.source.line - 1] if culprit.source.line <= len(lines) else ""
    return culprit.frame.text.strip() in line or line.strip() in culprit.frame.text
