"""What a function gives back where there is nothing to give: learnt from its type and its other returns."""

import re
from typing import TYPE_CHECKING

from crashlight.sources.realise.target import Target
from crashlight.sources.source import is_function, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_RETURNS = frozenset({"return_statement", "return_expression", "return", "jump_expression"})

_BY_TYPE: dict[str, list[tuple[str, str]]] = {
    "python": [
        (r"^(?:Optional\b|None$)|\bNone\b", "None"),
        (r"^str$", '""'),
        (r"^int$", "0"),
        (r"^float$", "0.0"),
        (r"^bool$", "False"),
        (r"^(?:list|List|Sequence)\b", "[]"),
        (r"^(?:dict|Dict|Mapping)\b", "{}"),
        (r"^(?:tuple|Tuple)$", "()"),
        (r"^(?:set|Set)\b", "set()"),
    ],
    "javascript": [
        (r"\bundefined\b", "undefined"),
        (r"\bnull\b", "null"),
        (r"^string$", '""'),
        (r"^number$", "0"),
        (r"^boolean$", "false"),
        (r"\[\]$|^Array<", "[]"),
    ],
    "java": [
        (r"^(?:int|long|short|byte|char)$", "0"),
        (r"^(?:double|float)$", "0.0"),
        (r"^boolean$", "false"),
        (r"^String$", '""'),
        (r"^(?:List|Collection|Iterable)\b", "java.util.List.of()"),
        (r"^Map\b", "java.util.Map.of()"),
        (r"^Set\b", "java.util.Set.of()"),
        (r"^Optional\b", "java.util.Optional.empty()"),
        (r".", "null"),
    ],
    "kotlin": [
        (r"\?$", "null"),
        (r"^(?:Int|Long|Short|Byte)$", "0"),
        (r"^Double$", "0.0"),
        (r"^Boolean$", "false"),
        (r"^String$", '""'),
        (r"^(?:List|Collection)\b", "emptyList()"),
        (r"^Map\b", "emptyMap()"),
    ],
    "go": [
        (r"^(?:u?int\d*|float\d+|byte|rune|uintptr)$", "0"),
        (r"^string$", '""'),
        (r"^bool$", "false"),
        (r"^(?:\*|\[\]|map\[|chan\b|func\b|error$|interface\b|any$)", "nil"),
    ],
    "rust": [
        (r"^Option<", "None"),
        (r"^(?:[iu](?:8|16|32|64|128|size))$", "0"),
        (r"^f(?:32|64)$", "0.0"),
        (r"^bool$", "false"),
        (r"^String$", "String::new()"),
        (r"^&(?:'\w+ )?str$", '""'),
        (r"^Vec<", "Vec::new()"),
        (r"^[A-Z]\w*$", "Default::default()"),
    ],
    "c": [
        (r"\*", "NULL"),
        (r"^(?:float|double)$", "0.0"),
        (r"^(?:unsigned|signed|long|short|int|char|size_t|ssize_t|u?int\d+_t|bool|_Bool)\b", "0"),
    ],
    "cpp": [
        (r"\*", "nullptr"),
        (r"^bool$", "false"),
        (r"^(?:float|double)$", "0.0"),
        (r"^(?:unsigned|signed|long|short|int|char|size_t|std::size_t|u?int\d+_t)\b", "0"),
        (r".", "{}"),
    ],
    "csharp": [(r"^string$", '""'), (r"^void$", ""), (r".", "default")],
    "php": [
        (r"^\?|\bnull\b", "null"),
        (r"^string$", "''"),
        (r"^int$", "0"),
        (r"^float$", "0.0"),
        (r"^bool$", "false"),
        (r"^array$", "[]"),
    ],
}
_VOID = frozenset({"void", "()", "None", "Unit", "never"})

