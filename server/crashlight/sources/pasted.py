"""One line of a stack trace on its own, as people paste it, to the place it names.

No analyzer is asked: a lone line has no report around it. The forms are those that runtimes print.
"""

import re

from crashlight_sdk import Frame

LONGEST = 4096

_FORMS = (
    re.compile(r'File "(?P<file>[^"]++)", line (?P<line>\d{1,9}+)(?:, in (?P<function>\S++))?'),  # Python
    re.compile(
        r"(?P<function>[\w.$<>/]++)\((?P<file>[\w$]++\.(?:java|kt|scala|groovy)):(?P<line>\d{1,9}+)\)"
    ),  # the JVM
    re.compile(r" in (?P<file>\S[^:]*+(?::[\\/][^:]*+)?):line (?P<line>\d{1,9}+)"),  # .NET
    re.compile(r"(?<![^\s()])(?P<file>[^\s()]++)\((?P<line>\d{1,9}+)\)(?::|$)"),  # PHP
    re.compile(
        r"(?<![^\s()])(?P<file>(?:[A-Za-z]:)?+[^\s:()\"']++):(?P<line>\d{1,9}+)(?::(?P<column>\d{1,9}+))?+"
    ),  # most others
)


def frame_of(line: str) -> Frame | None:
    """The frame that a line prints; None where it prints none. Linear in the line, which is cut at 4,096 characters."""
    text = line.strip()[:LONGEST]
    for form in _FORMS:
        if found := form.search(text):
            parts = found.groupdict()
            column = parts.get("column")
            return Frame(
                file=parts["file"],
                line=int(parts["line"]),
                function=parts.get("function"),
                column=int(column) if column else None,
            )
    return None
