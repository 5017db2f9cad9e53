"""Workflow commands of GitHub Actions: an annotation for each crash, on the source line where it is known.

Format: "Workflow commands for GitHub Actions", https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from collections.abc import Iterable, Iterator

from crashlight.cli.render.plain import harmless, one_line
from crashlight.domain import Report


def render(reports: Iterable[Report]) -> Iterator[str]:
    """One command each; crashes of one group are told once, with their number."""
    told: set[str] = set()
    for report in reports:
        key = report.occurrence.fingerprint.key
        if key not in told:
            told.add(key)
            yield _annotation(report)


def _annotation(report: Report) -> str:
    occurrence, explanation = report.occurrence, report.diagnosis.explanation
    root = occurrence.crash.root
    place = occurrence.culprit.source if occurrence.culprit else None
    file, line = (place.relative, place.line) if place else (occurrence.log, occurrence.first_line)
    times = f" ({report.group_count} times)" if report.group_count > 1 else ""
    title = one_line(f"{root.crash_type}{times}", 100)
    said = [one_line(f"{root.crash_type}: {root.message}", 400), explanation.cause, explanation.fix]
    said.append(f"{occurrence.log}:{occurrence.first_line}")
    level = "warning" if occurrence.crash.handled else "error"
    properties = f"file={_property(file)},line={line},title={_property(title)}"
    return f"::{level} {properties}::{_data(harmless(chr(10).join(part for part in said if part)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(harmless(text)).replace(":", "%3A").replace(",", "%2C")