# What a literal that is returned elsewhere in the function says of its kind.
_BY_LITERAL: list[tuple[str, dict[str, str]]] = [
    (r"""^[furb]{0,2}["'`]""", {"": '""', "php": "''", "rust": "String::new()"}),
    (r"^-?\d+$", {"": "0"}),
    (r"^-?\d+\.\d+f?$", {"": "0.0"}),
    (r"^(?:true|false)$", {"": "false"}),
    (r"^(?:True|False)$", {"": "False"}),
    (r"^\[", {"": "[]"}),
    (r"^\{", {"": "{}"}),
]
_EMPTY = frozenset(
    {"None", "null", "nil", "undefined", '""', "''", "[]", "{}", "0", "0.0", "-1", "false", "False", "()"}
)


def neutral(target: Target, node: "Node") -> str | None:
    """The expression that the function around ``node`` returns for "nothing".

    An empty string where the function returns no value; None where no good value is known, so that no
    guard clause can be written.
    """
    function = target.function(node)
    if function is None:
        return None
    values = _returned(target, function)
    already = [value for value in values if value in _EMPTY]
    typed = return_type(target, function)
    if already:
        return already[0]
    if typed in _VOID:
        return ""
    if typed:
        return _for_type(target.language, typed)
    if target.language in {"go", "c", "cpp", "java", "csharp", "rust", "kotlin"}:
        # Without a return type these return nothing, but for a block whose type is not written.
        return "" if function.type != "lambda_expression" else None
    if not values:
        return "" if target.language != "ruby" else "nil"
    for pattern, by_language in _BY_LITERAL:
        if any(re.match(pattern, value) for value in values):
            return by_language.get(target.language, by_language[""])
    return {"python": "None", "ruby": "nil", "php": "null"}.get(target.language, "undefined")


def return_type(target: Target, function: "Node") -> str | None:
    """The type that the function is declared to return, as it is written."""
    for field in ("return_type", "result", "type", "returns"):
        node = function.child_by_field_name(field)
        if node is not None:
            text = target.source.of(node).lstrip(":->").strip().strip("\"'")
            declarator = function.child_by_field_name("declarator")
            if declarator is not None and declarator.type == "pointer_declarator":
                text += " *"
            return text
    if target.language == "kotlin":
        found = re.search(r"\)\s*:\s*([\w<>?, .]+)", target.source.of(function).split("{", 1)[0])
        return found.group(1).strip() if found else None
    return None


def _for_type(language: str, typed: str) -> str | None:
    if language == "go" and typed.startswith("("):
        parts = [part.strip().split(" ")[-1] for part in typed.strip("()").split(",")]
        values = [_for_type(language, part) for part in parts]
        return None if None in values else ", ".join(value or "" for value in values)
    for pattern, value in _BY_TYPE.get(language, []):
        if re.search(pattern, typed):
            return value
    if language == "go" and re.fullmatch(r"[A-Z]\w*|\w+\.[A-Z]\w*", typed):
        return f"{typed}{{}}"
    return {"python": "None", "javascript": "undefined", "kotlin": None}.get(language)


def _returned(target: Target, function: "Node") -> list[str]:
    """The values of the function's own return statements, without those of functions inside it."""
    returns = (node for node in walk(function) if node.type in _RETURNS and node.named_children)
    values = [target.source.of(node.named_children[0]).strip() for node in returns if _owner(target, node) == function]
    return [_first_value(target, function, value) for value in values]


def _first_value(target: Target, function: "Node", value: str) -> str:
    """What a returned name was set to first, where that is a literal."""
    if not re.fullmatch(r"\$?[A-Za-z_]\w*", value):
        return value
    text = target.source.of(function)
    found = re.search(rf"(?<![\w.]){re.escape(value)}\s*(?::[^=\n]{{1,40}})?:?=\s*([\d\[{{\"'][^\n;]*)", text)
    return found[1].strip() if found is not None else value


def _owner(target: Target, node: "Node") -> "Node | None":
    current = node.parent
    while current is not None and not is_function(target.source, current):
        current = current.parent
    return current
