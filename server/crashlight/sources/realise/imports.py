"""The intent to import a module, or a name from it, in the way of the language and of the file."""

import re

from crashlight.domain import Edit
from crashlight.sources.realise.target import Target

_MODULE = re.compile(r"^[\w.:/@\-<>*\\{}, ]{1,200}$")


def add_import(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """A line behind the file's last import, or at the top where there is none."""
    module, name = args["module"].strip(), (args.get("name") or "").strip()
    if not _MODULE.match(module) or (name and not _MODULE.match(name)):
        return None
    line = _written(target, module, name)
    if line is None or line.strip() in {existing.strip() for existing in target.source.lines}:
        return None
    if target.language == "go":
        grouped = _into_group(target, module)
        if grouped is not None:
            return grouped
    before = _behind_imports(target)
    following = target.source.lines[before - 1] if before <= len(target.source.lines) else ""
    alone = before == 1 and following.strip()
    return target.insert(before, [line, ""] if alone else [line])


def _written(target: Target, module: str, name: str) -> str | None:
    match target.language:
        case "python":
            return f"from {module} import {name}" if name else f"import {module}"
        case "javascript":
            return _script(target, module, name)
        case "java":
            return f"import {module}{'.' + name if name else ''};"
        case "kotlin":
            return f"import {module}{'.' + name if name else ''}"
        case "go":
            return f'import "{module}"'
        case "rust":
            return f"use {module}{'::' + name if name else ''};"
        case "c" | "cpp":
            return f"#include <{module.strip('<>')}>"
        case "csharp":
            return f"using {module};"
        case "php":
            return f"use {module};"
        case "ruby":
            return f"require '{module}'"
    return None


def _script(target: Target, module: str, name: str) -> str:
    text = target.source.text
    quote = '"' if text.count('"') >= text.count("'") else "'"
    end = ";" if re.search(r";\s*$", text, re.M) else ""
    bound = name or re.sub(r"\W+", "_", module.removeprefix("node:").rsplit("/", 1)[-1]).strip("_")
    modern = bool(re.search(r"^\s*(?:import|export)\b", text, re.M)) or not target.source.relative.endswith(
        (".js", ".cjs", ".jsx")
    )
    if modern:
        what = f"{{ {name} }}" if name else bound
        return f"import {what} from {quote}{module}{quote}{end}"
    what = f"{{ {name} }}" if name else bound
    return f"const {what} = require({quote}{module}{quote}){end}"


def _behind_imports(target: Target) -> int:
    """The line before which a new import goes."""
    source = target.source
    assert source.root is not None
    last = 0
    for number, child in enumerate(source.root.children):
        text = source.of(child)
        kind = child.type
        is_docstring = number == 0 and kind == "expression_statement" and text.startswith(('"', "'"))
        is_import = kind in target.syntax.imports or kind in {"php_tag", "namespace_definition", "hash_bang_line"}
        is_import = is_import or (target.language == "javascript" and "require(" in text and "declaration" in kind)
        is_import = is_import or (target.language == "ruby" and text.startswith(("require", "require_relative")))
        is_import = is_import or (
            target.language == "python" and kind == "comment" and child.start_point.row == last and number == last
        )
        strict = target.language == "javascript" and kind == "expression_statement" and "use strict" in text
        if is_import or strict or is_docstring:
            row, column = child.end_point
            last = row if column == 0 else row + 1
        elif kind not in {"comment", "line_comment", "block_comment"} and last:
            break
    if last == 0 and source.lines and source.lines[0].startswith("#!"):
        last = 1
    return last + 1


def _into_group(target: Target, module: str) -> list[Edit] | None:
    for number, line in enumerate(target.source.lines, 1):
        if re.match(r"^import\s*\(\s*$", line):
            at = number + 1
            while at <= len(target.source.lines):
                entry = target.source.lines[at - 1].strip()
                if entry == ")" or (entry.startswith('"') and entry > f'"{module}"'):
                    return target.insert(at, [f'\t"{module}"'])
                at += 1
    return None
