"""The place where an intent is carried out: finding nodes on a line, and turning changes into whole lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crashlight.domain import Edit
from crashlight.sources.languages import Syntax, words
from crashlight.sources.source import Source, is_function, walk

if TYPE_CHECKING:
    from tree_sitter import Node

# Names joined by dots and subscripts: reading them twice does nothing twice.
STABLE = re.compile(r"^[*&$]?[\w$]+(?:(?:\.|->|::|\?\.)[\w$]+|\[[\w$.'\"+\- ]+\])*$")
BLOCKS = words(
    "block module program statement_block switch_case switch_default constructor_body statement_list"
    " source_file switch_block_statement_group compound_statement translation_unit case_statement"
    " compilation_unit function_body statements body_statement then do block_body else do_block stab_clause"
    " body expression_case default_case class_body declaration_list"
)
LOOPS = words(
    "for_statement while_statement for_in_statement do_statement enhanced_for_statement for_expression"
    " while_expression loop_expression for_range_loop foreach_statement for while until"
)


@dataclass(frozen=True)
class Target:
    """One line of one parsed source file."""

    source: Source
    line: int  # 1-based

    @property
    def syntax(self) -> Syntax:
        """The language; a target is only made for files with a grammar."""
        assert self.source.syntax is not None
        return self.source.syntax

    @property
    def language(self) -> str:
        """The language's name, with the dialects of JavaScript as one."""
        name = self.syntax.name
        return "javascript" if name in {"typescript", "tsx"} else name

    @property
    def text(self) -> str:
        """The line without its end."""
        return self.source.lines[self.line - 1]

    @property
    def indent(self) -> str:
        """The white space that begins the line."""
        return self.text[: len(self.text) - len(self.text.lstrip())]

    @property
    def step(self) -> str:
        """One level of indentation, as the file does it."""
        for line in self.source.lines:
            if line.startswith("\t"):
                return "\t"
            width = len(line) - len(line.lstrip(" "))
            if width in {2, 4, 8} and line.strip() and not line.lstrip().startswith(("*", "#", "//")):
                return " " * width
        return "\t" if self.language == "go" else "    "

    def on_line(self) -> Iterator["Node"]:
        """All nodes that touch the line, outer ones first."""
        if self.source.root is None:
            return
        row = self.line - 1
        pending = [self.source.root]
        while pending:
            node = pending.pop()
            if node.start_point.row <= row <= node.end_point.row:
                yield node
                pending.extend(reversed(node.children))

    def find(self, text: str) -> "Node | None":
        """The first node that touches the line and reads ``text``, whatever the white space."""
        wanted = squeeze(text)
        read = self.reading(text)
        whole = (node for node, found in read if found == wanted)
        # An analyzer sees a line, not a tree: it may name the end of a chain.
        tails = (node for node, found in read if wanted.endswith(")") and found.endswith(f".{wanted}"))
        return next(whole, None) or next(tails, None)

    def find_all(self, text: str) -> list["Node"]:
        """Every outermost node on the line that reads ``text``."""
        wanted = squeeze(text)
        found = [node for node, read in self.reading(text) if read == wanted]
        return [node for node in found if node.parent is None or node.parent not in found]

    def reading(self, text: str) -> list[tuple["Node", str]]:
        """The named nodes on the line that are short enough to read ``text`` or little more, with their text."""
        longest = 20 * len(text) + 500 if text.strip() else 0
        nodes = (node for node in self.on_line() if node.is_named and node.end_byte - node.start_byte <= longest)
        return [(node, squeeze(self.source.of(node))) for node in nodes]

    def statement(self, node: "Node | None" = None) -> "Node | None":
        """The statement around a node (of the line's first token where None) that stands in a block."""
        if node is None:
            column = len(self.indent.encode())
            root = self.source.root
            node = (
                None
                if root is None
                else root.descendant_for_point_range((self.line - 1, column), (self.line - 1, column))
            )
        while node is not None and node.parent is not None and node.parent.type not in BLOCKS:
            node = node.parent
        return node

    def function(self, node: "Node | None") -> "Node | None":
        """The innermost function of any kind around the node."""
        while (
            node is not None
            and not is_function(self.source, node)
            and node.type not in {"lambda_expression", "closure_expression", "func_literal"}
        ):
            node = node.parent
        return node

    def loop(self, node: "Node | None") -> "Node | None":
        """The innermost loop around the node, inside its function."""
        while node is not None and not is_function(self.source, node):
            if node.type in LOOPS:
                return node
            node = node.parent
        return None

    def replace(self, *changes: tuple["Node | tuple[int, int]", str]) -> list[Edit]:
        """Edits of whole lines that put a text in the place of each node or range of bytes."""
        data = self.source.data
        spans = []
        for where, text in changes:
            start, end = where if isinstance(where, tuple) else (where.start_byte, where.end_byte)
            spans.append((start, end, text.encode()))
        spans.sort()
        first = data.rfind(b"\n", 0, spans[0][0]) + 1
        last_end = max(end for _, end, _ in spans)
        stop = data.find(b"\n", last_end)
        stop = len(data) if stop < 0 else stop + 1
        out, at = [], first
        for start, end, new in spans:
            out += [data[at:start], new]
            at = end
        out.append(data[at:stop])
        text = b"".join(out).decode()
        start_line = data.count(b"\n", 0, first) + 1
        end_line = start_line + data.count(b"\n", first, stop) - (1 if data[first:stop].endswith(b"\n") else 0)
        return [
            Edit(
                self.source.relative, start_line, end_line, text if text.endswith("\n") else text + self.source.newline
            )
        ]

    def insert(self, before: int, lines: list[str]) -> list[Edit]:
        """An edit that puts lines before the 1-based line ``before``."""
        text = "".join(line + self.source.newline for line in lines)
        return [Edit(self.source.relative, before, before - 1, text)]

    def indent_of(self, node: "Node") -> str:
        """The indentation of the line on which a node begins."""
        line = self.source.lines[node.start_point.row]
        return line[: len(line) - len(line.lstrip())]

    def fresh_name(self, *wishes: str) -> str:
        """A name that the file does not use yet."""
        used = set(re.findall(r"\w+", self.source.text))
        for wish in (*wishes, *(f"{wishes[0]}{number}" for number in range(2, 100))):
            if wish not in used:
                return wish
        return f"{wishes[0]}_crashlight"

    def child(self, node: "Node", *kinds: str) -> "Node | None":
        """The first node below of one of the kinds."""
        return next((n for n in walk(node) if n.type in kinds), None)


def squeeze(text: str) -> str:
    """The text without white space."""
    return re.sub(r"\s+", "", text)
