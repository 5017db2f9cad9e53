"""Occurrence to diagnosis: at once from rules, or the facts where no rule fits; closer with the model."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from crashlight.diagnosis import answer, experiments, facts, question
from crashlight.diagnosis.choosing import choose, rivals
from crashlight.diagnosis.prompts import Prompt
from crashlight.diagnosis.question import Asked
from crashlight.domain import Diagnosis, Edit, Explanation, Fix, Occurrence, SourcePlace
from crashlight.ports import Answer, Model, ModelUnavailable, PluginHost, Store
from crashlight.sources import Sources

SURE = 0.6  # confidence from which a rule's cause and category stand, and only a line is asked for
MODEL_CONFIDENCE = 0.5
TITLE_CAP = 60  # characters of code in a fix's title

OnUpdate = Callable[[Diagnosis], None]


@dataclass(frozen=True, slots=True)
class Consulted:
    """What the model answered, and what is left of it: words, and a fix or why there is none."""

    answer: Answer
    explanation: Explanation
    fix: Fix | None
    refusal: str | None


class Diagnostician:
    """``model`` and ``store`` may be absent: then rules and facts speak alone, and nothing is remembered."""

    def __init__(
        self,
        host: PluginHost,
        sources: Sources,
        model: Model | None,
        store: Store | None,
        *,
        experiments: bool = False,
    ) -> None:
        self._host = host
        self._sources = sources
        self._model = model
        self._store = store
        self._experiments = experiments

    async def at_once(self, occurrence: Occurrence) -> Diagnosis:
        """From rules alone. ``pending`` says that :meth:`closer` would ask the model."""
        place = _place(occurrence)
        excerpt = self._sources.excerpt(place) if place else None
        finding = await self._host.explain(occurrence.plugin, occurrence.crash, excerpt)
        if finding is None:
            diagnosis = Diagnosis(facts.explain(occurrence))
        else:
            said = Explanation(
                finding.category, finding.confidence, finding.cause, finding.fix, "rules", rule=finding.rule
            )
            fixes = self._sources.realise(finding.intents, place, finding.rule) if place and finding.intents else ()
            diagnosis = Diagnosis(said, fixes)
        if self._model is None or not _leaves_open(diagnosis, place):
            return diagnosis
        known = diagnosis.explanation
        shape = question.shape_of(source=place is not None, sure=_is_sure(known))
        self._model.warm([question.prefix(choose(known.category), shape, occurrence.crash.language)])
        return replace(diagnosis, pending=True)

    async def closer(
        self, occurrence: Occurrence, diagnosis: Diagnosis, on_update: OnUpdate | None = None, *, priority: int = 10
    ) -> Diagnosis:
        """With the model's words and line where rules left them open; never worse than ``diagnosis``.

        ``on_update`` hears of parts as they are written. Without a model that can answer, what was known
        before is returned, no longer pending.
        """
        place = _place(occurrence)
        settled = replace(diagnosis, pending=False)
        if self._model is None or not _leaves_open(diagnosis, place):
            return settled
        identity = await asyncio.to_thread(self._model.identity)
        if identity is None:
            return settled
        prompts = rivals(choose(diagnosis.explanation.category))
        questions = [self.question(occurrence, diagnosis, one, identity, priority=priority) for one in prompts]
        for asked in questions:
            # A group keeps the version that it once got, whatever was learnt since.
            kept = await self._store.answer(asked.key) if self._store else None
            if kept:
                explanation, fixes = kept
                return Diagnosis(explanation, (*diagnosis.fixes, *(fix for fix in fixes if self._holds(fix, place))))
        asked, exposure = await self._drawn(questions)
        try:
            consulted = await self.consult(occurrence, diagnosis, asked, on_update)
        except ModelUnavailable:
            return settled
        explanation = replace(consulted.explanation, exposure=exposure)
        fixes = (replace(consulted.fix, exposure=exposure),) if consulted.fix else ()
        if self._store and consulted.answer.finished:
            self._store.record_answer(asked.key, explanation, fixes)
        return Diagnosis(explanation, (*diagnosis.fixes, *fixes))

    async def _drawn(self, questions: Sequence[Asked]) -> tuple[Asked, float | None]:
        """The question by one of the competing versions, and the probability it was drawn with."""
        if len(questions) == 1 or not self._experiments or not self._store:
            return questions[0], None
        seen = await self._store.exposures(questions[0].prompt.id)
        names = [asked.prompt.name for asked in questions]
        drawn, probability = experiments.assign(names, seen, questions[0].key.fingerprint)
        return questions[names.index(drawn)], probability

    def question(
        self, occurrence: Occurrence, diagnosis: Diagnosis, prompt: Prompt, identity: str, *, priority: int = 10
    ) -> Asked:
        """What the model would be asked by this prompt."""
        place = _place(occurrence)
        code = self._sources.context(place) or self._sources.excerpt(place) if place else None
        known = diagnosis.explanation
        return question.build(occurrence, known, code, prompt, identity, sure=_is_sure(known), priority=priority)

    async def consult(
        self, occurrence: Occurrence, diagnosis: Diagnosis, asked: Asked, on_update: OnUpdate | None = None
    ) -> "Consulted":
        """Ask the model, whatever is remembered. Raises ModelUnavailable."""
        assert self._model
        place = _place(occurrence)
        written = ""

        def on_text(text: str) -> None:
            nonlocal written
            written += text
            # A whole line is worth showing; a part of a word is not.
            if on_update and "\n" in text and asked.shape != "line":
                explanation = _merged(diagnosis.explanation, answer.read(written, asked, None), asked, None)
                on_update(replace(diagnosis, explanation=explanation, pending=True))

        reply = await self._model.ask(asked.question, on_text)
        said = answer.read(reply.text, asked, place.relative if place else None)
        explanation = _merged(diagnosis.explanation, said, asked, reply.model)
        if place is None or said.edit is None:
            return Consulted(reply, explanation, None, said.refusal)
        checked = self._sources.check([said.edit], place)
        if not checked.ok:
            return Consulted(reply, explanation, None, checked.refusal)
        return Consulted(reply, explanation, _fix(said.edit, asked.prompt, checked.verified), None)

    def _holds(self, fix: Fix, place: SourcePlace | None) -> bool:
        """Whether a remembered fix still passes: the file may have changed outside of what was shown."""
        return place is not None and self._sources.check(fix.edits, place).ok


def _place(occurrence: Occurrence) -> SourcePlace | None:
    return occurrence.culprit.source if occurrence.culprit else None


def _is_sure(explanation: Explanation) -> bool:
    return explanation.by == "rules" and explanation.confidence >= SURE


def _leaves_open(diagnosis: Diagnosis, place: SourcePlace | None) -> bool:
    """Whether rules left something that a model can add: the words, or a fix where there is source to fix."""
    return not _is_sure(diagnosis.explanation) or (not diagnosis.fixes and place is not None)


def _merged(known: Explanation, said: answer.Said, asked: Asked, identity: str | None) -> Explanation:
    """A sure rule keeps its words; else the model's replace what it said, one by one.

    A category that a rule named stays: measured, small models are right less often than even an unsure rule.
    """
    if asked.shape == "line" or said.cause is None:
        return known
    named = said.category if known.by != "rules" or known.category == "other" else None
    return Explanation(
        category=named or known.category,
        confidence=MODEL_CONFIDENCE if named else known.confidence,
        cause=said.cause,
        fix=said.fix or known.fix,
        by="model",
        rule=known.rule,
        prompt=asked.prompt.name,
        model=identity,
    )


def _fix(edit: Edit, prompt: Prompt, verified: tuple[str, ...]) -> Fix:
    digest = hashlib.blake2s(repr((prompt.name, edit)).encode(), digest_size=8).hexdigest()
    code = edit.text.strip()
    short = code if len(code) <= TITLE_CAP else code[: TITLE_CAP - 3] + "..."
    verb = "Insert" if edit.end_line < edit.start_line else "Change the line to"
    return Fix(digest, f"{verb} `{short}`", "model", (edit,), verified, prompt=prompt.name)
