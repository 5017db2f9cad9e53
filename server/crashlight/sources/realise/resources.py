"""The intent to close what was opened."""

import re

from crashlight.domain import Edit
from crashlight.sources.realise.target import Target


def close_resource(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """What ``name`` holds is closed on every way out of its block, by the language's own construct."""
    name = args["name"].strip()
    statement = target.statement()
    if statement is None or statement.parent is None:
        return None
    indent, step, newline = target.indent_of(statement), target.step, target.source.newline
    first, last = statement.start_point.row + 1, statement.end_point.row + 1
    text = target.source.of(statement)
    following = [node for node in statement.parent.named_children if node.start_byte > statement.end_byte]
    until = following[-1].end_point.row + 1 if following else last
    body = target.source.lines[last:until]
    inner = [step + line if line.strip() else line for line in body]
    match target.language:
        case "python":
            found = re.fullmatch(rf"{re.escape(name)}\s*=\s*(?P<opened>.+)", text, re.S)
            if found is None or not body:
                return None
            lines = [f"{indent}with {found['opened']} as {name}:", *inner]
        case "java":
            if not body or not text.endswith(";"):
                return None
            lines = [f"{indent}try ({text[:-1]}) {{", *inner, f"{indent}}}"]
        case "csharp":
            lines = [f"{indent}using {text}", *body]
        case "go":
            # An error is looked at first: closing what was not opened would crash on its own.
            after = following[0].end_point.row + 1 if following and "err" in target.source.of(following[0]) else last
            return target.insert(after + 1, [f"{indent}defer {name}.Close()"])
        case _:
            return None
    return [Edit(target.source.relative, first, until, "".join(line + newline for line in lines))]
