"""Logs to findings: open documents from the editor's text, all others from the disk as they grow.

Each log has a lane: one analysis at a time, and a change that comes meanwhile leads to exactly one
more. A change is taken up after a short quiet time, so that a burst costs one analysis.
"""

import asyncio
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from lsprotocol import types

from crashlight.domain import Diagnosis, Occurrence
from crashlight.logs.tail import Tail
from crashlight.lsp import diagnostics, history, status
from crashlight.lsp.documents import Document
from crashlight.lsp.findings import Finding
from crashlight.lsp.session import Session
from crashlight.lsp.uris import from_path, name_of, to_path
from crashlight.ports import FileChange

logger = logging.getLogger(__name__)

QUIET_S = 0.05
SOURCE_QUIET_S = 0.3  # of someone who types in a source file that a crash points to
LOG_LANGUAGES = {"log", "crashlight", "crashlight-log"}
MOST_LOGS = 10_000  # watched at once


class Analysis:
    """All analyses of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lanes: dict[str, _Lane] = {}
        self._tails: dict[str, Tail] = {}
        self._stale_sources = False

    # ------------------------------------------------------------ what is a log

    def is_log(self, document: Document) -> bool:
        """A document is a log by its language, by a glob, or being pasted text; never an excluded one."""
        path = to_path(document.uri)
        if path is not None and _matches(path.as_posix(), tuple(self._session.settings.logs.exclude)):
            return False
        if document.language in LOG_LANGUAGES:
            return True
        if path is None:
            return document.uri.startswith("untitled:") and document.language in {"plaintext", "text", ""}
        return self.is_log_path(path)

    def is_log_path(self, path: Path) -> bool:
        """True where the globs take the path and the exclusions do not."""
        settings = self._session.settings.logs
        text = path.as_posix()
        return _matches(text, tuple(settings.globs)) and not _matches(text, tuple(settings.exclude))

    # ------------------------------------------------------------ events

    def document_changed(self, uri: str, quiet_s: float = QUIET_S) -> None:
        """An open log has a new version."""
        self._lane(uri).ask(quiet_s)

    def document_closed(self, uri: str) -> None:
        """The disk is true again; a log without a file leaves nothing behind."""
        path = to_path(uri)
        if path is not None and self._session.settings.logs.watch and self.is_log_path(path) and path.exists():
            self._lane(uri).ask(0)
        else:
            self.forget(uri)

    def source_changed(self, uri: str) -> None:
        """Lines that crashes point to may have moved or gone: their logs are placed anew, soon."""
        path = to_path(uri)
        self._stale_sources = True
        for log in {finding.uri for finding, _ in self._session.findings.of_source(path)} if path else ():
            self._lane(log).ask(SOURCE_QUIET_S)

    def start_over(self) -> None:
        """Settings or folders changed: what was found belongs to those before."""
        for uri in tuple({*self._lanes, *self._session.findings.logs()}):
            self.forget(uri)
        for document in self._session.documents.all():
            if self.is_log(document):
                self.document_changed(document.uri, quiet_s=0)

    def files_changed(self, changes: Iterable[FileChange]) -> None:
        """Files changed on disk. An open document's own text is true, so its file is left alone."""
        for change in changes:
            for path in (change.path, change.moved_to):
                if path is None or self._session.document(from_path(path)) is not None:
                    continue
                if self.is_log_path(path):
                    self._lane(from_path(path)).ask(QUIET_S)
                else:
                    self.source_changed(from_path(path))

    async def scan_workspace(self) -> None:
        """Read every log of the workspace once; the lanes keep it from stopping the loop for long."""
        session = self._session
        if not session.settings.logs.watch:
            return
        for root in session.roots:
            paths = await asyncio.to_thread(self._logs_below, root)
            if len(paths) > MOST_LOGS:
                session.tell(
                    f"{root} holds {len(paths)} logs; the first {MOST_LOGS} are watched: narrow the setting logs.globs",
                    types.MessageType.Warning,
                )
            for path in paths[:MOST_LOGS]:
                uri = from_path(path)
                if session.document(uri) is None:
                    await self._lane(uri).run_now()

    def _logs_below(self, root: Path) -> list[Path]:
        return [path for path in self._session.files.walk(root) if self.is_log_path(path)]

    def forget(self, uri: str) -> None:
        """The log is gone: publish that it has no crash."""
        self._tails.pop(uri, None)
        lane = self._lanes.pop(uri, None)
        if lane:
            lane.stop()
        touched = self._session.findings.replace(uri, [])
        diagnostics.publish(self._session, [uri, *(from_path(path) for path in touched)])

    # ------------------------------------------------------------ the work

    async def analyse(self, uri: str) -> None:
        """Bring the findings of one log up to date."""
        document = self._session.document(uri)
        if document is not None:
            occurrences = await self._session.parts.read_text(document.text, name_of(uri))
            if self._session.document(uri) is document:
                await self._take(uri, occurrences)
            # A newer version has asked for an analysis of its own meanwhile.
        elif (path := to_path(uri)) is not None:
            occurrences = await self._read_file(uri, path)
            if self._session.document(uri) is None and occurrences is not None:
                await self._take(uri, occurrences)

    async def _read_file(self, uri: str, path: Path) -> Sequence[Occurrence] | None:
        """The crashes of a log on disk; None where nothing changed. A log that went away has none."""
        tail = self._tails.setdefault(uri, Tail(self._session.parts.reader))
        try:
            file = await asyncio.to_thread(self._session.files.open, path)
        except FileNotFoundError:
            self._tails.pop(uri, None)
            return ()
        except OSError as error:
            self._session.tell(f"{path} could not be read: {error.strerror}", types.MessageType.Warning)
            return None
        try:
            update = await tail.update(file, str(path))
        finally:
            file.close()
        return update.occurrences if update.changed or self._stale_sources else None

    async def _take(self, uri: str, occurrences: Sequence[Occurrence]) -> None:
        """Place, explain and publish the crashes of a log, whole, in place of those before."""
        session = self._session
        parts = session.parts
        findings: list[Finding] = []
        if occurrences:
            if self._stale_sources:
                self._stale_sources = False
                parts.sources.forget()
            attributed = await asyncio.to_thread(lambda: [parts.sources.attribute(found) for found in occurrences])
            diagnoses: dict[tuple[object, ...], Diagnosis] = {}
            for found in attributed:
                # The same crash again, at the same place, has the same explanation.
                same = (
                    found.plugin,
                    found.fingerprint,
                    found.crash.root.message,
                    found.culprit and found.culprit.source,
                )
                if same not in diagnoses:
                    diagnoses[same] = await session.diagnostician.at_once(found)
                findings.append(Finding(uri, found, diagnoses[same]))
        known = {finding.id: finding for finding in session.findings.of_log(uri)}
        findings = [_keep_closer_look(finding, known.get(finding.id)) for finding in findings]
        touched = session.findings.replace(uri, findings)
        diagnostics.publish(session, [uri, *(from_path(path) for path in touched)])
        if findings:
            await self._remember(uri, findings)
        status.changed(session)

    async def _remember(self, uri: str, findings: Sequence[Finding]) -> None:
        """Tell the store, then show what it knows of these groups: how often, since when, in which state."""
        session = self._session
        history.listen(session)
        store = session.parts.store
        if session.settings.feedback.enabled:
            workspace = next((str(root) for root in session.roots if name_of(uri).startswith(str(root))), None)
            store.record_occurrences([finding.occurrence for finding in findings], workspace)
        await history.refresh_groups(session, frozenset(finding.fingerprint for finding in findings))

    def _lane(self, uri: str) -> "_Lane":
        return self._lanes.setdefault(uri, _Lane(self, self._session, uri))


