"""Changes that Rust's rules propose, from the culprit's source line and the function around it."""

import re
from collections.abc import Iterator

from crashlight_sdk import Excerpt, Intent
from crashlight_sdk.bounds import index_guard, shorter_loop
from crashlight_sdk.rules import Facts

_SIGNATURE = re.compile(r"\bfn \w+")
_SIMPLE_DIFFERENCE = re.compile(
    r"(?<![\w.)\]])(?P<left>[a-z_][\w.]*(?:\(\))?) - (?P<right>[a-z_][\w.]*(?:\(\))?|\d+)(?![\w(.])"
)


def check_index(facts: Facts) -> Iterator[Intent]:
    """End the loop earlier where it runs one step too far, else check the index."""
    shorter = list(shorter_loop(facts))
    yield from shorter or index_guard(facts)


def no_unwrap(facts: Facts) -> Iterator[Intent]:
    """Pass None on where the function returns an Option, else fall back to the type's default."""
    if facts.line.count(".unwrap()") != 1 or facts.excerpt is None:
        return
    returns = _return_type(facts.excerpt)
    if returns.startswith("Option"):
        yield Intent("replace_text", "Return None early with `?`", None, {"old": ".unwrap()", "new": "?"})
    else:
        change = {"old": ".unwrap()", "new": ".unwrap_or_default()"}
        yield Intent("replace_text", "Use the default of the type where there is no value", None, change)


def guard_key(facts: Facts) -> Iterator[Intent]:
    """Read the one key of the line so that its absence has the type's default."""
    used = re.findall(r"(?<![\w.])([A-Za-z_][\w.]*)\[(&?[\w.\"]+)\]", facts.line)
    if len(used) == 1:
        collection, key = used[0]
        args = {"collection": collection, "key": key}
        yield Intent("guard_key", f"Handle that {key} is not in `{collection}`", None, args)


def saturating_sub(facts: Facts) -> Iterator[Intent]:
    """Stop at zero instead of going below it, for a plain difference of two names."""
    found = _SIMPLE_DIFFERENCE.findall(facts.line)
    if len(found) == 1:
        left, right = found[0]
        change = {"old": f"{left} - {right}", "new": f"{left}.saturating_sub({right})"}
        yield Intent("replace_text", "Stop at zero instead of overflowing", None, change)


def names_a_value(facts: Facts) -> bool:
    """Whether unreachable code says which value led to it."""
    return ": " in facts.cause.message.partition("unreachable code")[2]


def _return_type(excerpt: Excerpt) -> str:
    """What the function around the culprit returns, or an empty text."""
    for number in range(excerpt.culprit_line, excerpt.first_line - 1, -1):
        line = excerpt.line(number) or ""
        if _SIGNATURE.search(line):
            return line.partition("->")[2].strip()
    return ""
