"""Reports for people: each group of crashes once, with the line to look at, why, and the fix as a diff."""

import shutil
import textwrap
from collections.abc import Callable, Iterable, Iterator

from crashlight.cli.render.plain import harmless, one_line
from crashlight.domain import Edit, Fix, Report
from crashlight_sdk import Frame

MAX_PLACES = 5  # further places of one group that are listed

ReadLines = Callable[[str], list[str]]  # lines of a file of the workspace, by its relative path
_LABEL = 7


class Palette:
    """Colours, or none. Codes are those of ECMA-48."""

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled

    def bold(self, text: str) -> str:
        return self._in("1", text)

    def dim(self, text: str) -> str:
        return self._in("2", text)

    def red(self, text: str) -> str:
        return self._in("31", text)

    def green(self, text: str) -> str:
        return self._in("32", text)

    def cyan(self, text: str) -> str:
        return self._in("36", text)

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._enabled else text


def render(reports: Iterable[Report], palette: Palette, read_lines: ReadLines) -> Iterator[str]:
    """One text for each group in the order of its first crash, and a summary."""
    groups: dict[str, list[Report]] = {}
    for report in reports:
        groups.setdefault(report.occurrence.fingerprint.key, []).append(report)
    width = min(100, shutil.get_terminal_size().columns)
    for group in groups.values():
        yield "\n".join([*_group(group, palette, read_lines, width), ""])
    yield _summary(groups)


def _group(group: list[Report], palette: Palette, read_lines: ReadLines, width: int) -> Iterator[str]:
    first = group[0]
    occurrence, explanation = first.occurrence, first.diagnosis.explanation
    root = occurrence.crash.root
    place = harmless(f"{occurrence.log}:{occurrence.first_line}")
    headline = one_line(f"{root.crash_type}: {root.message}" if root.message else root.crash_type)
    yield f"{palette.dim(place)}  {palette.bold(palette.red(headline))}"
    culprit = occurrence.culprit
    if culprit is not None:
        where = f"{culprit.source.relative}:{culprit.source.line}" if culprit.source else _printed(culprit.frame)
        called = f" in {one_line(culprit.frame.function, 80)}" if culprit.frame.function else ""
        yield _labelled("at", palette.cyan(harmless(where)) + called)
        if culprit.frame.text:
            yield _labelled("", palette.dim(one_line(culprit.frame.text, width - _LABEL - 2)))
    for label, text in (("why", explanation.cause), ("do", explanation.fix)):
        if text:
            yield from _wrapped(label, text, width)
    if occurrence.crash.handled:
        yield _labelled("note", "logged at INFO or DEBUG: the program caught it and went on")
    for fix in first.diagnosis.fixes:
        yield from _fix(fix, palette, read_lines)
    yield _labelled("", palette.dim(_facts(group)))


def _facts(group: list[Report]) -> str:
    first = group[0]
    explanation = first.diagnosis.explanation
    facts = [first.occurrence.crash.language, explanation.category, first.occurrence.fingerprint.key]
    if explanation.by == "model":
        facts.append("said by the model")
    if len(group) > 1:
        places = [harmless(f"{report.occurrence.log}:{report.occurrence.first_line}") for report in group[1:]]
        more = f" and {len(places) - MAX_PLACES} more" if len(places) > MAX_PLACES else ""
        facts.append(f"seen {len(group)} times, also at {', '.join(places[:MAX_PLACES])}{more}")
    return " · ".join(facts)


def _fix(fix: Fix, palette: Palette, read_lines: ReadLines) -> Iterator[str]:
    by = "Model: " if fix.by == "model" and not fix.title.startswith("Model:") else ""
    yield _labelled("fix", palette.bold(f"{by}{one_line(fix.title)}"))
    for edit in fix.edits:
        yield _labelled("", palette.dim(harmless(f"{edit.file}:{edit.start_line}")))
        yield from _diff(edit, palette, read_lines)


def _diff(edit: Edit, palette: Palette, read_lines: ReadLines) -> Iterator[str]:
    for line in read_lines(edit.file)[edit.start_line - 1 : edit.end_line]:
        yield _labelled("", palette.red(f"- {harmless(line)}"))
    for line in edit.text.splitlines():
        yield _labelled("", palette.green(f"+ {harmless(line)}"))


def _printed(frame: Frame) -> str:
    if frame.file is None:
        return frame.module or frame.function or "an unknown place"
    return f"{frame.file}:{frame.line}" if frame.line is not None else frame.file


def _labelled(label: str, text: str) -> str:
    return f"  {label:{_LABEL}s}{text}"


def _wrapped(label: str, text: str, width: int) -> Iterator[str]:
    lines = textwrap.wrap(harmless(" ".join(text.split())), max(20, width - _LABEL - 2)) or [""]
    yield _labelled(label, lines[0])
    for line in lines[1:]:
        yield _labelled("", line)


def _summary(groups: dict[str, list[Report]]) -> str:
    crashes = sum(len(group) for group in groups.values())
    if not crashes:
        return "no crash found"
    files = len({report.occurrence.log for group in groups.values() for report in group})
    different = f", {len(groups)} different" if len(groups) < crashes else ""
    return (
        f"{crashes} {'crash' if crashes == 1 else 'crashes'}{different}, in {files} {'file' if files == 1 else 'files'}"
    )
