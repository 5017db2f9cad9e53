"""Intents that let a function go on, or leave it, where a value or key is absent, or a divisor is zero."""

import re
from typing import TYPE_CHECKING

from crashlight.domain import Edit
from crashlight.sources.realise import optional
from crashlight.sources.realise.bounds import mend_bound
from crashlight.sources.realise.leaving import leave_if
from crashlight.sources.realise.target import STABLE, Target, squeeze

if TYPE_CHECKING:
    from tree_sitter import Node

_NULL = {"python": "None", "go": "nil", "ruby": "nil", "c": "NULL", "cpp": "nullptr"}


def guard_none(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """Handle that ``expression`` is absent: by the language's own operator, else by leaving early."""
    expression = args["expression"].strip()
    node = target.find(expression)
    if node is None:
        return None
    element = re.fullmatch(r"([\w.$]+)\[(\w+)\]", expression)
    if element is not None:
        # What is absent behind the last element is the loop's fault.
        bounded = mend_bound(target, element[1], element[2])
        if bounded is not None:
            return bounded
    chained = optional.chain(target, node)
    if chained is not None:
        return chained
    if STABLE.match(expression):
        return leave_if(target, node, _absent(target.language, expression))
    return _bind_and_leave(target, node)


def guard_key(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """Read ``key`` of ``collection`` so that its absence has a value: ``default``, or one that fits the use."""
    return optional.read_key(target, args["collection"].strip(), args["key"].strip(), args.get("default"))


def guard_zero(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """A division by ``divisor`` gives zero where the divisor is zero."""
    divisor = args["divisor"].strip()
    wanted = squeeze(divisor)
    for node in target.on_line():
        right = node.child_by_field_name("right")
        if (
            node.type not in {"binary_operator", "binary_expression", "multiplicative_expression", "binary"}
            or right is None
        ):
            continue
        if squeeze(target.source.of(right)).strip("()") != wanted.strip("()"):
            continue
        operator = node.child_by_field_name("operator")
        if operator is not None and target.source.of(operator) not in {"/", "//", "%"}:
            continue
        text = target.source.of(node)
        zero = "0.0" if re.search(r"\d\.\d", text) else "0"
        match target.language:
            case "python":
                new = f"{text} if {divisor} else {zero}"
            case "rust":
                new = f"if {divisor} == 0 {{ {zero} }} else {{ {text} }}"
            case "kotlin":
                new = f"if ({divisor} == 0) {zero} else {text}"
            case "go":
                return leave_if(target, node, f"{divisor} == 0")
            case _:
                new = f"{divisor} == 0 ? {zero} : {text}"
        parent = node.parent
        alone = parent is not None and parent.type in {
            *("return_statement", "assignment", "variable_declarator", "init_declarator", "expression_statement"),
            *("let_declaration", "return_expression", "assignment_expression", "parenthesized_expression", "block"),
        }
        return target.replace((node, new if alone else f"({new})"))
    return None


def _bind_and_leave(target: Target, node: "Node") -> list[Edit] | None:
    """``f(x).y`` becomes ``found = f(x)``, a guard clause, and ``found.y``."""
    statement = target.statement(node)
    if statement is None or target.loop(node) != target.loop(statement):
        return None
    name, text, indent = target.fresh_name("found", "value"), target.source.of(node), target.indent_of(statement)
    declare = {
        "python": f"{name} = {text}",
        "ruby": f"{name} = {text}",
        "javascript": f"const {name} = {text};",
        "java": f"var {name} = {text};",
        "csharp": f"var {name} = {text};",
        "go": f"{name} := {text}",
        "cpp": f"auto {name} = {text};",
        "php": f"${name} = {text};",
    }.get(target.language)
    spelled = f"${name}" if target.language == "php" else name
    leave = leave_if(target, node, _absent(target.language, spelled))
    if declare is None or leave is None or node.start_point.row < statement.start_point.row:
        return None
    change = target.replace((node, spelled))
    if change[0].start_line != statement.start_point.row + 1:
        head = Edit(
            target.source.relative,
            leave[0].start_line,
            leave[0].end_line,
            f"{indent}{declare}{target.source.newline}{leave[0].text}",
        )
        return [head, *change]
    first = change[0]
    text = f"{indent}{declare}{target.source.newline}{leave[0].text}{first.text}"
    return [Edit(first.file, first.start_line, first.end_line, text)]


def _absent(language: str, expression: str) -> str:
    if language == "python":
        return f"{expression} is None"
    if language == "ruby":
        return f"{expression}.nil?"
    if language == "php":
        return f"{expression} === null"
    return f"{expression} == {_NULL.get(language, 'null')}"
