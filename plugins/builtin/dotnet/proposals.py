"""Changes that the rules for .NET propose, from the culprit's source line and the loop around it."""

import re
from collections.abc import Iterator

from crashlight_sdk import Intent
from crashlight_sdk.bounds import index_guard, shorter_loop
from crashlight_sdk.families import classify
from crashlight_sdk.rules import Facts

_MEMBER = re.compile(r"(?<![\w.\"?])(?P<object>[a-z_]\w*(?:\.[A-Z]\w*)*?)\.[A-Z]\w*")


def add_package(facts: Facts) -> Iterator[Intent]:
    """Add the package that has the name of the assembly, as most do."""
    assembly = facts["assembly"]
    if assembly and not assembly.startswith("System.") and "\\" not in assembly and "/" not in assembly:
        yield Intent("add_dependency", f"Add the package {assembly}", None, {"package": assembly})


def check_index(facts: Facts) -> Iterator[Intent]:
    """End the loop earlier where it runs one step too far, else check the index."""
    shorter = list(shorter_loop(facts))
    yield from shorter or index_guard(facts)


def guard_null(facts: Facts) -> Iterator[Intent]:
    """Guard the one local object whose members the line uses."""
    objects = list(dict.fromkeys(found["object"] for found in _MEMBER.finditer(facts.line)))
    if len(objects) == 1:
        yield Intent("guard_none", f"Handle that `{objects[0]}` is null", None, {"expression": objects[0]})


def plain_database_error(facts: Facts) -> bool:
    """Whether the message of a database error says nothing that another family knows."""
    return classify("", facts.cause.message).category == "other"
