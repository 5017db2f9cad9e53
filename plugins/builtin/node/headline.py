"""The line that names the error, above the frames."""

import re
from dataclasses import dataclass

_WORD = r"[A-Za-z_$][\w$]*+"
_SUFFIX = r"(?:Error|Exception|Violation|Warning|Rejection|Failure|Abort|Timeout|Fault|Problem|Reject|Mismatch)"
_LEADS = (
    r"(?:\(node:\d+\) |\[\w[\w -]*\] |Uncaught(?::)? ?|Unhandled(?:PromiseRejectionWarning)?:? "
    r"|Unhandled rejection:? ?|"
    r"(?:Possibly )?Unhandled [Rr]ejection(?: \([^)]*\))?:? |"
    r"error: |ERROR(?: in)?:? |FATAL:? |Error: (?=Uncaught)|\(in promise\):? ?"
    r"|\(in promise: |\[cause\]: |Caused by:? |Cause: |"
    r"UnhandledPromiseRejectionWarning: |uncaughtException:? |throw er; |Exception: "
    r"|Exception in [\w ]+: |\[Error: |[✖×✗✘●⨯] |\d+\) |→ |\[)"
)
_LEAD = re.compile(rf"(?P<lead>\s*+{_LEADS}*+)")
_NAMED = re.compile(
    rf"(?P<type>(?:{_WORD}\.)*+(?=[\w$]*{_SUFFIX})[A-Za-z_$][\w$]*+|Invariant Violation|Error)"
    r"(?: \[(?P<code>[\w:-]+)\])?(?P<rest>: .*|:\s*$|\s*$|\]?\s*(?:\{|,)?\s*$| at .*)"
)
_LOOSE = re.compile(
    rf"(?<![\w$./\\-])(?P<type>(?:[A-Z]{_WORD}\.)?(?=[\w$]*(?:Error|Exception))"
    rf"[A-Z][\w$]*+)(?: \[(?P<code>[\w:-]+)\])?(?P<rest>: .*"
    rf"|\s*$)"
)
_SIMPLE = re.compile(r"(?P<type>[A-Z][\w$]{2,60})(?: \[(?P<code>[\w:-]+)\])?(?P<rest>: .+|\s*$)")


@dataclass(frozen=True, slots=True)
class Headline:
    """The class, the first line of the message, and the column where the class stands."""

    type: str
    message: str
    column: int
    code: str | None = None
    strong: bool = True


def headline(line: str) -> Headline | None:
    """The headline on the line, or None; one that is not strong counts only directly above frames."""
    lead = _LEAD.match(line)
    begin = lead.end() if lead else 0
    match = _NAMED.match(line, begin)
    if match is not None:
        return _made(match)
    match = _LOOSE.search(line, begin)
    if match is not None and len(line) < 4000:
        return _made(match)
    match = _SIMPLE.match(line, begin)
    if match is not None:
        return _made(match, strong=False)
    return None


def _made(match: re.Match[str], *, strong: bool = True) -> Headline:
    rest = match["rest"]
    message = rest[1:].strip() if rest.startswith(":") else ""
    return Headline(match["type"], message, match.start("type"), match.groupdict().get("code"), strong)
