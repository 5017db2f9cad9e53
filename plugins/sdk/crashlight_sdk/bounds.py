"""Loops that run one step too far: the usual reason for an index that equals the length."""

import re
from collections.abc import Iterator

from crashlight_sdk.rules import Facts
from crashlight_sdk.words import Intent

_REACH = 15  # lines above the culprit in which its loop may begin
_LOOP = re.compile(
    r"\bfor\b.*?(?P<bound>(?P<old><=)\s*(?:len\(|[\w.>\-\[\]]*(?:\blen\b|length|Length|Count|size|\bn\b"
    r"|N\b|num|count|SIZE|LEN|MAX))|(?P<range>\.\.=)\s*[\w.]*(?:\.len\(\)|\bn\b|len|count|size))"
)


def shorter_loop(facts: Facts) -> Iterator[Intent]:
    """The intent to end the loop around the culprit before the length, where it runs up to it."""
    excerpt = facts.excerpt
    if excerpt is None:
        return
    for number in range(excerpt.culprit_line, max(excerpt.first_line, excerpt.culprit_line - _REACH) - 1, -1):
        found = _LOOP.search(excerpt.line(number) or "")
        if found:
            old, new = ("..=", "..") if found["range"] else ("<=", "<")
            bound = found["bound"]
            change = {"old": bound, "new": bound.replace(old, new, 1)}
            yield Intent("replace_text", f"End the loop before the length: `{new}` for `{old}`", number, change)
            return


def index_guard(facts: Facts) -> Iterator[Intent]:
    """The intent to check the one index that the culprit line uses."""
    used = re.findall(r"([A-Za-z_][\w.]*)\[([^\[\]]+)\]", facts.line)
    if len(used) == 1 and not used[0][1].strip().startswith('"'):
        collection, index = used[0]
        args = {"collection": collection, "index": index.strip()}
        yield Intent("guard_index", f"Check that `{collection}` has an element {index.strip()}", None, args)


def divisor_guard(facts: Facts) -> Iterator[Intent]:
    """The intent to check the one divisor that the culprit line has."""
    used = re.findall(r"(?<![/*])[/%](?![/*=])\s*([A-Za-z_][\w.]*(?:\([^()]*\))?|\([^()]+\))", facts.line)
    if len(used) == 1:
        yield Intent("guard_zero", f"Handle that `{used[0]}` is zero", None, {"divisor": used[0]})
