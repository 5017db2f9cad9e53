"""What the rooms above see of the workspace's source: one class, everything in it lazy."""

from collections.abc import Sequence
from pathlib import Path

from crashlight.domain import Edit, Fix, Occurrence, SourcePlace
from crashlight.ports import Files
from crashlight.settings.schema import SourceSettings
from crashlight.sources import pasted, redaction
from crashlight.sources.attribution import Attribution
from crashlight.sources.checking import Checked, check
from crashlight.sources.context import Context, enclosing
from crashlight.sources.source import Source, read
from crashlight.sources.workspace import Workspace
from crashlight_sdk import Excerpt, Intent

EXCERPT_LINES = 200


class Sources:
    """The source files below ``roots``, as frames, excerpts, contexts and checked edits need them.

    Nothing is listed or parsed before it is asked for. Without roots there is no workspace: frames get
    their origins and a culprit, and no places.
    """

    def __init__(self, files: Files, settings: SourceSettings, roots: Sequence[Path]) -> None:
        self._files = files
        self._workspace = Workspace(roots)
        self._attribution = Attribution(files, settings, self._workspace)

    def attribute(self, occurrence: Occurrence) -> Occurrence:
        """The occurrence with its frames' places and final origins, and with its culprit."""
        return self._attribution.attribute(occurrence)

    def locate(self, line: str) -> SourcePlace | None:
        """The place that one pasted line of a stack trace leads to; None where it names none here."""
        frame = pasted.frame_of(line)
        return None if frame is None else self._attribution.locate(frame)

    def forget(self) -> None:
        """Look at the disk anew: files of the workspace came, went or changed."""
        self._workspace.forget()
        self._attribution.forget()

    def excerpt(self, place: SourcePlace) -> Excerpt | None:
        """At most 200 lines around the place; None where the file is gone or unreadable."""
        source = self._source(place)
        if source is None or place.line > len(source.lines):
            return None
        first = max(1, min(place.line - EXCERPT_LINES // 2, len(source.lines) - EXCERPT_LINES + 1))
        lines = source.lines[first - 1 : first - 1 + EXCERPT_LINES]
        return Excerpt(path=place.relative, first_line=first, lines=tuple(lines), culprit_line=place.line)

    def context(self, place: SourcePlace) -> Context | None:
        """The function around the place and the imports it uses; None where no grammar knows the file."""
        source = self._source(place)
        return None if source is None else enclosing(source, place.line)

    def realise(self, intents: Sequence[Intent], place: SourcePlace, rule: str) -> tuple[Fix, ...]:
        """The intents as fixes whose edits were checked; those that cannot be done here are left out."""
        from crashlight.sources.realise import realise

        source = self._source(place)
        return (
            ()
            if source is None
            else realise(intents, source, place, rule=rule, workspace=self._workspace, files=self._files)
        )

    def check(self, edits: Sequence[Edit], place: SourcePlace, *, may_touch_imports: bool = False) -> Checked:
        """Whether the edits apply cleanly, parse, and stay inside the function around the place."""
        source = self._source(place)
        if source is None:
            return Checked(refusal=f"{place.relative} cannot be read")
        return check(edits, source, place.line, may_touch_imports=may_touch_imports)

    def redact(self, text: str) -> redaction.Redaction:
        """The text without its secrets, and the way back."""
        return redaction.redact(text)

    def _source(self, place: SourcePlace) -> Source | None:
        path = self._workspace.resolve(Path(place.path))
        return None if path is None else read(self._files, Path(place.path), place.relative)
