"""Programs that were right, were broken by a known mutation, and really crashed.

A fix counts when the program passes its own check with it.
"""

import asyncio
import json
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crashlight.adapters.commands import LocalCommands
from crashlight.cli.quality.labels import base, same_type
from crashlight.cli.quality.scanning import Scanning, Speakers
from crashlight.cli.quality.tally import Part
from crashlight.settings import Settings

Case = dict[str, Any]
Report = dict[str, Any]
LIMIT_S = 120.0
# Perl prints no class: its headline is its message.
NO_CLASS = {"die"}


def read(path: Path, split: str, limit: int | None) -> list[Case]:
    """The cases of one side of the split (``all`` for both), at most ``limit``, taken from all kinds in turn."""
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    cases = [case for case in cases if split in {"all", case["split"]}]
    if limit is None or len(cases) <= limit:
        return cases
    # One of each program first, from each runtime in turn.
    seen: dict[tuple[str, ...], int] = defaultdict(int)
    order = []
    for case in cases:
        again = seen[case["runtime"], case["mutation"]]
        seen[case["runtime"], case["mutation"]] += 1
        order.append((again, seen[case["runtime"], "", str(again)], case["runtime"], case["id"]))
        seen[case["runtime"], "", str(again)] += 1
    chosen = {case_id for *_, case_id in sorted(order)[:limit]}
    return [case for case in cases if case["id"] in chosen]


def measure(cases: Sequence[Case], settings: Settings, scratch: Path, speakers: Speakers) -> Part:
    """Scan every case's log beside its program, and run the program with the first fix that is offered."""
    part = Part(
        f"executable, {speakers}",
        "Programs broken by a known mutation and run. Full: type, culprit and category are right. Cause: it names what"
        " it must. Offered: there is an edit. Passes: with the first one the program's own check holds.",
        ("found", "type", "culprit", "category", "full", "cause", "offered", "passes"),
    )
    part.published = all(case["split"] == "train" for case in cases)
    folder = scratch / f"executable {speakers}"
    for case in cases:
        home = folder / case["id"]
        home.mkdir(parents=True)
        (home / case["file"]).write_text(case["text"], encoding="utf-8")
        (home / "crash.log").write_text(case["log"], encoding="utf-8")
    with Scanning(settings, [folder], speakers) as scan:
        for case in cases:
            home = folder / case["id"]
            report = longest(scan([home / "crash.log"]))
            result = judge(case, report)
            if report is not None and report["fixes"]:
                apply_edits(folder, report["fixes"][0]["edits"])
                result["passes"] = asyncio.run(holds(case, home))
            elif not is_runnable(case):
                result["passes"] = None
            part.add(case["runtime"], result)
            part.misses += _missed(case, result, report)
            _count_speakers(part, report)
        if speakers != "rules alone":
            part.figures["model"] = scan.model() or "none could be asked"
    return part


def _count_speakers(part: Part, report: Report | None) -> None:
    """How often the model spoke, and with which prompt."""
    if report is None:
        return
    explanation = report["explanation"]
    said = []
    if explanation["by"] == "model":
        said.append("explanations by the model")
    if any(fix["by"] == "model" for fix in report["fixes"]):
        said.append("crashes with an edit by the model")
    if explanation["prompt"]:
        said.append(f"answers to the prompt {explanation['prompt']}")
    for name in said:
        part.figures[name] = int(part.figures.get(name, 0)) + 1


def judge(case: Case, report: Mapping[str, Any] | None) -> dict[str, bool | None]:
    """What a report got right. ``passes`` is False until the program ran."""
    if report is None:
        return {
            **dict.fromkeys(("found", "culprit", "category", "full", "cause", "offered", "passes"), False),
            "type": False,
        }
    culprit = report["culprit"] or {}
    kinds = [kind for kind in case["crash_types"] if kind not in NO_CLASS]
    kind = any(same_type(report, wanted) for wanted in kinds) if kinds else None
    place = base(culprit.get("file")) == case["file"] and culprit.get("line") == case["line"]
    category = report["category"] in case["categories"]
    cause = (report["explanation"]["cause"] or "").lower()
    return {
        "found": True,
        "type": kind,
        "culprit": place,
        "category": category,
        "full": kind is not False and place and category,
        "cause": case["entity"].lower() in cause,
        "offered": bool(report["fixes"]),
        "passes": False,
    }


def longest(reports: Sequence[Report]) -> Report | None:
    """The report with the longest span: a case holds one crash."""
    return max(reports, key=lambda report: int(report["end_line"]) - int(report["start_line"]), default=None)


def apply_edits(folder: Path, edits: Sequence[Mapping[str, Any]]) -> None:
    """Whole lines replaced, the last ones first, in files relative to ``folder``."""
    for edit in sorted(edits, key=lambda edit: -int(edit["start_line"])):
        path = folder / edit["file"]
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        lines[edit["start_line"] - 1 : edit["end_line"]] = [edit["text"]]
        path.write_text("".join(lines), encoding="utf-8")


async def holds(case: Case, home: Path) -> bool | None:
    """Whether the program's own check passes; None where its language is not installed here."""
    if not is_runnable(case):
        return None
    commands, build = LocalCommands(), home / "build"
    build.mkdir(exist_ok=True)
    for words, more in ((case["build"], ()), (case["run"], ("check",))):
        if words:
            argv = [w.replace("{FILE}", str(home / case["file"])).replace("{BUILD}", str(build)) for w in words]
            result = await commands.run([*argv, *more], home, LIMIT_S)
            if result.exit_code != 0:
                return False
    return True


def is_runnable(case: Case) -> bool:
    """Whether the programs that build and run the case are installed."""
    tools = [words[0] for words in (case["build"], case["run"]) if words]
    return all(shutil.which(tool) for tool in tools if "{" not in tool)


def _missed(case: Case, result: Mapping[str, bool | None], report: Mapping[str, Any] | None) -> list[str]:
    wrong = [name for name, right in result.items() if right is False and name not in {"full", "offered"}]
    if not wrong:
        return []
    if report is None:
        return [f"{case['id']}: not found"]
    culprit = report["culprit"] or {}
    first = report["fixes"][0]["edits"] if report["fixes"] else []
    edit = "; ".join(f"{e['start_line']}-{e['end_line']} {e['text'].strip()!r}" for e in first) or "no edit"
    where = f"{culprit.get('file')}:{culprit.get('line')}"
    return [f"{case['id']}: {', '.join(wrong)}; got {report['crash_type']} at {where}, {report['category']}; {edit}"]
