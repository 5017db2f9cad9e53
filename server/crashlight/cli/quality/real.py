"""Crashes from public bug threads, labelled by hand with the cause that the thread found."""

import json
from pathlib import Path
from typing import Any

from crashlight.cli.quality.labels import Row, same_place, same_type
from crashlight.cli.quality.scanning import Scan
from crashlight.cli.quality.tally import Part


def measure(scan: Scan, folder: Path) -> Part:
    """Scan the log of each case of ``cases.jsonl``."""
    part = Part(
        "real",
        "Crashes from public bug threads. Right: type, culprit and category are, by the label or a listed alternative.",
        ("found", "span", "type", "culprit", "category", "right", "strict"),
    )
    for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        case = json.loads(line)
        result, report = judge(case, scan([folder / case["log_file"]]))
        part.add(case["lang"], result)
        wrong = [name for name, right in result.items() if right is False and name not in {"strict", "right"}]
        if wrong:
            got = report or {}
            where = got.get("culprit") or {}
            part.misses.append(
                f"{case['id']}: {', '.join(wrong)}; got {got.get('crash_type')} at"
                f" {where.get('file')}:{where.get('line')}, {got.get('category')}"
            )
    return part


def judge(case: Row, reports: list[dict[str, Any]]) -> tuple[dict[str, bool | None], Row | None]:
    """What the report that overlaps the labelled trace best got right."""
    first: int = case["trace_first_line"]
    last: int = case["trace_last_line"]

    def overlap(report: Row) -> int:
        return max(0, min(last, int(report["end_line"])) - max(first, int(report["start_line"])) + 1)

    def likeness(report: Row) -> float:
        whole = max(last, int(report["end_line"])) - min(first, int(report["start_line"])) + 1
        return overlap(report) / whole

    hits = [report for report in reports if overlap(report)]
    if not hits:
        missing = dict.fromkeys(("found", "span", "type", "culprit", "category", "right", "strict"), False)
        return dict(missing), None
    report = max(hits, key=likeness)
    strict = (
        same_type(report, case["crash_type"]),
        same_place(report.get("culprit"), case["culprit"]),
        report.get("category") == case["category"],
    )
    kind = strict[0] or any(same_type(report, other) for other in case.get("crash_type_alt", []))
    place = strict[1] or any(same_place(report.get("culprit"), other) for other in case.get("culprit_alt", []))
    category = strict[2] or report.get("category") in case.get("category_alt", [])
    return {
        "found": True,
        "span": (report["start_line"], report["end_line"]) == (first, last),
        "type": kind,
        "culprit": place,
        "category": category,
        "right": kind and place and category,
        "strict": all(strict),
    }, report
