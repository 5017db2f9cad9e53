"""Changes that Go's rules propose, from the culprit's source line and the lines around it."""

import re
from collections.abc import Iterator

from crashlight_sdk import Intent
from crashlight_sdk.bounds import index_guard, shorter_loop
from crashlight_sdk.rules import Facts

_WRITE = re.compile(r"^(?P<map>[A-Za-z_][\w.]*)\[[^\]]*\]\s*(?:=|\+=|-=|\+\+|--|\|=)")
_SELECTED = re.compile(r"(?<![\w.\"'])(?P<base>[a-z_]\w*)\.\w+")


def make_map(facts: Facts) -> Iterator[Intent]:
    """Make the map that the line writes to, with the type that its declaration in the excerpt has."""
    write = _WRITE.match(facts.line)
    if write is None or facts.excerpt is None:
        return
    name = write["map"]
    kind = _declared_map(name.rpartition(".")[2], facts.excerpt.lines)
    if kind:
        title = f"Make the map `{name}` before it is written to"
        yield Intent("initialize", title, None, {"name": name, "value": f"make({kind})"})


def guard_nil(facts: Facts) -> Iterator[Intent]:
    """Guard the one variable of the excerpt through which the line selects."""
    if facts.excerpt is None:
        return
    text = "\n".join(facts.excerpt.lines)
    bases = list(dict.fromkeys(found["base"] for found in _SELECTED.finditer(facts.line)))
    known = [base for base in bases if re.search(rf"\b{base}\s*(?:,\s*\w+\s*)?:=|\b{base} \*|var {base}\b", text)]
    if len(known) == 1:
        yield Intent("guard_none", f"Handle that `{known[0]}` is nil", None, {"expression": known[0]})


def check_index(facts: Facts) -> Iterator[Intent]:
    """End the loop earlier where it runs one step too far, else check the index."""
    shorter = list(shorter_loop(facts))
    yield from shorter or index_guard(facts)


def check_type(facts: Facts) -> Iterator[Intent]:
    """Pass over a value of another type: the two-value form of the one assertion on the line."""
    found = re.findall(r"(?<![\w.)])([A-Za-z_][\w.]*)\.\(([\w.*\[\]]+)\)", facts.line)
    if len(found) == 1 and ", ok" not in facts.line:
        value, wanted = found[0]
        condition = f"_, ok := {value}.({wanted}); !ok"
        yield Intent("leave_when", f"Pass over `{value}` where it is no {wanted}", None, {"condition": condition})


def in_test_or_local(facts: Facts) -> bool:
    """Whether the wait is inside one program: a test, or something that is stopped."""
    frame = facts.frame
    named = f"{frame.file} {frame.function}" if frame else ""
    return "_test.go" in named or bool(
        re.search(r"(?i)stop|quiesce|drain|shutdown|lock|goroutine", facts.cause.message)
    )


def _declared_map(name: str, lines: tuple[str, ...]) -> str | None:
    """The type ``map[K]V`` with which ``name`` is declared, as a variable, a field or a parameter."""
    declared = re.compile(rf"\b{re.escape(name)}\s+(?:=\s*)?(?P<kind>map\[[\w.*\[\]]+\][\w.*\[\]{{}}]+)")
    for line in lines:
        found = declared.search(line)
        if found:
            return found["kind"]
    return None
