"""``crashlight prompts``: look at the prompt versions, try one on a log, and choose which one is used."""

import argparse
import asyncio
import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from crashlight.app import App
from crashlight.cli.main import UsageError
from crashlight.diagnosis import choosing, experiments, prompts
from crashlight.diagnosis.prompts import Prompt, families
from crashlight.diagnosis.question import prefix
from crashlight.domain import Exposure, Occurrence
from crashlight.ports import ModelUnavailable
from crashlight.settings import load

SUMMARY = "look at prompt versions, try and promote them"
EXAMPLE = "crashlight prompts try generic@1 build.log"


def arguments(parser: argparse.ArgumentParser) -> None:
    """One action each."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="all versions, and which are used")
    show = actions.add_parser("show", help="a version as the model gets it")
    show.add_argument("prompt", metavar="ID[@VERSION]")
    show.add_argument("--language", default="python", help="whose examples it is shown with")
    diff = actions.add_parser("diff", help="what differs between two versions")
    diff.add_argument("before", metavar="ID@VERSION")
    diff.add_argument("after", metavar="ID@VERSION")
    trial = actions.add_parser("try", help="ask the model about a log's crashes by one version; remembers nothing")
    trial.add_argument("prompt", metavar="ID[@VERSION]")
    trial.add_argument("log", type=Path)
    promote = actions.add_parser("promote", help="use this version from now on")
    promote.add_argument("prompt", metavar="ID@VERSION")
    report = actions.add_parser("report", help="what is known of a family's competing versions")
    report.add_argument("family", metavar="ID")
    actions.add_parser("lock", help="record the hashes of new versions; for who works on Crashlight itself")
    rollback = actions.add_parser("rollback", help="use the version before the one in use")
    rollback.add_argument("family", metavar="ID")


def run(options: argparse.Namespace) -> int:
    """0 when it was done, 1 when the model could not answer."""
    actions = {
        "list": _list,
        "show": _show,
        "diff": _diff,
        "try": _try,
        "promote": _promote,
        "rollback": _rollback,
        "report": _report,
        "lock": _lock,
    }
    return actions[options.action](options)


def _list(options: argparse.Namespace) -> int:
    chosen = choosing.promoted()
    for family, versions in families().items():
        used = choosing.current(family, chosen)
        for prompt in versions:
            state = "in use" if prompt is used else ""
            print(f"{prompt.name:16s} {prompt.hash}  {state:7s} {', '.join(prompt.categories)}")
    return 0


def _show(options: argparse.Namespace) -> int:
    print(_shown(_find(options.prompt), options.language))
    return 0


def _diff(options: argparse.Namespace) -> int:
    before, after = _find(options.before), _find(options.after)
    old, new = _shown(before, None).splitlines(), _shown(after, None).splitlines()
    print("\n".join(difflib.unified_diff(old, new, before.name, after.name, lineterm="")))
    return 0


def _promote(options: argparse.Namespace) -> int:
    prompt = _find(options.prompt)
    choosing.promote(prompt)
    print(f"{prompt.name} is used from now on")
    return 0


def _report(options: argparse.Namespace) -> int:
    names = [prompt.name for prompt in choosing.rivals(_find(options.family))]
    seen = asyncio.run(_exposures(options.family))
    result = experiments.evaluate(names, seen)
    for rate in result.rates:
        print(
            f"{rate.version:16s} {rate.exposures:5d} groups, {rate.rate:5.1%} helped ({rate.low:.1%}-{rate.high:.1%})"
            f", best with {rate.best:.0%}"
        )
    if not result.sound:
        print(f"The shares are not those that were drawn (p = {result.mismatch:.2g}): do not trust these rates.")
    elif result.winner:
        print(f"Enough is known: crashlight prompts promote {result.winner}")
    return 0


async def _exposures(family: str) -> Sequence[Exposure]:
    app = App(load(Path.cwd()).settings)
    try:
        return await app.store.exposures(family)
    finally:
        await app.close()


def _lock(options: argparse.Namespace) -> int:
    recorded = prompts.locked()
    known = {prompt.name: prompt.hash for versions in families().values() for prompt in versions}
    changed = [name for name, digest in known.items() if recorded.get(name, digest) != digest]
    if changed:
        raise UsageError(f"{', '.join(changed)} changed: give the file a new version, under a new name")
    prompts.lock(recorded | known)
    return 0


def _rollback(options: argparse.Namespace) -> int:
    family = _find(options.family).id
    versions = families()[family]
    place = versions.index(choosing.current(family, choosing.promoted()))
    if place == 0:
        raise UsageError(f"{versions[0].name} is the first version of its family")
    choosing.promote(versions[place - 1])
    print(f"{versions[place - 1].name} is used from now on")
    return 0


def _try(options: argparse.Namespace) -> int:
    app = App(load(Path.cwd()).settings, (Path.cwd(),))
    try:
        return asyncio.run(_tried(app, _find(options.prompt), options.log))
    except FileNotFoundError as error:
        raise UsageError(f"{options.log} cannot be read") from error


async def _tried(app: App, prompt: Prompt, log: Path) -> int:
    try:
        async for occurrence in app.occurrences([log], lambda name, error: print(f"{name}: {error}", file=sys.stderr)):
            await _try_one(app, prompt, occurrence)
    except ModelUnavailable as error:
        print(f"crashlight prompts: {error.reason}. {error.cure}", file=sys.stderr)
        return 1
    finally:
        await app.close()
    return 0


async def _try_one(app: App, prompt: Prompt, occurrence: Occurrence) -> None:
    diagnostician = app.diagnostician(use_model=True, use_store=False)
    diagnosis = await diagnostician.at_once(occurrence)
    asked = diagnostician.question(occurrence, diagnosis, prompt, "")
    consulted = await diagnostician.consult(occurrence, diagnosis, asked)
    answer = consulted.answer
    print(f"--- {occurrence.log}:{occurrence.first_line}, {prompt.name}, shape {asked.shape}\n{asked.question.text}\n")
    print(answer.text)
    print(f"category: {diagnosis.explanation.category} by rules or facts, {consulted.explanation.category} now")
    print(f"fix: {consulted.fix.title if consulted.fix else f'none, since {consulted.refusal}'}")
    print(
        f"{answer.prompt_tokens} tokens read ({answer.cached_tokens} kept) in {answer.prompt_s:.2f} s, "
        f"{answer.generated_tokens} written in {answer.steps} steps and {answer.generation_s:.2f} s, {answer.model}\n"
    )


def _find(name: str) -> Prompt:
    """Raises UsageError."""
    family, _, version = name.partition("@")
    versions = families().get(family)
    if versions is None:
        raise UsageError(f"there is no prompt family '{family}': known are {', '.join(families())}")
    if not version:
        return choosing.current(family, choosing.promoted())
    for prompt in versions:
        if str(prompt.version) == version:
            return prompt
    raise UsageError(f"'{family}' has the versions {', '.join(str(prompt.version) for prompt in versions)}")


def _shown(prompt: Prompt, language: str | None) -> str:
    """The text that the model reads, and all of its examples where ``language`` is None."""
    if language is not None:
        return prefix(prompt, "full", language)
    parts = [prompt.system]
    for example in prompt.examples:
        parts += [f"{example.language}: {example.error}", example.source, example.cause, example.category]
        parts += [example.fix, example.answer]
    return "\n".join(parts)
