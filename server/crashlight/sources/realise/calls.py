"""Intents about the arguments of a call."""

from typing import TYPE_CHECKING

from crashlight.domain import Edit
from crashlight.sources.languages import words
from crashlight.sources.realise.target import Target

if TYPE_CHECKING:
    from tree_sitter import Node

CALLS = words(
    "call call_expression method_invocation invocation_expression object_creation_expression new_expression"
    " function_call_expression member_call_expression macro_invocation"
)
_ARGUMENTS = words("argument_list arguments value_arguments call_suffix token_tree")


def add_argument(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """``text`` becomes the last argument of the call, unless it is one already."""
    found = _call(target, args["function"])
    if found is None:
        return None
    text = args["text"]
    given = [target.source.of(child) for child in found.named_children]
    if text in given or any("=" in text and value.startswith(text.split("=", 1)[0] + "=") for value in given):
        return None
    close = found.end_byte - 1
    inner = target.source.data[found.start_byte + 1 : close].rstrip()
    if not given:
        return target.replace(((close, close), text))
    end = found.start_byte + 1 + len(inner)
    trailing = inner.endswith(b",")
    return target.replace(((end, end), f" {text}" if trailing else f", {text}"))


def remove_argument(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """The argument ``text`` goes, with its comma."""
    found = _call(target, args["function"])
    if found is None:
        return None
    children = found.named_children
    for number, child in enumerate(children):
        value = target.source.of(child)
        if value == args["text"] or value.split("=", 1)[0].strip() == args["text"]:
            if number + 1 < len(children):
                return target.replace(((child.start_byte, children[number + 1].start_byte), ""))
            start = children[number - 1].end_byte if number else child.start_byte
            return target.replace(((start, child.end_byte), ""))
    return None


def await_call(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """The call is awaited, in parentheses where something of its result is used at once."""
    found = _call(target, args["function"])
    call = found.parent if found is not None else None
    if call is None or (call.parent is not None and call.parent.type in {"await", "await_expression"}):
        return None
    text = target.source.of(call)
    outer = call.parent
    used = outer is not None and outer.type in {"attribute", "member_expression", "subscript", "subscript_expression"}
    if target.language == "rust":
        return target.replace((call, f"{text}.await"))
    return target.replace((call, f"(await {text})" if used else f"await {text}"))


def _call(target: Target, function: str) -> "Node | None":
    """The argument list of the call of ``function`` on the line."""
    name = function.split("(", 1)[0].strip()
    last = name.rsplit(".", 1)[-1].rsplit("::", 1)[-1]
    nearly = None
    for node in target.on_line():
        if node.type not in CALLS:
            continue
        arguments = next((child for child in node.children if child.type in _ARGUMENTS), None)
        if arguments is None:
            continue
        called = target.source.data[node.start_byte : arguments.start_byte].decode(errors="replace").strip()
        called = called.removeprefix("new ").strip()
        if called == name:
            return arguments
        if nearly is None and called.replace("->", ".").replace("::", ".").rsplit(".", 1)[-1] == last:
            nearly = arguments
    return nearly