class _Lane:
    """The analyses of one log: one at a time, the latest wish wins."""

    def __init__(self, analysis: Analysis, session: Session, uri: str) -> None:
        self._analysis = analysis
        self._session = session
        self._uri = uri
        self._asked = False
        self.task: asyncio.Task[None] | None = None

    def ask(self, quiet_s: float) -> None:
        """Analyse soon; once for all wishes that come before it starts."""
        self._asked = True
        if self.task is None or self.task.done():
            self.task = self._session.spawn(self._run(quiet_s), f"analysis of {self._uri}")

    async def run_now(self) -> None:
        """Analyse, and wait until it is done."""
        self.ask(0)
        assert self.task is not None
        await asyncio.wait([self.task])

    def stop(self) -> None:
        if self.task:
            self.task.cancel()

    async def _run(self, quiet_s: float) -> None:
        while self._asked:
            await asyncio.sleep(quiet_s)
            self._asked = False
            await self._analysis.analyse(self._uri)


def _keep_closer_look(finding: Finding, before: Finding | None) -> Finding:
    """The same crash in a newer generation keeps what the model found out about it."""
    if before is not None and before.diagnosis.explanation.by == "model" and finding.diagnosis.pending:
        return replace(finding, diagnosis=before.diagnosis)
    return finding


@lru_cache(maxsize=64)
def _pattern(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_translate(glob) for glob in globs) or r"(?!)")


def _translate(glob: str) -> str:
    """A glob of the editors' kind to a pattern: ``**/``, ``*``, ``?`` and ``{a,b}``."""
    alternatives = [glob]
    while any("{" in part and "}" in part for part in alternatives):
        expanded: list[str] = []
        for part in alternatives:
            start, end = part.find("{"), part.find("}")
            if 0 <= start < end:
                expanded.extend(part[:start] + choice + part[end + 1 :] for choice in part[start + 1 : end].split(","))
            else:
                expanded.append(part.replace("{", "").replace("}", ""))
        alternatives = expanded
    words = {"**/": "(?:.*/)?", "/**": "(?:/.*)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    token = re.compile(r"/\*\*(?![^/])|\*\*/|\*\*|\*|\?|[^*?/]+|/")
    patterns = ["".join(words.get(t, re.escape(t)) for t in token.findall(part)) for part in alternatives]
    return "(?:" + "|".join(patterns) + r")\Z"


def _matches(path: str, globs: tuple[str, ...]) -> bool:
    return _pattern(globs).match(path) is not None
