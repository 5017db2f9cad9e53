"""Documentation that quotes a trace: fenced blocks of Markdown (CommonMark, section 4.5)."""

import re
from collections.abc import Sequence

from crashlight.logs.lines import Line

_DOCUMENTS = (".md", ".markdown", ".mdown", ".mdx", ".rmd", ".qmd")
_FENCE = re.compile(r" {0,3}(`{3,}+|~{3,}+)([^`]*+)$")


def is_document(name: str) -> bool:
    """Whether a file of this name is prose in which a trace is an example."""
    return name.lower().endswith(_DOCUMENTS)


def fenced(lines: Sequence[Line]) -> frozenset[int]:
    """The file's lines that stand in fenced blocks; a block that is never closed goes on to the end."""
    inside: set[int] = set()
    fence = ""
    for line in lines:
        match = _FENCE.fullmatch(line.text.rstrip())
        if fence:
            inside.add(line.number)
            if match and match[1].startswith(fence) and not match[2].strip():
                fence = ""
        elif match:
            fence = match[1]
    return frozenset(inside)
