"""What is known of each log now: its crashes, with their diagnoses.

A finding belongs to (log, generation); a newer generation replaces an older one whole. Nothing here
waits or does input or output.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from crashlight.domain import Diagnosis, GroupHistory, Occurrence
from crashlight_sdk import Frame


@dataclass(frozen=True, slots=True)
class Finding:
    """One crash in one log, with what is known about it."""

    uri: str  # of the log
    occurrence: Occurrence
    diagnosis: Diagnosis

    @property
    def fingerprint(self) -> str:
        """The key of its group."""
        return self.occurrence.fingerprint.key

    @property
    def id(self) -> str:
        """Stable while the log does not move it."""
        return f"{self.fingerprint}@{self.occurrence.first_line}"

    def covers(self, line: int) -> bool:
        """True where the 1-based line of the log belongs to this report."""
        return self.occurrence.first_line <= line <= self.occurrence.last_line

    def frame_at(self, line: int) -> tuple[int, int, Frame] | None:
        """The frame printed on the 1-based line of the log: (cause, frame number, frame)."""
        for cause_number, cause in enumerate(self.occurrence.crash.causes):
            for frame_number, frame in enumerate(cause.frames):
                if frame.printed is not None and self.occurrence.locate(frame.printed).line == line:
                    return cause_number, frame_number, frame
        return None


@dataclass(slots=True)
class Findings:
    """All logs of a session."""

    histories: dict[str, GroupHistory] = field(default_factory=dict)
    _by_log: dict[str, tuple[Finding, ...]] = field(default_factory=dict)

    def replace(self, uri: str, findings: Sequence[Finding]) -> frozenset[Path]:
        """Set what a log holds now. Returns the source files whose diagnostics this changes."""
        touched = self._sources_of(self._by_log.get(uri, ()))
        if findings:
            self._by_log[uri] = tuple(findings)
        else:
            self._by_log.pop(uri, None)
        return touched | self._sources_of(findings)

    def update(self, fingerprint: str, diagnosis: Diagnosis) -> frozenset[str]:
        """Give each finding of a group a newer diagnosis. Returns the logs that hold one."""
        touched = set()
        for uri, findings in self._by_log.items():
            if any(finding.fingerprint == fingerprint for finding in findings):
                self._by_log[uri] = tuple(
                    replace(finding, diagnosis=diagnosis) if finding.fingerprint == fingerprint else finding
                    for finding in findings
                )
                touched.add(uri)
        return frozenset(touched)

    def of_log(self, uri: str) -> tuple[Finding, ...]:
        """The findings of a log, in order of lines."""
        return self._by_log.get(uri, ())

    def of_source(self, path: Path) -> Iterator[tuple[Finding, int]]:
        """The findings whose culprit is in a source file, with the 1-based line."""
        for finding in self.all():
            culprit = finding.occurrence.culprit
            if culprit and culprit.source and Path(culprit.source.path) == path:
                yield finding, culprit.source.line

    def through(self, path: Path, line: int) -> Iterator[tuple[Finding, Frame]]:
        """The findings one of whose frames passed through a line of source, and that frame."""
        for finding in self.all():
            for (cause, number), place in finding.occurrence.places.items():
                if place.line == line and Path(place.path) == path:
                    yield finding, finding.occurrence.crash.causes[cause].frames[number]

    def by_fingerprint(self, fingerprint: str) -> Finding | None:
        """Any finding of a group."""
        return next((finding for finding in self.all() if finding.fingerprint == fingerprint), None)

    def all(self) -> Iterator[Finding]:
        """Every finding of every log."""
        for findings in tuple(self._by_log.values()):
            yield from findings

    def logs(self) -> tuple[str, ...]:
        """The logs that hold a crash."""
        return tuple(self._by_log)

    def sources(self) -> frozenset[Path]:
        """Every source file that a culprit points to."""
        return self._sources_of(tuple(self.all()))

    @staticmethod
    def _sources_of(findings: Sequence[Finding]) -> frozenset[Path]:
        return frozenset(
            Path(finding.occurrence.culprit.source.path)
            for finding in findings
            if finding.occurrence.culprit and finding.occurrence.culprit.source
        )
