"""Valgrind's memcheck, helgrind and DRD: one report an error, those of one process.

The wording is that of memcheck/mc_errors.c and coregrind/m_errormgr.c in Valgrind's sources.
"""

import re

from crashlight_sdk import Cause, Crash, Span

from .stacks import language, read_stack

_HEAD = re.compile(
    r"^==(?P<pid>\d++)== +(?P<message>(?:Invalid (?:read|write) of size \d++|Invalid free\(\) / delete.*"
    r"|Mismatched free\(\) / delete.*|Use of uninitialised value of size \d++"
    r"|Conditional jump or move depends on uninitialised value\(s\)|Source and destination overlap in .*"
    r"|Jump to the invalid address stated on the next line"
    r"|Syscall param .* (?:points to|contains) un.*|Argument '.*' of function .* has a fishy.*"
    r"|Process terminating with default action of signal .*"
    r"|Possible data race during .*|Thread #\d++: lock order \"0x.*violated|realloc\(\) with size 0"
    r"|[\d,]++(?: \([^)]*+\))? bytes in [\d,]++ blocks are (?:definitely|indirectly) lost in .*"
    r"|(?:\*\*\* )?(?:double free|unhandled instruction).*|Conflicting (?:load|store) by thread .*"
    r"|Stack overflow in thread .*))\s*$"
)
_MORE = re.compile(
    r"^==\d++== +(?:Address 0x|at 0x|by 0x|Block was alloc|Uninitialised value was|  |Access not within"
    r"|If you believe|overflow in your|possible|can try|The main thread|This conflicts|Locks held|"
    r"Bad permissions|Access|General Protection|Thread #|by thread|Previous|Required order|followed by"
    r"|Observed|General|location|declared|at address)"
)
_OURS = re.compile(r"^==\d++==")
_SIGNAL = re.compile(r"signal \d++ \((?P<signal>SIG\w++)\)")


def valgrind_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The error whose first line is ``at``."""
    if not lines[at].startswith("=="):
        return None
    head = _HEAD.match(lines[at])
    if head is None:
        return None
    stack = read_stack(lines, at + 1, gap=6)
    last = max(at, stack.last_line)
    details: list[str] = []
    index = at + 1
    while index < len(lines) and _OURS.match(lines[index]) and not _HEAD.match(lines[index]):
        text = lines[index].partition("== ")[2].strip()
        if not text and index > last and not _continues(lines, index + 1):
            break
        if text and not text.startswith(("at 0x", "by 0x")):
            details.append(text)
        if text:
            last = max(last, index)
        index += 1
        if index - at > 120:
            break
    message = head["message"]
    signal = _SIGNAL.search(message)
    kind = signal["signal"] if signal else _kind(message)
    cause = Cause(kind, message, stack.frames, Span(at, head.start("message")), "\n".join(details[:20]))
    return Crash(language(stack.frames), at, last, (cause,))


def _continues(lines: tuple[str, ...], at: int) -> bool:
    return at < len(lines) and bool(_MORE.match(lines[at])) and not _HEAD.match(lines[at])


def _kind(message: str) -> str:
    for sign in (
        "Invalid read",
        "Invalid write",
        "Invalid free",
        "Mismatched free",
        "data race",
        "definitely lost",
        "indirectly lost",
        "lock order",
    ):
        if sign in message:
            return "memory leak" if "lost" in sign else sign
    return message.partition(" (")[0].split(" of size")[0] if len(message) < 60 else " ".join(message.split()[:6])
