"""JSON Lines: one object a crash, the same for ``scan`` and ``explain``."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from crashlight.domain import Culprit, Diagnosis, Fix, Report, Speaker
from crashlight_sdk import Cause


def render(reports: Iterable[Report]) -> Iterator[str]:
    """One line each, non-ASCII escaped."""
    return (json.dumps(as_object(report)) for report in reports)


def as_object(report: Report) -> dict[str, Any]:
    """The contract of the command line; what is not known is None."""
    occurrence, diagnosis = report.occurrence, report.diagnosis
    root = occurrence.crash.root
    return {
        "file": occurrence.log,
        "start_line": occurrence.first_line,
        "end_line": occurrence.last_line,
        "language": occurrence.crash.language or None,
        "crash_type": root.crash_type or None,
        "message": root.message,
        "fingerprint": occurrence.fingerprint.key,
        "group_count": report.group_count,
        "culprit": _culprit(occurrence.culprit),
        "category": diagnosis.explanation.category or None,
        "confidence": round(diagnosis.explanation.confidence, 3),
        "causes": [_cause(cause) for cause in occurrence.crash.causes],
        "explanation": _explanation(diagnosis),
        "fixes": [_fix(fix) for fix in diagnosis.fixes],
    }


def _culprit(culprit: Culprit | None) -> dict[str, Any] | None:
    if culprit is None:
        return None
    place = culprit.source
    return {
        "file": culprit.frame.file,
        "line": culprit.frame.line,
        "function": culprit.frame.function,
        "source": f"{place.relative}:{place.line}" if place else None,
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "crash_type": cause.crash_type or None,
        "message": cause.message,
        "frames": [
            {"file": frame.file, "line": frame.line, "function": frame.function, "origin": frame.origin}
            for frame in cause.frames
        ],
    }


def _explanation(diagnosis: Diagnosis) -> dict[str, Any]:
    explanation = diagnosis.explanation
    return {
        "cause": explanation.cause or None,
        "fix": explanation.fix or None,
        "by": _by(explanation.by),
        "prompt": explanation.prompt,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [
        {"file": edit.file, "start_line": edit.start_line, "end_line": edit.end_line, "text": edit.text}
        for edit in fix.edits
    ]
    return {"title": fix.title, "by": _by(fix.by), "edits": edits, "verified": list(fix.verified)}


def _by(speaker: Speaker) -> str:
    """Facts are what rules say when none of them fits; the contract knows rules and model."""
    return "model" if speaker == "model" else "rules"
