"""Leaving a function, or a round of a loop, before the statement that would fail."""

import re
from typing import TYPE_CHECKING

from crashlight.domain import Edit
from crashlight.sources.realise.neutral import neutral
from crashlight.sources.realise.target import Target

if TYPE_CHECKING:
    from tree_sitter import Node


def leave_when(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """A guard clause with the analyzer's own condition; ``value`` is returned where the file does not say better."""
    node, condition = target.statement(), args["condition"].strip()
    if node is None or not condition or len(condition) > 200 or "\n" in condition:
        return None
    return leave_if(target, node, condition, args.get("value"))


def leave_if(target: Target, node: "Node", condition: str, value: str | None = None) -> list[Edit] | None:
    """A guard clause before the statement of ``node``: the loop goes on, or the function returns."""
    statement = target.statement(node)
    if statement is None:
        return None
    indent, step, row = target.indent_of(statement), target.step, statement.start_point.row + 1
    leave = _leaving(target, statement, condition, value)
    if leave is None:
        return None
    match target.language:
        case "python":
            lines = [f"{indent}if {condition}:", f"{indent}{step}{leave}"]
        case "ruby":
            lines = [f"{indent}{leave} if {condition}"]
        case "go" | "rust":
            end = ";" if target.language == "rust" else ""
            lines = [f"{indent}if {condition} {{", f"{indent}{step}{leave}{end}", f"{indent}}}"]
        case "kotlin":
            lines = [f"{indent}if ({condition}) {leave}"]
        case "javascript" | "java" | "c" | "cpp" | "csharp" | "php":
            end = ";" if _semicolons(target) else ""
            lines = [f"{indent}if ({condition}) {{", f"{indent}{step}{leave}{end}", f"{indent}}}"]
        case _:
            return None
    return target.insert(row, lines)


def _leaving(target: Target, statement: "Node", condition: str, wished: str | None) -> str | None:
    loop = target.loop(statement.parent)
    words = set(re.findall(r"[\w$]+", condition))
    if loop is not None and words & _bound_in(target, loop):
        return "next" if target.language == "ruby" else "continue"
    value = neutral(target, statement)
    if wished and value in {None, "None", "null", "undefined", "nil"}:
        value = wished
    if value is None:
        return None
    return f"return {value}".rstrip()


def _bound_in(target: Target, loop: "Node") -> set[str]:
    """Names that a loop sets anew on each round: its variables and what its body assigns."""
    text = target.source.of(loop)
    head = text.split("\n", 1)[0]
    names = set(
        re.findall(
            r"\b(?:for|foreach|let|const|var|int|each)\b[ (]*(?:(?:let|const|var|final|auto|int|size_t) )?([\w$, ]+)",
            head,
        )
    )
    bound = {word for group in names for word in re.findall(r"[\w$]+", group)}
    bound |= set(re.findall(r"(?:^|[(;{\s])(?:let |const |var |auto |final )?([\w$]+)\s*:?=[^=]", text))
    bound |= set(re.findall(r"[\w>\]]\s+\**([\w$]+)\s*:\s", head)) | set(
        re.findall(r"as\s+(?:\$\w+\s*=>\s*)?(\$?\w+)", head)
    )
    return bound


def _semicolons(target: Target) -> bool:
    if target.language != "javascript":
        return True
    return any(re.search(r";[ \t]*+(?:/[/*].*)?$", line) for line in target.source.lines)
