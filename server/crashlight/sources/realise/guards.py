"""Intents that let a function go on, or leave it, where a value is absent, out of range, or zero."""

import re
from typing import TYPE_CHECKING

from crashlight.domain import Edit
from crashlight.sources.realise import optional
from crashlight.sources.realise.neutral import neutral
from crashlight.sources.realise.target import Target, squeeze

if TYPE_CHECKING:
    from tree_sitter import Node

_STABLE = re.compile(r"^[*&$]?[\w$]+(?:(?:\.|->|::|\?\.)[\w$]+|\[[\w$.'\"+\- ]+\])*$")
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
        bounded = _mend_bound(target, element[1], element[2])
        if bounded is not None:
            return bounded
    chained = optional.chain(target, node)
    if chained is not None:
        return chained
    if _STABLE.match(expression):
        return leave_if(target, node, _absent(target.language, expression))
    return _bind_and_leave(target, node)


def guard_key(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """Read ``key`` of ``collection`` so that its absence has a value: ``default``, or one that fits the use."""
    return optional.read_key(target, args["collection"].strip(), args["key"].strip(), args.get("default"))


def guard_index(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """Keep ``index`` inside ``collection``: a loop that goes one too far is mended, else leave early."""
    collection, index = args["collection"].strip(), args["index"].strip()
    bounded = _mend_bound(target, collection, index)
    if bounded is not None:
        return bounded
    length = _length(target, collection)
    access = next((n for n, text in target.reading(collection + index) if _reads(text, collection, index)), None)
    node = access or target.find(collection)
    if node is None or length is None or not _STABLE.match(collection):
        return None
    if re.fullmatch(r"-\d+", index):
        condition = f"{length} < {index[1:]}"
    elif index.isdigit():
        condition = f"{length} <= {index}"
    elif re.match(r"^[\w.]+$", index):
        condition = f"{index} >= {length}"
    else:
        condition = f"{length} <= {index}"
    if target.language == "python":
        condition = condition if index not in {"0", "-1"} else f"not {collection}"
    elif index == "0":
        condition = _empty(target.language, collection, length)
    return leave_if(target, node, condition)


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


def _length(target: Target, collection: str) -> str | None:
    text, language = target.text, target.language
    match language:
        case "python" | "go":
            return f"len({collection})"
        case "javascript":
            return f"{collection}.length"
        case "rust":
            return f"{collection}.len()"
        case "ruby":
            return f"{collection}.length"
        case "kotlin":
            return f"{collection}.length" if "substring" in text else f"{collection}.size"
        case "php":
            return f"count({collection})"
        case "cpp":
            return f"{collection}.size()"
        case "csharp":
            return (
                f"{collection}.Length"
                if re.search(
                    rf"\w+\[\]\s+{re.escape(collection)}\b|string {re.escape(collection)}\b", target.source.text
                )
                else f"{collection}.Count"
            )
        case "java":
            if re.search(rf"{re.escape(collection)}\s*\.\s*(?:charAt|substring)\b", text):
                return f"{collection}.length()"
            return (
                f"{collection}.size()"
                if re.search(rf"{re.escape(collection)}\s*\.\s*\w+\(", text)
                else f"{collection}.length"
            )
    return None


def _empty(language: str, collection: str, length: str) -> str:
    if language == "rust" or (language == "cpp" and length.endswith(".size()")):
        return f"{collection}.{'is_empty' if language == 'rust' else 'empty'}()"
    if language == "java" and length.endswith("()"):
        return f"{collection}.isEmpty()"
    if language == "ruby":
        return f"{collection}.empty?"
    return f"{length} {'===' if language == 'javascript' else '=='} 0"


def _reads(text: str, collection: str, index: str) -> bool:
    base, at = squeeze(collection), squeeze(index)
    return text in {f"{base}[{at}]", f"{base}.get({at})", f"{base}.charAt({at})", f"{base}.at({at})"}


def _mend_bound(target: Target, collection: str, index: str) -> list[Edit] | None:
    """A loop around the line that runs one past the end, by its own text."""
    name = re.escape(collection)
    size = rf"(?:len\({name}\)|{name}\.(?:length|size|len|Length|Count|count)(?:\(\))?|count\({name}\))"
    loop = target.loop(target.statement())
    candidates = [target.line] if loop is None else [loop.start_point.row + 1, target.line]
    patterns = (
        (rf"(range\((?:[^,()]+,\s*)?{size})\s*\+\s*1(\))", r"\1\2"),
        (rf"(range\((?:[^,()]+,\s*)?)1\s*\+\s*({size}\))", r"\1\2"),
        (rf"<=(\s*{size})(?!\s*-)", r"<\1"),
        (rf"\.\.=(\s*{size})(?!\s*-)", r"..\1"),
        (rf"(\b0\.\.)({size})(?=\))", r"\1.\2") if target.language == "ruby" else (r"(?!)", ""),
        (rf"(<\s*{size})\s*\+\s*1\b", r"\1"),
        (rf"(\.\.\s*{size})\s*\+\s*1\b", r"\1"),
        # Where the length has a name of its own, as in C, only the loop's own variable tells.
        (rf"(\b{re.escape(index)}\s*)<=(\s*\w+\s*;)", r"\1<\2")
        if re.fullmatch(r"[A-Za-z_]\w*", index)
        else (r"(?!)", ""),
    )
    for line in candidates:
        text = target.source.lines[line - 1]
        for pattern, new in patterns:
            mended, count = re.subn(pattern, new, text)
            if count == 1:
                return [Edit(target.source.relative, line, line, mended + target.source.newline)]
    return None


def _semicolons(target: Target) -> bool:
    if target.language != "javascript":
        return True
    return any(re.search(r";[ \t]*+(?:/[/*].*)?$", line) for line in target.source.lines)
