"""Whether an edit may be offered: it applies, parses, stays where it belongs, and takes no check away.

This is the one gate for rules and for the model; what it refuses, nobody sees.
"""

import ast
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from crashlight.domain import Edit
from crashlight.sources.languages import words
from crashlight.sources.redaction import placeholders
from crashlight.sources.source import Scope, Source, scope_of, scopes_on, walk

if TYPE_CHECKING:
    from tree_sitter import Node

MOST_EDITS = 20
_WITH_END = re.compile(r"[^\r\n]*+(?:\r\n|\n|\r)|[^\r\n]++")
MOST_TEXT = 20_000

_WARNINGS = Lock()
_ASSERTING_CALLS = ("assert", "expect", "panic", "raise", "fail", "debug_assert", "precondition", "fatalerror", "abort")
_BESIDE_IMPORTS = words("comment line_comment block_comment php_tag ;")
_REQUIRING = words("javascript typescript tsx ruby")
_LEAVING = words(
    "return_statement raise_statement throw_statement throw_expression return_expression return"
    " break_statement continue_statement jump_expression"
)


@dataclass(frozen=True, slots=True)
class Checked:
    """``verified`` names what was proven; ``refusal`` says why the edit is not offered."""

    verified: tuple[str, ...] = ()
    refusal: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the edit may be offered."""
        return self.refusal is None


def check(edits: Sequence[Edit], source: Source, line: int, *, may_touch_imports: bool = False) -> Checked:
    """Check edits of the file that holds the culprit, made for its ``line``. It never raises."""
    refusal = _applies(edits, source)
    if refusal is not None:
        return Checked(refusal=refusal)
    after = source.with_text(apply(source, edits))
    if after.text == source.text:
        return Checked(refusal="the edit changes nothing")
    verified = ["applies"]
    if source.root is None or after.root is None:
        # Without a grammar nothing can be proven about its place or meaning.
        return Checked(refusal="no grammar knows this file, so the edit cannot be checked")
    if _errors(after.root) > _errors(source.root) or (_compiles(source) and not _compiles(after)):
        return Checked(tuple(verified), "the edited file no longer parses")
    verified.append("parses")
    refusal = _stays_inside(edits, source, after, line, may_touch_imports)
    if refusal is not None:
        return Checked(tuple(verified), refusal)
    verified.append("inside-function")
    lost = _promises(source) - _promises(after)
    if lost:
        return Checked(tuple(verified), f"the edit takes away a check: {next(iter(lost))[:80]}")
    verified.append("keeps-checks")
    return Checked(tuple(verified))


def apply(source: Source, edits: Sequence[Edit]) -> str:
    """The text after the edits, which must fit the source."""
    lines = _WITH_END.findall(source.text)
    for edit in sorted(edits, key=lambda edit: edit.start_line, reverse=True):
        if edit.start_line > 1 and edit.text and not lines[edit.start_line - 2].endswith(("\n", "\r")):
            lines[edit.start_line - 2] += source.newline
        lines[edit.start_line - 1 : edit.end_line] = [edit.text] if edit.text else []
    return "".join(lines)


def _applies(edits: Sequence[Edit], source: Source) -> str | None:
    if not edits or len(edits) > MOST_EDITS or sum(len(edit.text) for edit in edits) > MOST_TEXT:
        return f"an edit has between 1 and {MOST_EDITS} parts and at most {MOST_TEXT} characters"
    known = set(placeholders(source.text))
    last = 0
    for edit in sorted(edits, key=lambda edit: (edit.start_line, edit.end_line)):
        if edit.file != source.relative:
            return f"the edit is of {edit.file}, not of {source.relative}"
        if not (1 <= edit.start_line <= len(source.lines) + 1 and edit.start_line - 1 <= edit.end_line):
            return f"there is no line {edit.start_line} to {edit.end_line}"
        if edit.end_line > len(source.lines) or edit.start_line <= last:
            return "the parts of the edit overlap or lie behind the end"
        if edit.text and not edit.text.endswith("\n"):
            return "an edit replaces whole lines: its text must end with a line break"
        if "\0" in edit.text:
            return "the edit holds a NUL character"
        if set(placeholders(edit.text)) - known:
            return "the edit holds the placeholder of a hidden value"
        last = max(last, edit.end_line)
    return None


def _stays_inside(edits: Sequence[Edit], before: Source, after: Source, line: int, imports: bool) -> str | None:
    scope = scope_of(before, line)
    if scope is None:
        return "no function or statement stands on the line"
    above = [edit for edit in edits if edit.end_line < scope.first_line]
    inside = [edit for edit in edits if edit not in above]
    if above and not imports:
        return "the edit leaves the function"
    if not _imports_only(above, before, after):
        return "the edit touches more than the function and the imports"
    if any(edit.start_line < scope.first_line or edit.end_line > scope.last_line for edit in inside):
        return "the edit leaves the function"
    moved = sum(_growth(edit) for edit in above)
    grown = sum(_growth(edit) for edit in inside)
    if not inside:
        return None
    if scope.name is None:
        # At the top of a file statements follow each other freely; that it still parses was checked.
        return None
    first = scope.first_line + moved
    wanted = Scope(scope.kind, scope.name, first, scope.last_line + moved + grown)
    if wanted not in scopes_on(after, first):
        return "the function is not the same one any more: the edit ends it early or adds something beside it"
    return None


def _growth(edit: Edit) -> int:
    return edit.text.count("\n") - (edit.end_line - edit.start_line + 1)


def _imports_only(edits: Sequence[Edit], before: Source, after: Source) -> bool:
    moved = 0
    for edit in sorted(edits, key=lambda edit: edit.start_line):
        first = edit.start_line + moved
        if not _only_imports(before, edit.start_line, edit.end_line):
            return False
        if not _only_imports(after, first, first + edit.text.count("\n") - 1):
            return False
        moved += _growth(edit)
    return True


def _only_imports(source: Source, first_line: int, last_line: int) -> bool:
    """Whether nothing but imports, comments and empty lines stands on these lines."""
    if source.root is None or source.syntax is None:
        return False
    kinds = source.syntax.imports | _BESIDE_IMPORTS
    for child in source.root.children:
        if child.end_point.row + 1 < first_line or child.start_point.row + 1 > last_line:
            continue
        text = source.of(child)
        by_call = text.startswith(("require", "load ")) or ("require(" in text and "declaration" in child.type)
        ends_before = child.end_point.column == 0 and child.end_point.row + 1 == first_line
        if child.type not in kinds and not ends_before and not (by_call and source.syntax.name in _REQUIRING):
            return False
    return True


def _compiles(source: Source) -> bool:
    """Whether Python itself reads the file: its grammar for tree-sitter forgives an empty block.

    True for other languages. A file for a newer Python than this one does not compile before the edit either.
    """
    if source.syntax is None or source.syntax.name != "python":
        return True
    try:
        # What the user's code is warned of is not ours to print; the filters belong to the whole process.
        with _WARNINGS, warnings.catch_warnings(action="ignore"):
            ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _errors(root: "Node") -> int:
    if not root.has_error:
        return 0
    return sum(1 for node in walk(root) if node.is_error or node.is_missing)


def _promises(source: Source) -> Counter[str]:
    """The program's own checks: assertions, errors that it raises, tests, and how many guard clauses it has."""
    found: Counter[str] = Counter()
    if source.root is None or source.syntax is None:
        return found
    for node in walk(source.root):
        kind = node.type
        if kind in source.syntax.throws or kind in source.syntax.asserts:
            found[" ".join(f"{_condition(source, node)} {source.of(node).rstrip(';')}".split())] += 1
        elif kind in {"call", "call_expression", "method_invocation", "macro_invocation", "invocation_expression"}:
            text = source.of(node)
            name = text.split("(", 1)[0].split(".")[-1].split("!")[0].split("::")[-1].strip().lower()
            if name.startswith(_ASSERTING_CALLS):
                found[" ".join(text.split())] += 1
        elif kind in {"if_statement", "if_expression", "if", "if_modifier", "unless", "unless_modifier"}:
            if any(child.type in _LEAVING for child in walk(node)):
                found["a condition that leaves the function"] += 1
        elif kind in source.syntax.functions:
            name_node = node.child_by_field_name("name")
            name = source.of(name_node) if name_node is not None else ""
            if name.lower().startswith("test"):
                found[f"test {name}"] += 1
    return found


def _condition(source: Source, node: "Node") -> str:
    """What leads to a statement: a check whose condition is weakened is taken away."""
    functions = source.syntax.functions if source.syntax is not None else frozenset()
    current = node.parent
    while current is not None and current.type not in functions:
        condition = current.child_by_field_name("condition")
        if condition is not None:
            return source.of(condition)
        current = current.parent
    return ""
