"""SARIF 2.1.0 (OASIS): one result a crash, its stack as a code flow, its fixes as replacements."""

import json
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from crashlight import __version__
from crashlight.cli.render.plain import harmless
from crashlight.domain import Fix, Report, SourcePlace
from crashlight_sdk import CATEGORIES, Frame

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(reports: Iterable[Report]) -> Iterator[str]:
    """The whole document, as one text."""
    rules = list(CATEGORIES)
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Crashlight",
                        "version": __version__,
                        "rules": [{"id": rule, "shortDescription": {"text": CATEGORIES[rule]}} for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(report, rules) for report in reports],
            }
        ],
    }
    yield json.dumps(document, indent=1)


def _result(report: Report, rules: list[str]) -> dict[str, Any]:
    occurrence, diagnosis = report.occurrence, report.diagnosis
    root, explanation = occurrence.crash.root, diagnosis.explanation
    place = occurrence.culprit.source if occurrence.culprit else None
    in_log = _location(occurrence.log, occurrence.first_line, occurrence.last_line)
    headline = f"{root.crash_type}: {root.message}" if root.message else root.crash_type
    category = explanation.category if explanation.category in rules else "other"
    result: dict[str, Any] = {
        "ruleId": category,
        "ruleIndex": rules.index(category),
        "level": "note" if occurrence.crash.handled else "error",
        "message": {
            "text": harmless("\n".join(part for part in (headline, explanation.cause, explanation.fix) if part))
        },
        "locations": [_location(place.relative, place.line) if place else in_log],
        "partialFingerprints": {"crashlight/v1": occurrence.fingerprint.key},
        "occurrenceCount": report.group_count,
        "relatedLocations": [{"id": 1, **in_log, "message": {"text": "the report in the log"}}],
    }
    steps = [
        _step(frame, occurrence.places.get((len(occurrence.crash.causes) - 1, index)))
        for index, frame in enumerate(root.frames)
        if frame.file
    ]
    if steps:
        # A code flow runs in the order of time: the outermost call first.
        result["codeFlows"] = [{"threadFlows": [{"locations": steps[::-1]}]}]
    fixes = [_fix(fix) for fix in diagnosis.fixes if fix.edits]
    if fixes:
        result["fixes"] = fixes
    return result


def _step(frame: Frame, place: SourcePlace | None) -> dict[str, Any]:
    file, line = (place.relative, place.line) if place else (frame.file or "", frame.line)
    location = _location(file, line)
    if frame.function:
        location["logicalLocations"] = [{"fullyQualifiedName": harmless(frame.function)}]
    return {"location": location, "importance": "essential" if frame.origin == "app" else "unimportant"}


def _location(file: str, first: int | None, last: int | None = None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(file)}}
    if first is not None and first > 0:
        physical["region"] = {"startLine": first, **({"endLine": last} if last is not None else {})}
    return {"physicalLocation": physical}


def _fix(fix: Fix) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        region: dict[str, int] = {"startLine": edit.start_line, "startColumn": 1}
        region |= {"endLine": max(edit.start_line, edit.end_line + 1), "endColumn": 1}
        replacement: dict[str, Any] = {"deletedRegion": region}
        if edit.text:
            replacement["insertedContent"] = {"text": edit.text}
        changes.setdefault(edit.file, []).append(replacement)
    return {
        "description": {"text": harmless(fix.title)},
        "artifactChanges": [
            {"artifactLocation": {"uri": _uri(file)}, "replacements": replacements}
            for file, replacements in changes.items()
        ],
    }


def _uri(file: str) -> str:
    """A path as a URI reference: relative ones stay relative, whatever is in them is quoted."""
    path = file.replace("\\", "/")
    if "://" in path:
        return quote(path, safe="/:?=&%#@+,;~!$'()*")
    if PurePath(path).is_absolute() or path.startswith("/"):
        return "file://" + quote(path)
    if len(path) > 1 and path[1] == ":":
        return "file:///" + quote(path, safe="/:")
    return quote(path)
