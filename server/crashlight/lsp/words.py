"""The words that people read about a crash, as plain text and as Markdown.

Everything that comes from a log or a model is escaped: it may hold Markdown, HTML or command links.
"""

import re
import time

from crashlight.domain import Fix, GroupHistory, SourcePlace
from crashlight.lsp.findings import Finding
from crashlight_sdk import Cause, Frame

LONGEST_MESSAGE = 300
_MARKDOWN = re.compile(r"([\\`*\[\]<>~&]|(?<!\w)_|_(?!\w))")
_MARKDOWN_AT_START = re.compile(r"([#+\-=>|])")
_QUOTED = re.compile(r"`([^`]++)`")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def plain(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """One line of text without control or bidirectional characters, shortened in the middle."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    if len(line) <= longest:
        return line
    return line[: longest * 2 // 3] + " … " + line[-(longest // 3) :]


def escaped(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """Text that Markdown shows as it is, with as few backslashes as that takes: some editors show them."""
    return _escape(plain(text, longest))


def prose(text: str, longest: int = 2000) -> str:
    """Text of a rule or a model: names between backticks become code, everything else is shown as it is."""
    parts = _QUOTED.split(plain(text, longest))
    return "".join(code(part) if number % 2 else _escape(part) for number, part in enumerate(parts))


def _escape(line: str) -> str:
    inside = _MARKDOWN.sub(r"\\\1", line)
    return "\\" + inside if _MARKDOWN_AT_START.match(inside) else inside


def code(text: str) -> str:
    """Text as inline code, whatever it holds."""
    line = plain(text)
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", line)), default=0) + 1)
    return f"{ticks} {line} {ticks}" if line.startswith("`") or line.endswith("`") else f"{ticks}{line}{ticks}"


def block(text: str, language: str = "") -> str:
    """Lines as a code block that they cannot close."""
    ticks = "`" * max(3, max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    return f"{ticks}{language}\n{_CONTROL.sub(' ', text)}\n{ticks}"


def headline(cause: Cause) -> str:
    """``KeyError: 'user_id'``."""
    return plain(f"{cause.crash_type}: {cause.message}" if cause.message else cause.crash_type)


def diagnostic(finding: Finding) -> str:
    """The headline of the root cause and why, as plain text."""
    return f"{headline(finding.occurrence.crash.root)}\n{plain(finding.diagnosis.explanation.cause)}"


def in_source(finding: Finding, count: int) -> str:
    """What the source line is told: how often it crashed here and why."""
    times = "A crash" if count == 1 else f"{count} crashes"
    return f"{times} here: {diagnostic(finding)}"


def where(frame: Frame, place: SourcePlace | None) -> str:
    """``src/users.py:17 in load_user``."""
    file = place.relative if place else frame.file
    line = place.line if place else frame.line
    position = f"{file}:{line}" if file and line else file or frame.module or "an unknown place"
    return plain(f"{position} in {frame.function}" if frame.function else position)


def hover(finding: Finding, history: GroupHistory | None, *, closer_look: bool) -> str:
    """All that is known of a crash, as Markdown."""
    explanation = finding.diagnosis.explanation
    crash = finding.occurrence.crash
    parts = [f"**{escaped(headline(crash.root))}**"]
    culprit = finding.occurrence.culprit
    if culprit is not None:
        parts.append(f"Look at {code(where(culprit.frame, culprit.source))}")
    parts.append(prose(explanation.cause))
    if explanation.fix:
        parts.append(f"**What to do:** {prose(explanation.fix)}")
    if finding.diagnosis.fixes:
        parts.append(f"**Offered:** {escaped(title(finding.diagnosis.fixes[0]))} (code action)")
    facts = [explanation.category.replace("-", " "), speaker(finding)]
    if len(crash.causes) > 1:
        facts.append(f"ended the program as {plain(crash.causes[0].crash_type)}")
    if history is not None:
        facts.append(seen(history))
    parts.append(f"*{escaped(' · '.join(facts))}*")
    if closer_look:
        parts.append("*a closer look is on its way*")
    return "\n\n".join(parts)


def speaker(finding: Finding) -> str:
    """Who says so."""
    explanation = finding.diagnosis.explanation
    if explanation.by == "model":
        return f"said by the model ({explanation.model or 'local'}, prompt {explanation.prompt or 'unknown'})"
    return f"by rule {explanation.rule}" if explanation.rule else "from the facts of the trace"


def title(fix: Fix) -> str:
    """A fix's title; a model's says so."""
    return plain(f"Model: {fix.title}" if fix.by == "model" and not fix.title.startswith("Model:") else fix.title, 120)


def seen(history: GroupHistory, now: float | None = None) -> str:
    """``seen 12×, last 2 h ago``."""
    return f"seen {history.count}×, last {ago(history.last_seen, now)}"


def ago(then: float, now: float | None = None) -> str:
    """How long ago, in one unit."""
    seconds = max(0.0, (time.time() if now is None else now) - then)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"
