"""Log records: where one begins, and at what level it was written.

Analyzers see lines whose learnt prefixes were removed, but a trace often hangs below one record whose own
prefix stayed. These helpers tell such a record from the text of an error.
"""

import re
from collections.abc import Sequence

_LEVEL = r"TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|CRITICAL|FATAL|FINE|FINER|FINEST|CONFIG"
_TIME = re.compile(
    r"[\[(<|]?(?:\d{4}[-/.]\d\d[-/.]\d\d[ T]?|[A-Z][a-z]{2} [ \d]?\d,? (?:\d{4} )?)?\d?\d:\d\d(?::\d\d)?"
)
_DATE = re.compile(r"[\[(<|]?\d{4}[-/.]\d\d[-/.]\d\d")
_LEVELLED = re.compile(
    rf"[\[(<|]?(?:{_LEVEL}|{_LEVEL.lower()}|Info|Debug|Warning|Warn|Trace)(?:[\])>|:]|\s*+(?:\||-)|\s++\S)"
)
_QUIET = re.compile(
    r"(?:^|[\s\[(|:,=\"])(?:TRACE|DEBUG|INFO|FINE|FINER|FINEST|debug|info|trace|Debug|Info)(?=[\s\])|:,\"]|$)"
)
_LOUD = re.compile(
    r"(?:^|[\s\[(|:,=\"])(?:WARN|WARNING|ERROR|SEVERE|CRITICAL|FATAL|error|warn|warning|fatal|critical)(?=[\s\])|:,\"]|$)"
)

_FAILURE = re.compile(r"(?i)exception|error|fail|caught|retry|ignor|unable|could not|traceback|recover")


def starts_record(line: str) -> bool:
    """Whether the line looks like the beginning of a log record: a time, a date or a level stands in front."""
    head = line[:60].lstrip()
    return bool(_TIME.match(head) or _DATE.match(head) or _LEVELLED.match(head))


def is_quiet(line: str) -> bool:
    """Whether a record says that it was written at INFO, DEBUG or below, and not at a louder level."""
    head = line[:120]
    return bool(_QUIET.search(head)) and not _LOUD.search(head)


def logged_quietly(lines: Sequence[str], first: int) -> bool:
    """Whether the report that begins at ``first`` was logged at INFO or DEBUG.

    Its own line says so, or the record above it does and speaks of a failure: other records at INFO only
    happen to stand before the trace of an uncaught error.
    """
    if 0 <= first < len(lines) and starts_record(lines[first]):
        return is_quiet(lines[first])
    above = lines[first - 1] if 0 < first <= len(lines) else ""
    return starts_record(above) and is_quiet(above) and bool(_FAILURE.search(above))


def indent(line: str) -> int:
    """How many characters of white space the line begins with."""
    return len(line) - len(line.lstrip())
