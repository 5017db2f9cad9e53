"""A crash in a real file, and the parts that a diagnostician talks to."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from crashlight.adapters.files import LocalFiles
from crashlight.diagnosis import Diagnostician
from crashlight.domain import Check, Explanation, Exposure, Fingerprint, Fix, LineOrigin, Occurrence
from crashlight.ports import Answer, AnswerKey, ModelUnavailable, PluginHost, Question, Store
from crashlight.settings.schema import SourceSettings
from crashlight.sources import Sources
from crashlight_sdk import Cause, Crash, Excerpt, Finding, Frame

SOURCE = """import json


def load(text):
    data = json.loads(text)
    return data["name"]


def other():
    return 1
"""


@dataclass
class Host:
    """Says of every crash what it was given to say."""

    finding: Finding | None = None
    excerpts: list[Excerpt | None] = field(default_factory=list)

    async def explain(self, plugin: str, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        self.excerpts.append(excerpt)
        return self.finding


@dataclass
class Model:
    """Answers with ``text``, whatever is asked; None is a model that is away."""

    text: str | None = ""
    name: str | None = "m@0123456789ab"
    finished: bool = True
    asked: list[Question] = field(default_factory=list)
    warmed: list[str] = field(default_factory=list)

    def identity(self) -> str | None:
        return self.name

    async def ask(self, question: Question, on_text: Callable[[str], None] | None = None) -> Answer:
        self.asked.append(question)
        if self.text is None:
            raise ModelUnavailable("it is away", "wait")
        for line in self.text.splitlines(keepends=True):
            if on_text:
                on_text(line)
        return Answer(self.text, self.name or "", 1, 0, 1, 1, 0.0, 0.0, 0.0, 0.0, self.finished)

    def warm(self, prefixes: Iterable[str]) -> None:
        self.warmed.extend(prefixes)

    def check(self) -> Check:
        return Check("model", "ok", "")

    async def close(self) -> None: ...


@dataclass
class Memory:
    """Remembers answers."""

    answers: dict[AnswerKey, tuple[Explanation, tuple[Fix, ...]]] = field(default_factory=dict)
    exposed: list[Exposure] = field(default_factory=list)

    async def exposures(self, family: str) -> list[Exposure]:
        return self.exposed

    async def answer(self, key: AnswerKey) -> tuple[Explanation, tuple[Fix, ...]] | None:
        return self.answers.get(key)

    def record_answer(self, key: AnswerKey, explanation: Explanation, fixes: Sequence[Fix]) -> None:
        self.answers[key] = explanation, tuple(fixes)


@dataclass
class Scene:
    """One crash at ``line`` of ``app.py``, in a folder of its own."""

    root: Path
    source: str = SOURCE
    line: int = 6
    crash_type: str = "KeyError"
    message: str = "'name'"
    host: Host = field(default_factory=Host)
    model: Model | None = field(default_factory=Model)
    store: Memory = field(default_factory=Memory)
    experiments: bool = False

    def diagnostician(self) -> Diagnostician:
        (self.root / "app.py").write_text(self.source)
        self.sources = Sources(LocalFiles(), SourceSettings(), (self.root,))
        host, store = _host(self.host), _store(self.store)
        return Diagnostician(host, self.sources, self.model, store, experiments=self.experiments)

    def occurrence(self) -> Occurrence:
        frame = Frame(str(self.root / "app.py"), self.line, "load", origin="app")
        crash = Crash("python", 0, 1, (Cause(self.crash_type, self.message, (frame,)),))
        found = Occurrence(
            log="a.log",
            crash=crash,
            plugin="python",
            origins=(LineOrigin(1), LineOrigin(2)),
            fingerprint=Fingerprint("f" * 16, self.crash_type, self.message, ("load",)),
        )
        return self.sources.attribute(found)

    def without_source(self) -> Occurrence:
        occurrence = self.occurrence()
        assert occurrence.culprit
        return replace(occurrence, culprit=replace(occurrence.culprit, source=None), places={})


def _host(host: Host) -> PluginHost:
    return host  # type: ignore[return-value]


def _store(store: Memory) -> Store:
    return store  # type: ignore[return-value]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A KeyError at line 6, no rule, a model that says nothing."""
    return Scene(tmp_path)


SURE = Finding("missing-key-or-index", "The key 'name' is absent.", "Use get.", 0.95, "python/key-error")
UNSURE = replace(SURE, confidence=0.4)
