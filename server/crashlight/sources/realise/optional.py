"""Reading what may be absent, in each language's own way: ``?.``, ``.get(key, default)``, ``unwrap_or``."""

import re
from typing import TYPE_CHECKING

from crashlight.domain import Edit
from crashlight.sources.realise.neutral import neutral, return_type
from crashlight.sources.realise.target import Target, squeeze

if TYPE_CHECKING:
    from tree_sitter import Node

_ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%", "+=", "-=", "*=", "<", ">", "<=", ">="})


def chain(target: Target, node: "Node") -> list[Edit] | None:
    """The operator for "only if it is there" behind ``node``; None where the language or the place has none."""
    data, end = target.source.data, node.end_byte
    rest = data[end : end + 2].decode(errors="replace")
    if target.language == "rust":
        return _unwrapped(target, node)
    if _is_target_of_assignment(target, node):
        return None
    match target.language:
        case "javascript" if rest[:1] == "." and rest != "..":
            new = "?."
        case "javascript" if rest[:1] in {"[", "("}:
            return target.replace(((end, end), "?."), *_default(target, node))
        case "kotlin" if rest == "!!":
            return target.replace(((end, end + 2), "?"), *_default(target, node))
        case "kotlin" | "csharp" if rest[:1] == ".":
            new = "?."
        case "java" if taken := re.match(r"\.(?:get|orElseThrow)\(\)", data[end : end + 20].decode(errors="replace")):
            value = (
                neutral(target, node)
                if node.parent and node.parent.parent and "return" in node.parent.parent.type
                else None
            )
            return target.replace(((end, end + taken.end()), f".orElse({value or 'null'})"))
        case "csharp" if rest[:1] == "[":
            return target.replace(((end, end), "?"))
        case "ruby" if rest[:1] == ".":
            new = "&."
        case "php" if rest == "->":
            return target.replace(((end, end + 2), "?->"), *_default(target, node))
        case _:
            return None
    return target.replace(((end, end + 1), new), *_default(target, node))


def read_key(target: Target, collection: str, key: str, default: str | None) -> list[Edit] | None:
    """``collection[key]`` so that it never fails."""
    base, at = squeeze(collection), squeeze(key)
    for node, text in target.reading(collection + key):
        if not text.startswith(base):
            continue
        written = _key_written(text[len(base) :], at)
        if written is None:
            continue
        whole = target.source.of(node)
        key_text = whole[whole.index("[") + 1 : -1].strip() if text.endswith("]") else written
        return _read(target, node, collection, key_text, default)
    return None


def _key_written(rest: str, at: str) -> str | None:
    bare = at.strip("'\"")
    for key in (at, f"'{bare}'", f'"{bare}"'):
        for form in ("[{}]", "[&{}]", ".fetch({})", ".get({})", ".at({})", ".getValue({})", ".get(&{}).unwrap()"):
            if rest == form.format(key):
                return key
    return None


def _read(target: Target, node: "Node", collection: str, key: str, default: str | None) -> list[Edit] | None:
    value = default or _kind_of_values(target, collection) or _fitting(target, node)
    match target.language:
        case "python":
            return _read_python(target, node, collection, key, value)
        case "ruby":
            return target.replace((node, f"{collection}.fetch({key}, {value})"))
        case "php":
            return target.replace((node, f"({collection}[{key}] ?? {value})"))
        case "java":
            return target.replace((node, f"{collection}.getOrDefault({key}, {value})"))
        case "kotlin":
            return target.replace((node, f"({collection}[{key}] ?: {value})"))
        case "csharp":
            name = target.fresh_name("found", "value")
            return target.replace((node, f"({collection}.TryGetValue({key}, out var {name}) ? {name} : {value})"))
        case "rust":
            borrowed = key.startswith(("&", '"')) or re.search(rf"\b{re.escape(key)}: &", target.source.text)
            argument = key if borrowed else f"&{key}"
            return target.replace((node, f"{collection}.get({argument}).cloned().unwrap_or_default()"))
        case "cpp":
            return target.replace((node, f"({collection}.count({key}) ? {collection}.at({key}) : {value})"))
        case "javascript":
            return target.replace((node, f"({collection}[{key}] ?? {value})"))
    return None


def _read_python(target: Target, node: "Node", collection: str, key: str, value: str) -> list[Edit] | None:
    parent = node.parent
    if parent is not None and parent.type == "delete_statement":
        return target.replace((parent, f"{collection}.pop({key}, None)"))
    if parent is not None and parent.child_by_field_name("left") == node:
        if parent.type == "augmented_assignment":
            indent = target.indent_of(parent)
            row = parent.start_point.row + 1
            return target.insert(row, [f"{indent}{collection}.setdefault({key}, {value})"])
        if parent.type == "assignment":
            return None
    if parent is not None and parent.type == "attribute":
        method = target.source.of(parent).rsplit(".", 1)[-1]
        start = {"append": "[]", "extend": "[]", "insert": "[]", "add": "set()", "update": "{}"}.get(method)
        if start is not None:
            return target.replace((node, f"{collection}.setdefault({key}, {start})"))
    return target.replace(
        (node, f"{collection}.get({key})" if value == "None" else f"{collection}.get({key}, {value})")
    )


def _kind_of_values(target: Target, collection: str) -> str | None:
    """Nothing, of the kind that the collection's literal holds, where there is such a literal in the file."""
    opened = re.search(
        rf"(?<![\w.]){re.escape(collection)}\b[^=\n]{{0,60}}=\s*[{{\[](?P<body>[^{{}}\[\]]{{1,2000}})[}}\]]",
        target.source.text,
    )
    if opened is None:
        return None
    values = re.findall(r"(?:=>|:)\s*([^,\n]+)", opened["body"])
    if values and all(re.fullmatch(r"-?\d+(?:\.\d+)?", value.strip()) for value in values):
        return "0"
    if values and all(re.fullmatch(r"""(["']).*\1""", value.strip()) for value in values):
        return '""'
    return None


