"""Traces from the tests of other projects, each with what those projects say is right."""

import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from crashlight.cli.quality.labels import Row, base, last_part, plain
from crashlight.cli.quality.scanning import Scan
from crashlight.cli.quality.tally import Part

# Samples of logs without any crash, whatever their rows say.
CRASH_FREE = {"loghub-2k"}
# Their types are the tools' own words, which no log prints.
OWN_TYPES = {"casr-reports", "clusterfuzz", "syzkaller"}
SPANS_COUNT = {"fluent-detect"}


def measure(scan: Scan, folder: Path) -> Part:
    """Scan every corpus below ``folder``; rows are ``index.jsonl``, logs are in ``files/``."""
    part = Part(
        "corpora",
        "Traces of other projects' tests. Type: of the longest report in the file. Top: its culprit, or the innermost"
        " frame of its root cause, is the labelled one.",
        ("found", "type", "top", "span", "single"),
    )
    alarms = crash_free = 0
    started = time.perf_counter()
    for corpus in sorted(path.parent for path in folder.glob("*/index.jsonl")):
        by_file: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for report in scan([corpus / "files"]):
            by_file[base(report["file"])].append(report)
        for line in (corpus / "index.jsonl").read_text(encoding="utf-8").splitlines():
            if not line.strip():
                continue
            row = json.loads(line)
            reports = by_file[base(row["path"])]
            expected = row.get("expected") or {}
            if corpus.name in CRASH_FREE or expected.get("negative") or expected.get("has_trace") is False:
                crash_free += 1
                alarms += len(reports)
                part.misses += [f"{row['id']}: alarm at line {r['start_line']}: {r['crash_type']}" for r in reports]
                continue
            result = _judge(corpus.name, row, expected, reports)
            part.add((row.get("languages") or ["mixed"])[0], result)
            wrong = [name for name, right in result.items() if right is False and name != "single"]
            if wrong:
                part.misses.append(f"{row['id']}: {', '.join(wrong)}; got {_told(reports)}")
    part.figures |= {"alarms": alarms, "crash_free_files": crash_free}
    part.figures["seconds"] = round(time.perf_counter() - started, 1)
    return part


def _judge(corpus: str, row: Row, expected: Row, reports: list[dict[str, Any]]) -> dict[str, bool | None]:
    longest: Row = max(reports, key=lambda r: (r.get("end_line") or 0) - (r.get("start_line") or 0), default={})
    result: dict[str, bool | None] = {"found": bool(reports), "single": len(reports) <= 1 if reports else None}
    own_words = any(row["id"].split("/", 1)[0] == name or f"--{name}-" in row["id"] for name in OWN_TYPES)
    if expected.get("type") and not own_words:
        got = f"{longest.get('crash_type')}: {longest.get('message')}"[:1000]
        same = last_part(longest.get("crash_type")) == last_part(expected["type"])
        result["type"] = bool(longest) and (same or plain(expected["type"]) in plain(got))
    wanted = _labelled_place(expected)
    if wanted is not None:
        root = (longest.get("causes") or [])[-1:]
        places = [longest.get("culprit") or {}, *(frame for cause in root for frame in cause["frames"][:1])]
        result["top"] = any(
            base(place.get("file")) == base(wanted["file"]) and place.get("line") == int(wanted["line"])
            for place in places
        )
    if expected.get("spans") and corpus in SPANS_COUNT:
        # These labels end one line late: they count the empty one behind the last line break.
        spans = sorted((report["start_line"] - 1, report["end_line"]) for report in reports)
        result["span"] = spans == sorted((first, last) for first, last in expected["spans"])
    return result


def _labelled_place(expected: Row) -> Row | None:
    culprit = expected.get("culprit")
    if isinstance(culprit, dict) and culprit.get("line"):
        return culprit
    frames = [frame for frame in expected.get("frames") or [] if isinstance(frame, dict) and frame.get("file")]
    return frames[0] if frames and frames[0].get("line") else None


def _told(reports: list[dict[str, Any]]) -> str:
    told = [
        f"{r['crash_type']} at {(r['culprit'] or {}).get('file')}:{(r['culprit'] or {}).get('line')}" for r in reports
    ]
    return "; ".join(told[:2]) or "nothing"
