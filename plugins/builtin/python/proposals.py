"""Mechanical changes for Python crashes, as intents."""

import ast
import re
from collections.abc import Iterator

from crashlight_sdk import Intent
from crashlight_sdk.rules import Facts
from crashlight_sdk.similar import closest

from . import syntax
from .packages import DISTRIBUTIONS, HOMES, STANDARD

_NAME = re.compile(r"[^\W\d]\w*")
_ASKED = re.compile(r"Did you (?:mean|forget to import)(?: a function or attribute)?:? '(?:\.?)([\w.]+)'")


def install(facts: Facts) -> Iterator[Intent]:
    """Add the distribution that holds a missing module to the manifest."""
    top = facts["module"].partition(".")[0]
    if top in STANDARD or not _NAME.fullmatch(top):
        return
    package = DISTRIBUTIONS.get(top, top.replace("_", "-"))
    yield Intent("add_dependency", f"Add {package} to the dependencies", args={"package": package})


def rename(facts: Facts) -> Iterator[Intent]:
    """The name that Python suggests, or the nearest one in the excerpt."""
    old = facts["name"]
    said = _ASKED.search(facts.cause.message)
    new = said[1] if said else closest(old, names_in(facts))
    if new and _NAME.fullmatch(new) and new != old and old in facts.line:
        yield Intent("rename_to", f"Rename {old} to {new}", args={"old": old, "new": new})


def name_or_import(facts: Facts) -> Iterator[Intent]:
    """For an undefined name: the import that is missing, else the name that was meant."""
    name = facts["name"]
    if name in STANDARD:
        yield Intent("add_import", f"Import {name}", args={"module": name})
    elif name in HOMES:
        home = HOMES[name]
        yield Intent("add_import", f"Import {name} from {home}", args={"module": home, "name": name})
    else:
        yield from rename(facts)


def guard_none(facts: Facts) -> Iterator[Intent]:
    """Handle the absent owner of an attribute or subscript, or zero for what is calculated with."""
    if "unsupported operand" in facts.cause.message:
        yield from zero_for_none(facts)
        return
    attribute = facts["name"]
    expression = syntax.owner(facts.line, attribute) if attribute else None
    if expression is None and not attribute:
        found = syntax.subscripts(facts.line)
        expression = found[0][0] if len(found) == 1 else None
    if expression:
        yield Intent("guard_none", f"Handle that {expression} is None", args={"expression": expression})


def guard_key(facts: Facts) -> Iterator[Intent]:
    """The key that was probably meant, and a guard for the one that is missing."""
    found = syntax.subscript(facts.line, facts["key"])
    if found is None:
        return
    collection, key = found
    literal = key.strip("'\"")
    if key != literal:
        known = {text for _, text in _keys(facts, collection)} - {literal}
        near = closest(literal, known)
        if near:
            quote = key[0]
            args = {"old": key, "new": f"{quote}{near}{quote}"}
            yield Intent("replace_text", f"Use the key {near!r}", args=args)
    args = {"collection": collection, "key": key}
    yield Intent("guard_key", f"Handle that {key} is not in {collection}", args=args)


def guard_index(facts: Facts) -> Iterator[Intent]:
    """A guard for an index beyond the end."""
    found = syntax.subscripts(facts.line)
    if found:
        collection, index = found[0]
        args = {"collection": collection, "index": index}
        yield Intent("guard_index", f"Handle that {collection} is too short", args=args)


def guard_zero(facts: Facts) -> Iterator[Intent]:
    """A guard for the divisor."""
    found = syntax.divisors(facts.line)
    if found:
        yield Intent("guard_zero", f"Handle that {found[0]} is zero", args={"divisor": found[0]})


def convert_operand(facts: Facts) -> Iterator[Intent]:
    """Convert the side of a ``+`` that is not text."""
    for left, right in syntax.additions(facts.line):
        for known, other in ((left, right), (right, left)):
            if syntax.is_text(known) and not syntax.is_text(other):
                yield from _convert(syntax.text_of(other), "str")
                return
            if syntax.is_number(known) and not syntax.is_number(other):
                yield from _convert(syntax.text_of(other), "int")
                return


def convert_joined(facts: Facts) -> Iterator[Intent]:
    """Convert the elements that ``join`` gets."""
    for call in syntax.calls(facts.line, "join"):
        if len(call.args) == 1 and not isinstance(call.args[0], ast.GeneratorExp | ast.ListComp):
            yield from _wrap(syntax.text_of(call.args[0]), "map(str, {})", "Convert the elements to str")


def _wrap(old: str, form: str, title: str) -> Iterator[Intent]:
    if old:
        yield Intent("replace_text", title, args={"old": old, "new": form.format(old)})


def _convert(expression: str, function: str) -> Iterator[Intent]:
    if expression:
        args = {"expression": expression, "function": function}
        yield Intent("convert", f"Convert {expression} with {function}()", args=args)


