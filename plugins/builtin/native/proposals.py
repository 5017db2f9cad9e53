"""Changes that the rules for native code propose, from the culprit's source line and the loop around it."""

import re
from collections.abc import Iterator

from crashlight_sdk import Intent
from crashlight_sdk.bounds import divisor_guard, index_guard, shorter_loop
from crashlight_sdk.rules import Facts

_ARROW = re.compile(r"(?<![\w.>])(?P<pointer>[A-Za-z_]\w*(?:->\w+)*?)->\w+")
_STAR = re.compile(r"(?<![\w)\]] )(?<![\w)\]])\*(?P<pointer>[A-Za-z_]\w*)\b")


def check_index(facts: Facts) -> Iterator[Intent]:
    """End the loop earlier where it runs one step too far, else check the index."""
    shorter = list(shorter_loop(facts))
    yield from shorter or index_guard(facts)


def guard_pointer(facts: Facts) -> Iterator[Intent]:
    """Guard the one pointer that the line follows."""
    pointers = {found["pointer"] for found in _ARROW.finditer(facts.line)}
    if not pointers:
        pointers = {found["pointer"] for found in _STAR.finditer(facts.line)}
    if len(pointers) == 1:
        pointer = pointers.pop()
        yield Intent("guard_none", f"Handle that `{pointer}` is null", None, {"expression": pointer})


def guard_divisor(facts: Facts) -> Iterator[Intent]:
    """Handle a divisor of zero."""
    yield from divisor_guard(facts)
