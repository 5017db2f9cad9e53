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


def guard_at(facts: Facts) -> Iterator[Intent]:
    """Look for the one key that the line reads with ``at`` before it is read."""
    used = re.findall(r"(?<![\w.>])([A-Za-z_][\w.>-]*?)(?:\.|->)at\(([^()]+)\)", facts.line)
    if len(used) == 1:
        collection, key = used[0]
        kind = "guard_key" if _is_map(facts, collection) else "guard_index"
        named = {"key": key} if kind == "guard_key" else {"index": key}
        yield Intent(kind, f"Handle that `{collection}` does not hold {key}", None, {"collection": collection, **named})


def _is_map(facts: Facts, name: str) -> bool:
    lines = facts.excerpt.lines if facts.excerpt is not None else ()
    return any("map<" in line and re.search(rf"\b{re.escape(name)}\b", line) for line in lines)


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
