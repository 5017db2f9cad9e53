"""The examples that a newcomer meets: every crash is found, placed in its program, and mostly fixed."""

from pathlib import Path

import pytest

from crashlight.cli.quality.scanning import Scanning
from crashlight.settings import load

EXAMPLES = Path(__file__).parents[2] / "examples"

# log → type, culprit as a place of the folder, category, and whether an edit is offered
EXPECTED = {
    "c/stock.log": ("heap-buffer-overflow", "c/stock.c:9", "memory-corruption", True),
    "go/ledger.log": ("panic", "go/ledger.go:12", "null-or-undefined", True),
    "java/inventory.log": ("java.lang.NullPointerException", "java/shop/Inventory.java:13", "null-or-undefined", True),
    "java/labels.log": (
        "java.lang.ArrayIndexOutOfBoundsException",
        "java/shop/Labels.java:7",
        "missing-key-or-index",
        True,
    ),
    "node/checkout.log": ("TypeError", "node/checkout.js:13", "null-or-undefined", True),
    "node/mail.log": ("Error", "node/mail.js:3", "missing-dependency", True),
    "python/orders.log": ("KeyError", "python/orders.py:17", "missing-key-or-index", True),
    "python/report.log": ("ZeroDivisionError", "python/report.py:17", "numeric", True),
    "ruby/coupons.log": ("NoMethodError", "ruby/coupons.rb:8", "null-or-undefined", True),
    "rust/prices.log": ("panic", "rust/prices.rs:4", "parsing-or-encoding", True),
}


@pytest.fixture(scope="module")
def reports() -> dict[str, list[dict]]:  # type: ignore[type-arg]
    found: dict[str, list[dict]] = {}  # type: ignore[type-arg]
    with Scanning(load(EXAMPLES).settings, [EXAMPLES]) as scan:
        for report in scan([EXAMPLES]):
            found.setdefault(Path(report["file"]).relative_to(EXAMPLES).as_posix(), []).append(report)
    return found


def test_no_other_file_holds_a_crash(reports: dict[str, list[dict]]) -> None:  # type: ignore[type-arg]
    assert set(reports) == set(EXPECTED)
    assert {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.glob("*/*.log")} == set(EXPECTED)


@pytest.mark.parametrize("log", EXPECTED)
def test_a_crash_of_the_shop(reports: dict[str, list[dict]], log: str) -> None:  # type: ignore[type-arg]
    (report,) = reports[log]
    kind, source, category, fixed = EXPECTED[log]
    assert (report["crash_type"], report["culprit"]["source"]) == (kind, source)
    assert report["category"] == category
    assert bool(report["fixes"]) == fixed


def test_logs_name_no_machine() -> None:
    for path in EXAMPLES.glob("*/*.log"):
        text = path.read_text()
        assert "/srv/shop" in text or "/tmp" not in text
        assert "/root" not in text and "/home" not in text
