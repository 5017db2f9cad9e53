"""``crashlight bench latency``: from a written crash to its explanation, phase by phase, and what each trick is worth.

A program and its log are laid out for each crash; the time runs from the moment the log is on disk. Those
that rules settle are counted apart. The model is asked in a home of its own, so that the first question of
each family meets no kept prefix (cold); in a second round every prefix is there (warm).
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crashlight.adapters.llama.cores import physical_cores
from crashlight.adapters.llama.local import LocalBackend
from crashlight.adapters.llama.registry import find
from crashlight.app import App
from crashlight.cli.main import UsageError
from crashlight.diagnosis.choosing import choose
from crashlight.domain import Occurrence
from crashlight.ports import Answer, Question
from crashlight.settings.schema import ModelSettings, Settings

SUMMARY = "Measure the time from a crash to its explanation, and what prefixes, guesses and batches are worth."
EXAMPLE = "crashlight bench latency --model 0.5b --crashes 10"

CASES = Path(__file__).parents[3] / "tests" / "quality" / "cases.jsonl"
NAMES = ("qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b")
TOGETHER = 3  # questions in one batch


@dataclass(frozen=True, slots=True)
class Case:
    """A program and the text of its log, in a folder of its own."""

    folder: Path
    text: str


@dataclass(frozen=True, slots=True)
class Way:
    """One crash on its way, in seconds; ``open`` where rules left something to the model."""

    rules_s: float
    whole_s: float
    open: bool = False
    question: Question | None = None
    answer: Answer | None = None


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--model", action="append", metavar="NAME", help="may be repeated; those that are here")
    parser.add_argument("--crashes", type=int, default=10, metavar="N", help="that the model is asked about")
    parser.add_argument("--cases", type=Path, default=CASES, metavar="FILE", help="programs with logs, JSON Lines")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(options: argparse.Namespace) -> int:
    """Print the figures of each model; 2 where there is nothing to measure with."""
    if not options.cases.is_file():
        raise UsageError(f"there is no file {options.cases}: name one by --cases")
    specs = [find(name) for name in options.model or NAMES]
    specs = [spec for spec in specs if spec.path.is_file()]
    if not specs:
        raise UsageError("no such model is here: run 'crashlight models pull 0.5b' first")
    for spec in specs:
        with tempfile.TemporaryDirectory(prefix="crashlight-latency-") as scratch:
            settings = ModelSettings(path=str(spec.path))
            os.environ["CRASHLIGHT_HOME"] = str(Path(scratch) / "home")
            figures = {"model": spec.name, "cores": physical_cores()}
            figures |= asyncio.run(_measure(settings, options, Path(scratch) / "programs"))
        print(json.dumps(figures) if options.format == "json" else _text(figures), flush=True)
    return 0


async def _measure(settings: ModelSettings, options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    cases = _laid_out(options.cases, scratch)
    app = App(Settings(model=settings), (scratch,))
    try:
        ways: list[tuple[Case, Way]] = []
        for case in cases:
            # Rules see every case, so that their share is told of all; the model is asked about the first few.
            enough = sum(way.answer is not None for _, way in ways) >= options.crashes
            ways.append((case, await _go(app, case, ask=not enough)))
        asked = [(case, way) for case, way in ways if way.answer]
        if not asked:
            raise UsageError("rules settle all of these crashes, so there is nothing to ask a model")
        warm = [await _go(app, case) for case, _ in asked]
    finally:
        await app.close()
    cold = [way for _, way in asked if way.answer and not way.answer.cached_tokens]
    settled = [way for _, way in ways if not way.open]
    return {
        "settled by rules": _times([way.whole_s for way in settled]) | {"of all": len(settled) / len(ways)},
        "asked": {"rules first": _times([way.rules_s for way in warm])},
        "warm": _times([way.whole_s for way in warm]) | _phases(warm),
        "cold": _times([way.whole_s for way in cold]) | _phases(cold),
        "tricks": await _tricks(settings, [way.question for way in warm if way.question]),
    }


async def _go(app: App, case: Case, *, ask: bool = True) -> Way:
    """Write the log, and go all the way that the crash goes in the server; with ``ask`` off, up to the model."""
    log = case.folder / "crash.log"
    diagnostician = app.diagnostician(use_model=True, use_store=False)
    began = time.monotonic()
    log.write_text(case.text, encoding="utf-8")
    occurrences: list[Occurrence] = [one async for one in app.occurrences([log], lambda name, error: None)]
    if not occurrences or app.model is None:
        return Way(0.0, time.monotonic() - began)
    occurrence = max(occurrences, key=lambda one: one.last_line - one.first_line)
    diagnosis = await diagnostician.at_once(occurrence)
    rules_s = time.monotonic() - began
    if not diagnosis.pending or not ask:
        return Way(rules_s, rules_s, open=diagnosis.pending)
    prompt = choose(diagnosis.explanation.category)
    asked = diagnostician.question(occurrence, diagnosis, prompt, app.model.identity() or "")
    consulted = await diagnostician.consult(occurrence, diagnosis, asked)
    return Way(rules_s, time.monotonic() - began, True, asked.question, consulted.answer)


async def _tricks(settings: ModelSettings, questions: Sequence[Question]) -> dict[str, float]:
    """Each as a ratio of times without and with it: above 1 it helps."""
    with_all, without_guesses = LocalBackend(settings, lookup=True), LocalBackend(settings, lookup=False)
    try:
        warm = [await _ask(with_all, question) for question in questions]
        plain = [await _ask(without_guesses, question) for question in questions]
        anew = [await _ask(with_all, _another_prefix(question)) for question in questions[:TOGETHER]]
        batch = questions[: len(questions) // TOGETHER * TOGETHER] or questions
        began = time.monotonic()
        for question in batch:
            await _ask(with_all, question)
        one_by_one = time.monotonic() - began
        began = time.monotonic()
        for first in range(0, len(batch), TOGETHER):
            await asyncio.gather(*(_ask(with_all, question) for question in batch[first : first + TOGETHER]))
        together = time.monotonic() - began
    finally:
        await with_all.close()
        await without_guesses.close()
    return {
        "prefix kept (reading)": _ratio([a.prompt_s for a in anew], [a.prompt_s for a in warm[: len(anew)]]),
        "guessed from the prompt (writing)": _ratio([a.generation_s for a in plain], [a.generation_s for a in warm]),
        "tokens a step with guesses": sum(a.generated_tokens for a in warm) / max(1, sum(a.steps for a in warm)),
        f"{TOGETHER} in one batch (whole)": one_by_one / together,
    }


async def _ask(backend: LocalBackend, question: Question) -> Answer:
    return await backend.answer(question, lambda text: None)


def _another_prefix(question: Question) -> Question:
    """The same question behind a prefix that nobody evaluated yet, of the same length."""
    return replace(question, prefix=f"{question.prefix} {time.monotonic_ns()}")


def _ratio(before: Sequence[float], after: Sequence[float]) -> float:
    return sum(before) / max(sum(after), 1e-9)


def _times(seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {"n": 0}
    ordered = sorted(seconds)
    return {"n": len(ordered), "p50": statistics.median(ordered), "p95": ordered[round(0.95 * (len(ordered) - 1))]}


def _phases(ways: Sequence[Way]) -> dict[str, float]:
    """The share of each phase in the whole time, and tokens a second."""
    answers = [way.answer for way in ways if way.answer]
    whole = sum(way.whole_s for way in ways)
    if not answers:
        return {}
    read, written = sum(a.prompt_s for a in answers), sum(a.generation_s for a in answers)
    return {
        "rules": sum(way.rules_s for way in ways) / whole,
        "load": sum(a.load_s for a in answers) / whole,
        "prompt": read / whole,
        "generation": written / whole,
        "read tokens/s": sum(a.prompt_tokens - a.cached_tokens for a in answers) / read,
        "written tokens/s": sum(a.generated_tokens for a in answers) / max(written, 1e-9),
    }


def _text(figures: dict[str, Any]) -> str:
    lines = [f"{figures['model']}, {figures['cores']} cores, load {os.getloadavg()[0]:.1f}"]
    settled = figures["settled by rules"]
    lines.append(f"  settled by rules  {_line(settled)}, {settled['of all']:.0%} of all")
    lines.append(f"  asked, rules      {_line(figures['asked']['rules first'])}")
    for name in ("warm", "cold"):
        row = figures[name]
        lines.append(f"  asked, {name}       {_line(row)}")
        if row["n"]:
            shares = ", ".join(f"{phase} {row[phase]:.0%}" for phase in ("rules", "load", "prompt", "generation"))
            lines.append(f"                    {shares}")
            lines.append(
                f"                    {row['read tokens/s']:.0f} tokens/s read, {row['written tokens/s']:.0f} written"
            )
    lines += [f"  {name:34s} x{ratio:.2f}" for name, ratio in figures["tricks"].items()]
    return "\n".join(lines)


def _line(times: dict[str, float]) -> str:
    return (
        f"n {times['n']}" if not times["n"] else f"n {times['n']}, p50 {times['p50']:.2f} s, p95 {times['p95']:.2f} s"
    )


def _laid_out(cases: Path, scratch: Path) -> list[Case]:
    """A folder for each case; one of each kind first, so that few of them show all kinds."""
    rows = [json.loads(line) for line in cases.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows.sort(key=lambda row: (row["id"].rpartition("-")[2], row["mutation"], row["runtime"]))
    laid = []
    for row in rows:
        folder = scratch / row["id"]
        folder.mkdir(parents=True)
        (folder / row["file"]).write_text(row["text"], encoding="utf-8")
        laid.append(Case(folder, row["log"]))
    return laid
