"""Tables of rules: what an analyzer knows about the usual crashes of its runtime.

A :class:`Rule` is data: what it recognises (patterns over the error's class, its message and the culprit's
source line), what it concludes (a category, a cause and a fix as templates), and, where the change is
mechanical, a function that proposes intents. :func:`conclude` applies a table in order; the first rule that
fits decides, and :mod:`crashlight_sdk.families` answers where none does.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from crashlight_sdk.families import classify
from crashlight_sdk.reports import culprit
from crashlight_sdk.words import Cause, Crash, Excerpt, Finding, Frame, Intent

MAX_VALUE = 160  # characters of one value in a sentence
# What rules look at: the beginning says what happened, and patterns that search stay quick on hostile text.
MAX_TYPE, MAX_MESSAGE, MAX_LINE = 200, 800, 400


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a crash when a rule looks at it. ``line`` is the culprit's source line, or empty."""

    crash: Crash
    cause: Cause
    frame: Frame | None
    line: str
    excerpt: Excerpt | None
    found: dict[str, str] = field(default_factory=dict)  # the named groups of the patterns that matched

    def __getitem__(self, name: str) -> str:
        return self.found.get(name, "")


Propose = Callable[[Facts], Iterable[Intent]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One usual crash. ``type``, ``message`` and ``line`` are regular expressions, in linear form.

    ``type`` must match the whole class name, or its last part; ``message`` and ``line`` are searched for.
    ``cause`` and ``fix`` are templates over the named groups of these patterns and over ``type``,
    ``message``, ``function`` and ``place``; a group ``name2`` or ``name3`` stands in for ``name``.
    """

    id: str
    category: str
    cause: str
    fix: str
    type: str | None = None
    message: str | None = None
    line: str | None = None
    confidence: float = 0.9
    when: Callable[[Facts], bool] | None = None
    propose: Propose | None = None


def conclude(table: Sequence[Rule], crash: Crash, excerpt: Excerpt | None, fallback: str) -> Finding:
    """The finding of the first rule that fits the root cause; a general one, under the id ``fallback``, otherwise."""
    facts = gather(crash, excerpt)
    for entry in table:
        fitting = _fit(entry, facts)
        if fitting is not None:
            return _finding(entry, fitting)
    return _general(facts, fallback)


def gather(crash: Crash, excerpt: Excerpt | None) -> Facts:
    """The facts of a crash's root cause; the culprit's line comes from the excerpt, else from the trace."""
    cause = crash.root
    frame = culprit(cause)
    line = ""
    if excerpt is not None:
        line = excerpt.line(excerpt.culprit_line) or ""
    elif frame is not None:
        line = frame.text or ""
    short = replace(cause, crash_type=cause.crash_type[:MAX_TYPE], message=cause.message[:MAX_MESSAGE])
    return Facts(crash, short, frame, line.strip()[:MAX_LINE], excerpt)


def simple_name(crash_type: str) -> str:
    """The last part of a class name: ``KeyError`` of ``app.errors.KeyError``."""
    return re.split(r"[.$\\/]|::", crash_type.strip())[-1] or crash_type


rule = Rule  # In a table of rules the short word reads better.


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Patterns are compiled at their first use: a worker that only parses starts without them."""
    return re.compile(pattern)


def _fit(entry: Rule, facts: Facts) -> Facts | None:
    found: dict[str, str] = {}
    if entry.type is not None:
        name = facts.cause.crash_type
        pattern = _compiled(entry.type)
        match = pattern.fullmatch(name) or pattern.fullmatch(simple_name(name))
        if match is None:
            return None
        found |= _groups(match)
    for wanted, text in ((entry.message, facts.cause.message), (entry.line, facts.line)):
        if wanted is not None:
            match = _compiled(wanted).search(text)
            if match is None:
                return None
            found |= _groups(match)
    fitting = Facts(facts.crash, facts.cause, facts.frame, facts.line, facts.excerpt, found)
    return fitting if entry.when is None or entry.when(fitting) else None


def _groups(match: re.Match[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in match.groupdict().items():
        if value is not None:
            found.setdefault(name.rstrip("23456789"), value)
    return found


def _finding(entry: Rule, facts: Facts) -> Finding:
    intents = tuple(entry.propose(facts)) if entry.propose is not None else ()
    words = _words(facts)
    return Finding(
        category=entry.category,
        cause=_with_subject(_sentence(entry.cause.format_map(words)), intents, facts.line),
        fix=_sentence(entry.fix.format_map(words)),
        confidence=entry.confidence,
        rule=entry.id,
        intents=intents,
    )


def _with_subject(cause: str, intents: tuple[Intent, ...], line: str) -> str:
    """The cause with the code that it is about, where a proposed change knows it and the rule did not say it."""
    if not intents:
        return cause
    args = intents[0].args
    code = args.get("expression") or args.get("divisor") or args.get("name") or ""
    if "collection" in args:
        code = f"{args['collection']}[{args.get('key') or args.get('index') or ''}]"
    elif intents[0].kind in {"replace_text", "leave_when"}:
        code = line
    if not code or code in cause or len(code) > 80:
        return cause
    return f"{cause.rstrip('.')} (`{code}`)."


def _sentence(text: str) -> str:
    """A sentence with one full stop, also where a value was empty or brought its own."""
    return text.replace(": .", ".").rstrip(" .:") + ("" if text.endswith(("?", "!", "…")) else ".")


class _Words(dict[str, str]):
    """Template values; a group that did not take part is empty."""

    def __missing__(self, key: str) -> str:
        return ""


def _words(facts: Facts) -> _Words:
    first = facts.cause.message.strip().partition("\n")[0]
    words = _Words(
        type=simple_name(facts.cause.crash_type),
        message=first,
        function=(facts.frame.function if facts.frame else None) or "the failing code",
        place=place(facts.frame),
    )
    words.update(facts.found)
    return _Words({name: shorten(value) for name, value in words.items()})


def place(frame: Frame | None) -> str:
    """``users.py:17`` in words; a phrase that still reads well where nothing is known."""
    if frame is None or not frame.file:
        return "the failing line"
    name = re.split(r"[/\\]", frame.file)[-1]
    return f"{name}:{frame.line}" if frame.line else name


def shorten(text: str, limit: int = MAX_VALUE) -> str:
    """At most ``limit`` characters of the text, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _general(facts: Facts, fallback: str) -> Finding:
    family = classify(facts.cause.crash_type, facts.cause.message)
    words = _words(facts)
    said = f": {words['message']}" if words["message"] else ""
    function = facts.frame.function if facts.frame is not None else None
    where = f"{words['place']}, in {shorten(function, 80)}" if function else words["place"]
    return Finding(
        category=family.category,
        cause=_sentence(f"{words['type']} at {where}{said}"),
        fix=family.fix,
        confidence=family.confidence,
        rule=fallback,
    )
