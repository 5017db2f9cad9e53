"""Looking into one line of Python source: which expression failed."""

import ast
from collections.abc import Iterator

_BLOCKS = ("if ", "while ", "for ", "with ", "elif ", "async for ", "async with ", "def ", "async def ", "class ")


def tree(line: str) -> ast.Module | None:
    """The syntax tree of one source line; a block's head gets an empty body. None where it is only a part."""
    text = line.strip()
    if text.startswith("elif "):
        text = text[2:]
    if text.startswith(_BLOCKS) and text.endswith(":"):
        text += " pass"
    for candidate in (text, text.rstrip(","), text + ")", text.rstrip("({[,"), text.removeprefix("else:")):
        try:
            return ast.parse(candidate)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _nodes(line: str) -> Iterator[ast.AST]:
    parsed = tree(line) if line and len(line) < 2000 else None
    return iter(ast.walk(parsed)) if parsed is not None else iter(())


def text_of(node: ast.AST) -> str:
    """A node as source text; empty where it nests too deeply to print."""
    try:
        return ast.unparse(node)
    except RecursionError:
        return ""


def subscripts(line: str) -> list[tuple[str, str]]:
    """Every ``collection[key]`` that is read on the line."""
    return [
        (text_of(node.value), text_of(node.slice))
        for node in _nodes(line)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)
    ]


def subscript(line: str, key: str) -> tuple[str, str] | None:
    """The subscript whose key is ``key`` literally, else the only one there is."""
    found = subscripts(line)
    literal = [pair for pair in found if pair[1] == key or pair[1].strip("'\"") == key.strip("'\"")]
    if literal:
        return literal[0]
    return found[0] if len(found) == 1 else None


def owner(line: str, attribute: str) -> str | None:
    """What stands before ``.attribute`` on the line."""
    for node in _nodes(line):
        if isinstance(node, ast.Attribute) and node.attr == attribute:
            return text_of(node.value)
    return None


def divisors(line: str) -> list[str]:
    """The right sides of ``/``, ``//`` and ``%``, and second arguments of ``divmod``."""
    found = [
        text_of(node.right)
        for node in _nodes(line)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod)
    ]
    found += [
        text_of(node.value)
        for node in _nodes(line)
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod)
    ]
    return [text for text in found if not text.replace(".", "").isdigit()]


def calls(line: str, function: str | None = None) -> list[ast.Call]:
    """The calls on the line; those of ``function`` where it is named."""
    found = [node for node in _nodes(line) if isinstance(node, ast.Call)]
    if function is None:
        return found
    return [call for call in found if text_of(call.func).rpartition(".")[2] == function]


def additions(line: str) -> list[tuple[ast.expr, ast.expr]]:
    """The two sides of every ``+``."""
    return [
        (node.left, node.right) for node in _nodes(line) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)
    ]


def is_text(node: ast.expr) -> bool:
    """Whether the expression is a string for certain."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return is_text(node.left) or is_text(node.right)
    return isinstance(node, ast.JoinedStr)


def is_number(node: ast.expr) -> bool:
    """Whether the expression is a number for certain."""
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)
