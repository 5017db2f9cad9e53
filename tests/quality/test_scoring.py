"""The benchmark's own arithmetic: when a report agrees with a label, and how sure a share is."""

import json
from pathlib import Path
from typing import Any

import pytest

from crashlight.cli.quality import corpora, page, real
from crashlight.cli.quality.labels import same_place, same_type
from crashlight.cli.quality.tally import Part, Share


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (5, 10, 0.237, 0.763), (95, 100, 0.888, 0.978)],
)
def test_intervals_are_wilsons(hits: int, of: int, low: float, high: float) -> None:
    assert Share(hits, of).interval() == pytest.approx((low, high), abs=0.0006)


def test_a_measure_that_does_not_apply_is_not_counted() -> None:
    part = Part("p", "says", ("found", "type"))
    part.add("python", {"found": True, "type": None})
    part.add("go", {"found": False, "type": True})
    assert (part.groups["all"]["found"].hits, part.groups["all"]["found"].of) == (1, 2)
    assert part.groups["python"]["type"].of == 0
    assert part.ordered()[0] == "all"
    assert "50.0 %" in page.as_text([part], misses=False)


@pytest.mark.parametrize(
    ("got", "message", "wanted", "same"),
    [
        ("java.lang.NullPointerException", "", "NullPointerException", True),
        ("KeyError", "", "ValueError", False),
        ("panic", "index out of bounds", "index out of bounds", True),
        ("SEGV", "on unknown address", "heap-use-after-free", False),
        ("Foo::BarError", "", "BarError", True),
        ("", "", "", True),
    ],
)
def test_types(got: str, message: str, wanted: str, same: bool) -> None:
    assert same_type({"crash_type": got, "message": message}, wanted) is same


@pytest.mark.parametrize(
    ("got", "wanted", "same"),
    [
        ({"file": "/srv/a/b.py", "line": 3}, {"file": "a/b.py", "line": 3}, True),
        ({"file": "C:\\a\\b.cs", "line": 3}, {"file": "b.cs", "line": 3}, True),
        ({"file": "/srv/a/b.py", "line": 4}, {"file": "a/b.py", "line": 3}, False),
        ({"file": "/srv/x/b.py", "line": 3}, {"file": "a/b.py", "line": 3}, False),
        (None, None, True),
        (None, {"file": "b.py", "line": 1}, False),
        ({"file": None, "function": "f"}, {"file": None, "function": "f"}, True),
    ],
)
def test_places(got: dict[str, Any] | None, wanted: dict[str, Any] | None, same: bool) -> None:
    assert same_place(got, wanted) is same


def report(start: int, end: int, **more: Any) -> dict[str, Any]:
    culprit = {"file": "a.py", "line": 3, "function": "f"}
    plain = {"crash_type": "KeyError", "message": "'x'", "category": "missing-key-or-index", "culprit": culprit}
    return {"file": "t.txt", "start_line": start, "end_line": end, "causes": [], **plain, **more}


CASE = {
    "trace_first_line": 2,
    "trace_last_line": 5,
    "crash_type": "KeyError",
    "culprit": {"file": "a.py", "line": 3},
    "category": "configuration",
    "category_alt": ["missing-key-or-index"],
}


def test_the_report_that_overlaps_best_is_judged() -> None:
    result, chosen = real.judge(CASE, [report(1, 60, crash_type="Other"), report(2, 5), report(9, 9)])
    assert chosen is not None and chosen["start_line"] == 2
    assert result["right"] and result["span"] and not result["strict"]
    assert real.judge(CASE, [report(8, 9)])[0]["found"] is False


def test_corpora_count_alarms_and_misses(tmp_path: Path) -> None:
    folder = tmp_path / "some"
    (folder / "files").mkdir(parents=True)
    labelled = {"type": "KeyError", "culprit": {"file": "a.py", "line": 3}}
    rows = [
        {"id": "some/t", "path": "files/t.txt", "languages": ["python"], "expected": labelled},
        {"id": "some/u", "path": "files/u.txt", "languages": ["go"], "expected": {"type": "panic"}},
        {"id": "some/n", "path": "files/n.txt", "languages": [], "expected": {"negative": True}},
    ]  # fmt: skip
    (folder / "index.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    part = corpora.measure(lambda paths: [report(1, 4), report(1, 2, file="n.txt")], tmp_path)
    assert (part.groups["all"]["found"].hits, part.groups["all"]["found"].of) == (1, 2)
    assert part.groups["python"]["top"].hits == 1
    assert part.figures["alarms"] == 1 and part.figures["crash_free_files"] == 1
    assert len(part.misses) == 2
