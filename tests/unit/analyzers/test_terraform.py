"""The Terraform analyzer on errors with and without their box. There is no Terraform here to record them with."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashlight_sdk import Window
from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

TERRAFORM = load(Path(__file__).resolve().parents[3] / "plugins" / "builtin" / "terraform")

BOXED = """╷
│ Error: Invalid index
│
│   on main.tf line 12, in resource "aws_instance" "shop":
│   12:   subnet_id = var.subnets[3]
│     ├────────────────
│     │ var.subnets is list of string with 2 elements
│
│ The given key does not identify an element in this collection value.
╵
"""
PLAIN = """Error: Reference to undeclared input variable

  on main.tf line 3, in provider "aws":
   3:   region = var.region

An input variable with the name "region" has not been declared.
"""
LOCK = """╷
│ Error: Error acquiring the state lock
│
│ Error message: ConditionalCheckFailedException: The conditional request failed
╵
"""
DENIED = """╷
│ Error: creating EC2 Instance: UnauthorizedOperation: You are not authorized to perform this operation.
│
│   with aws_instance.shop,
│   on main.tf line 7, in resource "aws_instance" "shop":
│    7: resource "aws_instance" "shop" {
╵
"""

CASES = [
    ("boxed", BOXED, ("main.tf", 12), "missing-key-or-index"),
    ("plain", PLAIN, ("main.tf", 3), "configuration"),
    ("lock", LOCK, None, "concurrency"),
    ("denied", DENIED, ("main.tf", 7), "permission"),
]


@pytest.mark.parametrize(("text", "place", "category"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_error(text: str, place: tuple[str, int] | None, category: str) -> None:
    (crash,) = parse(TERRAFORM, text)
    frame = culprit(crash.root)
    assert ((frame.file, frame.line) if frame else None) == place
    finding = TERRAFORM.explain(crash, None)
    assert finding is not None
    assert finding.category == category
    assert (crash.first_line, crash.last_line) == (0, len(text.rstrip("\n").split("\n")) - 1)


QUIET = [
    "Error: something else failed",
    "Plan: 1 to add, 0 to change, 0 to destroy.",
    "│ Warning: Deprecated attribute",
]


@pytest.mark.parametrize("text", QUIET)
def test_no_crash(text: str) -> None:
    assert parse(TERRAFORM, text) == []


PIECES = st.sampled_from(
    ["│ Error: x", "│   on a.tf line 3:", "│   3: y", "╷", "╵", "Error: z", "  on b.tf line 4:", "\n"]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    lines = tuple(text.split("\n"))
    after = -1
    for crash in TERRAFORM.parse(Window(lines)):
        assert after < crash.first_line <= crash.last_line < len(lines)
        after = crash.last_line
        assert TERRAFORM.explain(crash, None) is not None