def await_call(facts: Facts) -> Iterator[Intent]:
    """Await the coroutine that was used as a value."""
    name = facts["coroutine"]
    found = [call for call in syntax.calls(facts.line) if "await" not in facts.line]
    function = name or (syntax.text_of(found[0].func) if len(found) == 1 else "")
    if function:
        yield Intent("await_call", f"Await {function}()", args={"function": function})


def say_encoding(facts: Facts) -> Iterator[Intent]:
    """Name the encoding where a file is opened."""
    for call in syntax.calls(facts.line, "open"):
        if not any(word.arg == "encoding" for word in call.keywords) and "b" not in _mode(call):
            args = {"function": "open", "text": 'encoding="utf-8"'}
            yield Intent("add_argument", "Open the file as UTF-8", args=args)


def _mode(call: ast.Call) -> str:
    mode = call.args[1] if len(call.args) > 1 else None
    return mode.value if isinstance(mode, ast.Constant) and isinstance(mode.value, str) else ""


def drop_argument(facts: Facts) -> Iterator[Intent]:
    """The keyword that was probably meant, or the call without it."""
    name = facts["name"]
    for call in syntax.calls(facts.line):
        for keyword in call.keywords:
            if keyword.arg == name:
                text = f"{name}={syntax.text_of(keyword.value)}"
                args = {"function": syntax.text_of(call.func), "text": text}
                yield Intent("remove_argument", f"Remove the argument {name}", args=args)
                return


def initialize(facts: Facts) -> Iterator[Intent]:
    """Give a local its first value."""
    name = facts["name"]
    if _NAME.fullmatch(name or ""):
        value = "0" if re.search(rf"\b{name}\s*[-+*/]=", facts.line) else "None"
        yield Intent("initialize", f"Give {name} a first value", args={"name": name, "value": value})


def call_method(facts: Facts) -> Iterator[Intent]:
    """Call what was used without its parentheses."""
    for collection, key in syntax.subscripts(facts.line):
        old = f"{collection}[{key}]"
        yield Intent("replace_text", f"Call {collection}", args={"old": old, "new": f"{collection}({key})"})
        return


def iterate_copy(facts: Facts) -> Iterator[Intent]:
    """Walk a copy of what is changed in the loop."""
    match = re.match(r"for\s+.+?\s+in\s+(?P<what>[\w.()]+)\s*:", facts.line)
    if match:
        args = {"old": f"in {match['what']}:", "new": f"in list({match['what']}):"}
        yield Intent("replace_text", f"Iterate over a copy of {match['what']}", args=args)


def skip_no_number(facts: Facts) -> Iterator[Intent]:
    """Pass over text that is no whole number."""
    found = re.search(r"(?<![\w.])int\((?P<text>[A-Za-z_]\w*)\)", facts.line)
    if found:
        condition = f'not {found["text"]}.strip().lstrip("-").isdigit()'
        yield Intent("leave_when", f"Pass over {found['text']} where it is no number", args={"condition": condition})


def empty_json(facts: Facts) -> Iterator[Intent]:
    """Handle that there is no text at all."""
    found = re.search(r"json\.loads\((?P<text>[A-Za-z_]\w*)\)", facts.line)
    if found and "line 1 column 1 (char 0)" in facts.cause.message:
        args = {"condition": f"not {found['text']}", "value": "{}"}
        yield Intent("leave_when", f"Handle that {found['text']} is empty", args=args)


def zero_for_none(facts: Facts) -> Iterator[Intent]:
    """Calculate with zero where a mapping has no value."""
    found = re.search(r"(?P<read>[A-Za-z_][\w.]*\.get\((?P<key>[^(),]+))\)", facts.line)
    if found and "NoneType" in facts.cause.message and "'str'" not in facts.cause.message:
        args = {"old": found[0], "new": f"({found[0]} or 0)"}
        yield Intent("replace_text", f"Use 0 where {found['key']} has no value", args=args)


def names_in(facts: Facts) -> set[str]:
    """The identifiers of the excerpt, without those of the failing line that stand there once."""
    if facts.excerpt is None:
        return set()
    lines = facts.excerpt.lines
    here = facts.excerpt.culprit_line - facts.excerpt.first_line
    return {name for index, line in enumerate(lines) if index != here for name in _NAME.findall(line)}


def _keys(facts: Facts, collection: str) -> Iterator[tuple[str, str]]:
    """String keys that the excerpt uses with a collection of this name, or writes in a literal."""
    if facts.excerpt is None:
        return
    for line in facts.excerpt.lines:
        for match in re.finditer(r"(?P<quote>['\"])(?P<key>[\w .-]{1,60})(?P=quote)\s*(?::|\])", line):
            yield collection, match["key"]
