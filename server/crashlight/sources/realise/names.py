"""Intents about names and plain text on a line."""

import re

from crashlight.domain import Edit
from crashlight.sources.realise.target import Target

MOST_INSERTED = 2_000


def rename_to(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """Every name ``old`` on the line becomes ``new``; literals and comments stay."""
    old, new = args["old"], args["new"]
    nodes = [node for node in target.find_all(old) if not _inside_text(node.type)]
    if not nodes:
        tail = old.rsplit(".", 1)[-1]
        if tail != old:
            return rename_to(target, {"old": tail, "new": new.rsplit(".", 1)[-1]})
        # Keys and module names stand in literals.
        return replace_text(target, args) if target.text.count(old) == 1 else None
    return target.replace(*((node, new) for node in nodes))


def replace_text(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """The one place on the line that reads ``old`` becomes ``new``."""
    old, new = args["old"], args["new"]
    if not old or "\n" in old or len(new) > MOST_INSERTED:
        return None
    places = [match.start() for match in re.finditer(re.escape(old), target.text)]
    if len(places) > 1:
        places = [at for at in places if _whole_word(target.text, at, len(old))]
    if len(places) != 1:
        return None
    text = target.text[: places[0]] + new + target.text[places[0] + len(old) :]
    return [Edit(target.source.relative, target.line, target.line, text + target.source.newline)]


def replace_line(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """The line becomes ``text``, at the old indentation where ``text`` has none of its own."""
    return [Edit(target.source.relative, target.line, target.line, _block(target, args["text"]))]


def insert_before(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """``text`` becomes a line of its own before the statement that the line belongs to."""
    statement = target.statement()
    line = target.line if statement is None else statement.start_point.row + 1
    return [Edit(target.source.relative, line, line - 1, _block(Target(target.source, line), args["text"]))]


def convert(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """``expression`` goes through ``function``: a name that is called, or a method that begins with a dot."""
    node = target.find(args["expression"])
    if node is None:
        return None
    text, function = target.source.of(node), args["function"]
    if target.language == "ruby" and function.startswith("to_"):
        function = f".{function}"
    if function.startswith((".", "?.", "&.", "->")):
        simple = re.fullmatch(r"[\w.$\[\]()'\"]+", text)
        return target.replace((node, (text if simple else f"({text})") + function))
    return target.replace(
        (node, f"{function}({text})" if not function.endswith(")") or "(" not in function else f"{function} {text}")
    )


def initialize(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """``name`` gets ``value`` before its first use, in the way of the language."""
    name, value = args["name"], args["value"]
    statement = target.statement(target.find(name))
    if statement is None:
        return None
    row, step = statement.start_point.row + 1, target.step
    indent = target.indent_of(statement)
    declared = _declaration(target, name)
    match target.language:
        case "go":
            return target.insert(
                row, [f"{indent}if {name} == nil {{", f"{indent}{step}{name} = {value}", f"{indent}}}"]
            )
        case "python" | "ruby" if re.fullmatch(r"@?\w+", name):
            function = target.function(statement)
            body = function.child_by_field_name("body") if function is not None else None
            first = body.named_children[0] if body is not None and body.named_children else statement
            if (
                first.type == "expression_statement"
                and first.named_children
                and first.named_children[0].type == "string"
            ):
                first = first.next_named_sibling or first
            return target.insert(first.start_point.row + 1, [f"{target.indent_of(first)}{name} = {value}"])
        case "python":
            return target.insert(row, [f"{indent}if {name} is None:", f"{indent}{step}{name} = {value}"])
        case "c" | "cpp" | "java" | "csharp" | "javascript" | "kotlin" | "php":
            if declared is not None:
                return target.replace(((declared, declared), f" = {value}"))
            mark = "" if target.language == "kotlin" else ";"
            null = {"c": "NULL", "cpp": "nullptr"}.get(target.language, "null")
            if re.fullmatch(r"\$?[\w.>\-$:\[\]()]+", name) and re.search(r"[.>]", name):
                return target.insert(
                    row, [f"{indent}if ({name} == {null}) {{", f"{indent}{step}{name} = {value}{mark}", f"{indent}}}"]
                )
            return target.insert(row, [f"{indent}{name} = {value}{mark}"])
    return None


def _declaration(target: Target, name: str) -> int | None:
    """The byte behind the name in its declaration without a value, above the line in the same function."""
    function = target.function(target.statement())
    if function is None:
        return None
    pattern = re.compile(rf"^[ \t]*+[\w<>:, *&\[\]]{{1,120}}?[ *&]{re.escape(name)}(?P<end>)[ ]*;", re.M)
    body = target.source.of(function)
    found = pattern.search(body)
    return None if found is None else function.start_byte + len(body[: found.start("end")].encode())


def _block(target: Target, text: str) -> str:
    lines = text.strip("\n").split("\n")[:50]
    own = target.indent if lines and not lines[0].startswith((" ", "\t")) else ""
    return "".join((own + line if line.strip() else "") + target.source.newline for line in lines)


def _inside_text(kind: str) -> bool:
    return "string" in kind or "comment" in kind


def _whole_word(text: str, at: int, length: int) -> bool:
    before = text[at - 1 : at]
    after = text[at + length : at + length + 1]
    return not (before.isalnum() or before == "_" or after.isalnum() or after == "_")
