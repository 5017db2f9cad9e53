"""Whether an edit may be offered: it applies, parses, stays where it belongs, and takes no check away.

This is the one gate for rules and for the model; what it refuses, nobody sees.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crashlight.domain import Edit
from crashlight.sources.languages import words
from crashlight.sources.redaction import placeholders
from crashlight.sources.source import Scope, Source, scope_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

MOST_EDITS = 20
MOST_TEXT = 20_000

_ASSERTING_CALLS = ("assert", "expect", "panic", "raise", "fail", "debug_assert", "precondition", "fatalerror", "abort")
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
    if _errors(after.root) > _errors(source.root):
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
    ends = source.text.splitlines(keepends=True) if "\x0c" not in source.text else None
    lines = ends if ends is not None and len(ends) == len(source.lines) else [x + source.newline for x in source.lines]
    lines = list(lines)
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
    if any(not _is_import(before, edit) for edit in above):
        return "the edit touches more than the function and the imports"
    if any(edit.start_line < scope.first_line or edit.end_line > scope.last_line for edit in inside):
        return "the edit leaves the function"
    moved = sum(_growth(edit) for edit in above)
    grown = sum(_growth(edit) for edit in inside)
    if not inside:
        return None
    first = scope.first_line + moved
    now = _same_scope(after, scope, first)
    if now is None:
        return "the function is not the same one any more"
    if now.last_line != scope.last_line + moved + grown and scope.name is not None:
        return "the edit ends the function early or adds something beside it"
    return None


def _same_scope(after: Source, scope: Scope, first: int) -> Scope | None:
    """The scope of the edited file that begins where the old one did; at the top any statement may follow."""
    for line in range(first, min(len(after.lines), first + 20) + 1):
        now = scope_of(after, line)
        if now is None:
            continue
        if scope.name is None:
            return now if now.name is None else None
        if now.first_line == first:
            return now if (now.kind, now.name) == (scope.kind, scope.name) else None
    return None


def _growth(edit: Edit) -> int:
    return edit.text.count("\n") - (edit.end_line - edit.start_line + 1)


def _is_import(source: Source, edit: Edit) -> bool:
    """Whether an edit adds or changes lines of imports only."""
    from crashlight.sources.languages import grammar

    if source.syntax is None:
        return False
    from tree_sitter import Parser

    kinds = source.syntax.imports | {"comment", "line_comment", "block_comment", "php_tag"}
    replaced = "\n".join(source.lines[edit.start_line - 1 : edit.end_line])
    parser = Parser(grammar(source.syntax))
    for text in (replaced, edit.text):
        prefix = "<?php\n" if source.syntax.name == "php" else ""
        root = parser.parse((prefix + text).encode()).root_node
        if root.has_error:
            return False
        for child in root.children:
            statement = source.syntax.name in {"javascript", "typescript", "tsx"} and "require(" in text
            ruby = source.syntax.name == "ruby" and text.lstrip().startswith("require")
            if child.type not in kinds and not statement and not ruby:
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
            found[" ".join(source.of(node).rstrip(";").split())] += 1
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