def _fitting(target: Target, node: "Node") -> str:
    """A default that fits what is done with the value."""
    none = {"python": "None", "ruby": "nil", "php": "null", "cpp": "{}", "csharp": "default"}.get(
        target.language, "null"
    )
    parent = node.parent
    if parent is None:
        return none
    operator = parent.child_by_field_name("operator")
    sign = target.source.of(operator) if operator is not None else ""
    if sign in _ARITHMETIC:
        others = [target.source.of(child) for child in parent.named_children if child != node]
        texts = any(re.match(r"""^[furb]{0,2}["']""", other) for other in others)
        return '""' if texts and sign in {"+", "+="} else "0"
    if parent.type in {"subscript", "attribute", "call"} and target.language == "python":
        used = target.source.data[node.end_byte : node.end_byte + 40].decode(errors="replace")
        if used.startswith("["):
            return "{}"
        if re.match(r"\.(?:items|keys|values|get|update)\b", used):
            return "{}"
        if re.match(
            r"\.(?:strip|upper|lower|split|title|format|startswith|endswith|replace|encode|join|capitalize)\b", used
        ):
            return '""'
    if parent.type in {"interpolation", "formatted_string"}:
        return '""'
    if parent.type in {"for_statement", "for_in_clause"} and target.language == "python":
        return "()"
    if "return" in parent.type:
        return neutral(target, node) or none
    if target.language == "java":
        return _java_default(target, node)
    return none


def _java_default(target: Target, node: "Node") -> str:
    declared = (
        node.parent.parent.child_by_field_name("type") if node.parent is not None and node.parent.parent else None
    )
    kind = target.source.of(declared) if declared is not None else ""
    return {"int": "0", "long": "0L", "double": "0.0", "boolean": "false", "String": '""'}.get(kind, "null")


def _default(target: Target, node: "Node") -> list[tuple[tuple[int, int], str]]:
    """``?? value`` behind a chain that is returned, where the function returns a value of a known kind."""
    top = node
    while (
        top.parent is not None
        and top.parent.start_byte == node.start_byte
        and top.parent.type
        not in {
            *(
                "expression_statement",
                "return_statement",
                "variable_declarator",
                "assignment_expression",
                "binary_expression",
            ),
            *("arguments", "template_substitution", "pair", "array", "jump_expression", "statements", "function_body"),
        }
    ):
        top = top.parent
    parent = top.parent
    if parent is None or "return" not in parent.type:
        return []
    value = neutral(target, node)
    if value in {None, "", "undefined", "null"}:
        value = _kind_of_property(target, target.source.of(top))
    if value is None:
        return []
    operator = "?:" if target.language == "kotlin" else "??"
    return [((top.end_byte, top.end_byte), f" {operator} {value}")]


def _kind_of_property(target: Target, chain_text: str) -> str | None:
    """Nothing, of the kind that the file's object literals give to the property that is read last."""
    if target.language != "javascript":
        return None
    if re.search(
        r"\.(?:trim\w*|to\w*Case|toString|toFixed|join|slice|substring|replace(?:All)?|pad\w+)\([^()]*\)$", chain_text
    ):
        return "''" if target.source.text.count("'") > target.source.text.count('"') else '""'
    if re.search(r"\.(?:map|filter|split|concat|flat\w*|keys|values|entries)\([^()]*\)$", chain_text):
        return "[]"
    name = re.search(r"\.(\w+)$", chain_text)
    if name is None:
        return None
    if name[1] in {"length", "size", "count"}:
        return "0"
    values = re.findall(rf"(?<![\w.]){name[1]}\s*:\s*([^,;}}\n]{{1,80}})", target.source.text)
    if values and all(re.fullmatch(r"-?\d+(?:\.\d+)?", value.strip()) for value in values):
        return "0"
    if values and all(re.fullmatch(r"""(["'`]).*\1""", value.strip()) for value in values):
        return "''" if "'" in "".join(values) else '""'
    return None


def _unwrapped(target: Target, node: "Node") -> list[Edit] | None:
    """Rust: ``unwrap`` and ``expect`` become ``?`` where the function can hand the absence on, else a default."""
    rest = target.source.data[node.end_byte :].decode(errors="replace")
    found = re.match(r"\s*\.(?:unwrap|expect)\((?:\"[^\"]*\")?\)", rest)
    if found is None:
        inside = re.search(r"\.(?:unwrap|expect)\((?:\"[^\"]*\")?\)$", target.source.of(node))
        if inside is None:
            return None
        start = node.start_byte + len(target.source.of(node)[: inside.start()].encode())
        span = (start, node.end_byte)
    else:
        span = (node.end_byte, node.end_byte + len(found.group().encode()))
    function = target.function(node)
    typed = return_type(target, function) if function is not None else None
    if typed and typed.startswith(("Option<", "Result<", "anyhow::Result", "io::Result", "std::io::Result")):
        option = typed.startswith("Option<")
        if option or re.search(r"\.(?:parse|read|open|write|from_str|try_into)\b", target.source.of(node)):
            return target.replace((span, "?"))
    return target.replace((span, ".unwrap_or_default()"))


def _is_target_of_assignment(target: Target, node: "Node") -> bool:
    current = node
    while current.parent is not None and current.parent.start_byte == node.start_byte:
        if current.parent.child_by_field_name("left") == current and "assignment" in current.parent.type:
            return True
        current = current.parent
    return False
