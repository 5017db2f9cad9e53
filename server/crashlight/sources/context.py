"""What a reader, or a model, needs around a line: its function, and the imports that the function uses."""

import re
from dataclasses import dataclass

from crashlight.sources.source import Source, scope_of

MOST_LINES = 120
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Context:
    """The function around a line. Lines are 1-based and inclusive."""

    path: str  # relative to the workspace
    language: str
    function: str | None  # None at the top of a file
    first_line: int
    last_line: int
    line: int
    lines: tuple[str, ...]  # first_line to last_line
    imports: tuple[str, ...]  # those whose names occur in the function
    complete: bool = True  # false where the function was too long and only its middle is here


def enclosing(source: Source, line: int) -> Context | None:
    """The context of a line; None where no grammar knows the file or nothing stands on the line."""
    scope = scope_of(source, line)
    if scope is None or source.syntax is None or source.root is None:
        return None
    first, last = scope.first_line, scope.last_line
    complete = last - first < MOST_LINES
    if not complete:
        first = max(first, min(line - MOST_LINES // 2, last - MOST_LINES + 1))
        last = first + MOST_LINES - 1
    lines = tuple(source.lines[first - 1 : last])
    used = set(_WORD.findall("\n".join(lines)))
    imports = [
        " ".join(source.of(node).split())
        for node in source.root.children
        if node.type in source.syntax.imports and used & set(_WORD.findall(source.of(node)))
    ]
    return Context(
        source.relative,
        source.syntax.name,
        scope.name,
        first,
        last,
        line,
        lines,
        tuple(imports[:20]),
        complete=complete,
    )
