"""Mechanical changes for JavaScript crashes, as intents."""

import re
from collections.abc import Iterator

from crashlight_sdk import Intent
from crashlight_sdk.rules import Facts
from crashlight_sdk.similar import closest

_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_CORE = frozenset(
    {
        "assert", "buffer", "child_process", "cluster", "crypto", "dgram", "dns", "events", "fs", "http", "http2",
        "https", "net", "os", "path", "perf_hooks", "process", "punycode", "querystring", "readline", "stream",
        "string_decoder", "timers", "tls", "tty", "url", "util", "v8", "vm", "worker_threads", "zlib",
    }
)  # fmt: skip
# What may stand before a property: names, calls and subscripts joined by dots.
_CHAIN = r"[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*|\[[^\[\]]*\]|\([^()]*\))*"


def package_of(module: str) -> str | None:
    """The package that holds a module name; None for a path or a module of Node's own."""
    if module.startswith((".", "/", "node:")) or re.match(r"[A-Za-z]:[\\/]", module):
        return None
    parts = module.split("/")
    name = "/".join(parts[:2]) if module.startswith("@") else parts[0]
    return None if name in _CORE or not re.fullmatch(r"(?:@[\w.-]+/)?[\w.-]+", name) else name


def install(facts: Facts) -> Iterator[Intent]:
    """Add the package to package.json."""
    package = package_of(facts["module"])
    if package:
        yield Intent("add_dependency", f"Add {package} to the dependencies", args={"package": package})


def owner(line: str, name: str) -> str | None:
    """The expression before ``.name`` or ``[name]`` on the line."""
    escaped = re.escape(name)
    match = re.search(rf"(?P<owner>{_CHAIN})(?:\.{escaped}(?![\w$])|\[(?:['\"`]?){escaped}(?:['\"`]?)\])", line[:2000])
    if match is not None:
        return match["owner"]
    if re.fullmatch(r"\d+", name):
        match = re.search(rf"(?P<owner>{_CHAIN})\[[\w$]+\]", line[:2000])
    return match["owner"] if match is not None else None


def guard_absent(facts: Facts) -> Iterator[Intent]:
    """Handle that the owner of a property is absent."""
    expression = owner(facts.line, facts["name"]) if facts["name"] else None
    if expression:
        yield Intent("guard_none", f"Handle that {expression} is absent", args={"expression": expression})


def guard_called(facts: Facts) -> Iterator[Intent]:
    """The method that was probably meant."""
    expression = facts["name"]
    method = expression.rpartition(".")[2]
    near = closest(method, names_in(facts) | _METHODS)
    if near and method in facts.line and _NAME.fullmatch(method):
        yield Intent("rename_to", f"Rename {method} to {near}", args={"old": method, "new": near})
    elif _NAME.fullmatch(expression) and f"{expression}(" in facts.line and not _declared(facts, expression):
        yield Intent("guard_none", f"Call {expression} only where it is given", args={"expression": expression})


def default_list(facts: Facts) -> Iterator[Intent]:
    """Go through nothing where there is nothing to go through."""
    name = facts["name"]
    if re.fullmatch(r"[\w$.]+", name) and f"of {name})" in facts.line:
        args = {"old": f"of {name})", "new": f"of {name} ?? [])"}
        yield Intent("replace_text", f"Use an empty list where {name} is absent", args=args)


def new_class(facts: Facts) -> Iterator[Intent]:
    """Make an object of the class that is called."""
    name = facts["name"]
    if f"{name}(" in facts.line and f"new {name}" not in facts.line:
        yield Intent("replace_text", f"Make a new {name}", args={"old": f"{name}(", "new": f"new {name}("})


def empty_json(facts: Facts) -> Iterator[Intent]:
    """Handle that there is no text at all."""
    found = re.search(r"JSON\.parse\((?P<text>[A-Za-z_$][\w$]*)\)", facts.line)
    if found and "Unexpected end of" in facts.cause.message:
        args = {"condition": f"!{found['text']}", "value": "{}"}
        yield Intent("leave_when", f"Handle that {found['text']} is empty", args=args)


def no_negative_length(facts: Facts) -> Iterator[Intent]:
    """Make an empty array where the length is below zero."""
    found = re.search(r"(?<![\w.])Array\((?P<length>[A-Za-z_$][\w$.]*)\)", facts.line)
    if found and "array length" in facts.cause.message:
        args = {"old": found[0], "new": f"Array(Math.max(0, {found['length']}))"}
        yield Intent("replace_text", f"Use no length below zero for {found['length']}", args=args)


def _declared(facts: Facts, name: str) -> bool:
    """Whether the name is a class or function of the file, so that it is there and is called in the wrong way."""
    lines = facts.excerpt.lines if facts.excerpt is not None else ()
    return any(re.search(rf"\b(?:class|function)\s+{re.escape(name)}\b", line) for line in lines)


def name_or_import(facts: Facts) -> Iterator[Intent]:
    """Import a module of Node's own, or the name that was meant."""
    name = facts["name"]
    if name in _CORE:
        yield Intent("add_import", f"Import {name}", args={"module": name})
        return
    near = closest(name, names_in(facts))
    if near and name in facts.line:
        yield Intent("rename_to", f"Rename {name} to {near}", args={"old": name, "new": near})


def let_for_const(facts: Facts) -> Iterator[Intent]:
    """Declare with ``let`` what is assigned again."""
    name = facts["name"]
    if facts.excerpt is None or not name:
        return
    for number, line in enumerate(facts.excerpt.lines, facts.excerpt.first_line):
        if re.search(rf"\bconst\s+{re.escape(name)}\b", line):
            args = {"old": f"const {name}", "new": f"let {name}"}
            yield Intent("replace_text", f"Declare {name} with let", line=number, args=args)
            return


def await_it(facts: Facts) -> Iterator[Intent]:
    """Await the call whose promise was used."""
    match = re.search(r"(?P<call>[A-Za-z_$][\w$.]*)\(", facts.line)
    if match and "await" not in facts.line:
        yield Intent("await_call", f"Await {match['call']}()", args={"function": match["call"]})


def names_in(facts: Facts) -> set[str]:
    """The identifiers of the excerpt outside the failing line."""
    if facts.excerpt is None:
        return set()
    here = facts.excerpt.culprit_line - facts.excerpt.first_line
    return {
        name for index, line in enumerate(facts.excerpt.lines) if index != here for name in _NAME.findall(line[:2000])
    }


_METHODS = frozenset(
    {
        "push", "pop", "shift", "unshift", "slice", "splice", "map", "filter", "reduce", "forEach", "find", "findIndex",
        "includes", "indexOf", "join", "concat", "some", "every", "sort", "reverse", "flat", "flatMap", "keys",
        "values", "entries", "split", "trim", "toLowerCase", "toUpperCase", "startsWith", "endsWith", "replace",
        "replaceAll", "padStart", "padEnd", "substring", "charAt", "toString", "toFixed", "then", "catch", "finally",
        "hasOwnProperty", "addEventListener", "querySelector", "getElementById", "stringify", "parse",
    }
)  # fmt: skip
