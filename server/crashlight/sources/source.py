"""One source file as it is now: its lines, and its syntax tree at the first question."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from crashlight.ports import Files
from crashlight.sources.languages import Syntax, grammar, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node

# Above this a tree costs more than an edit is worth; generated and minified files are of this size.
LARGEST_PARSED = 1_000_000
_LONE_RETURN = re.compile(r"\r(?!\n)")
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Source:
    """The text of one file of the workspace. Lines are 1-based wherever a number is given."""

    path: Path
    relative: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends; an empty last line is not one."""
        lines = _LINE_END.split(self.text)
        return lines[:-1] if lines and not lines[-1] else lines

    @cached_property
    def newline(self) -> str:
        """The file's way to end a line."""
        found = _LINE_END.search(self.text)
        return found.group() if found else "\n"

    @cached_property
    def data(self) -> bytes:
        """The text as the parser sees it."""
        return self.text.encode()

    @cached_property
    def syntax(self) -> Syntax | None:
        """The file's language; None where no grammar knows it."""
        return syntax_of(self.relative)

    @cached_property
    def root(self) -> "Node | None":
        """The syntax tree; None where no grammar knows the file, or it is too large."""
        if self.syntax is None or len(self.text) > LARGEST_PARSED or _LONE_RETURN.search(self.text):
            # The parser counts only line feeds: behind a lone carriage return its lines are not ours.
            return None
        from tree_sitter import Parser

        return Parser(grammar(self.syntax)).parse(self.data).root_node

    def with_text(self, text: str) -> "Source":
        """The same file with another content."""
        return Source(self.path, self.relative, text)

    def of(self, node: "Node") -> str:
        """The text of a node."""
        return self.data[node.start_byte : node.end_byte].decode(errors="replace")


@dataclass(frozen=True, slots=True)
class Scope:
    """What an edit may touch: a function, or a statement at the top. Lines are 1-based and inclusive."""

    kind: str
    name: str | None
    first_line: int
    last_line: int


def read(files: Files, path: Path, relative: str) -> Source | None:
    """The file as text; None where it is absent, too large, or binary."""
    try:
        data = files.read_source(path)
    except OSError:
        return None
    if data is None or b"\0" in data[:8192]:
        return None
    try:
        return Source(path, relative, data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"))
    except UnicodeDecodeError:
        return Source(path, relative, data.decode("latin-1"))


def scope_of(source: Source, line: int) -> Scope | None:
    """The innermost named function around ``line``, else the statement at the top of the file or type."""
    node = scope_node(source, line)
    if node is None:
        return None
    return Scope(node.type, _name(source, node), node.start_point.row + 1, _last_row(node) + 1)


def scopes_on(source: Source, first_line: int) -> list[Scope]:
    """Every named function that begins on a line."""
    if source.root is None:
        return []
    row, found, pending = first_line - 1, [], [source.root]
    while pending:
        node = pending.pop()
        if node.start_point.row == row and is_function(source, node):
            found.append(Scope(node.type, _name(source, node), first_line, _last_row(node) + 1))
        pending += [child for child in node.children if child.start_point.row <= row <= child.end_point.row]
    return found


def scope_node(source: Source, line: int) -> "Node | None":
    """The node of :func:`scope_of`."""
    if source.root is None or source.syntax is None or not 1 <= line <= len(source.lines):
        return None
    text = source.lines[line - 1]
    if not text.strip():
        return None
    column = len(text[: len(text) - len(text.lstrip())].encode())
    node = source.root.descendant_for_point_range((line - 1, column), (line - 1, column))
    statement: Node | None = None
    while node is not None and node.parent is not None:
        if is_function(source, node) and _name(source, node) is not None:
            return node
        if statement is None and (node.parent.parent is None or node.parent.type in source.syntax.bodies):
            statement = node
        node = node.parent
    return statement


def is_function(source: Source, node: "Node") -> bool:
    """Whether the node is a function of any kind."""
    if source.syntax is None:
        return False
    if source.syntax.name == "elixir":
        return node.type == "call" and source.of(node).startswith(("def ", "defp ", "test "))
    return node.type in source.syntax.functions


def walk(node: "Node") -> Iterator["Node"]:
    """The node and all below it, in order, without recursion."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(current.children))


def _last_row(node: "Node") -> int:
    row, column = node.end_point
    return row - 1 if column == 0 and row > node.start_point.row else row


def _name(source: Source, node: "Node") -> str | None:
    named = node.child_by_field_name("name")
    if named is not None:
        return source.of(named)
    declarator = node.child_by_field_name("declarator")
    if declarator is not None:
        return source.of(declarator).split("(", 1)[0].strip(" *&")
    if node.type in {"constructor_declaration", "static_initializer", "anonymous_initializer", "secondary_constructor"}:
        return node.type
    if source.syntax is not None and source.syntax.name == "elixir":
        return source.of(node).split("\n", 1)[0].removesuffix(" do")[:80]
    if node.type in {"arrow_function", "function_expression"} and node.parent is not None:
        holder = node.parent.child_by_field_name("name") or node.parent.child_by_field_name("key")
        left = node.parent.child_by_field_name("left")
        found = holder or left
        return source.of(found) if found is not None else None
    return None
