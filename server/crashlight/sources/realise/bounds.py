"""Intents about an index that is not in its collection."""

import re

from crashlight.domain import Edit
from crashlight.sources.realise.leaving import leave_if
from crashlight.sources.realise.target import STABLE, Target, squeeze


def guard_index(target: Target, args: dict[str, str]) -> list[Edit] | None:
    """Keep ``index`` inside ``collection``: a loop that goes one too far is mended, else leave early."""
    collection, index = args["collection"].strip(), args["index"].strip()
    bounded = mend_bound(target, collection, index)
    if bounded is not None:
        return bounded
    length = _length(target, collection)
    access = next((n for n, text in target.reading(collection + index) if _reads(text, collection, index)), None)
    node = access or target.find(collection)
    if node is None or length is None or not STABLE.match(collection):
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


def mend_bound(target: Target, collection: str, index: str) -> list[Edit] | None:
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
