"""Crash and context to a question: a prefix that a family's questions share, then as few tokens as will do.

A small model on two cores reads 50 to 90 tokens a second and writes about 15, so every token counts: a
few lines around the culprit, and only what rules left open is asked.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from crashlight.diagnosis.prompts import Example, Prompt, ShapeName, shapes
from crashlight.domain import Explanation, Occurrence
from crashlight.ports import AnswerKey, Question
from crashlight.sources import Context, Redaction, redact
from crashlight_sdk import CATEGORIES, Excerpt

LINES_BEFORE, LINES_AFTER = 6, 3
LINE_CAP = 160  # characters of one line of source
MESSAGE_CAP = 240
MOST_EXAMPLES = 3
DEADLINE_S = 45.0

_FAMILIES_OF_LANGUAGES = (
    ("python",),
    ("javascript", "typescript"),
    ("java", "kotlin", "scala", "csharp"),
    ("go",),
    ("rust",),
    ("c", "cpp"),
    ("ruby", "php", "elixir"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what is needed to read its answer."""

    question: Question
    key: AnswerKey
    shape: ShapeName
    prompt: Prompt
    redaction: Redaction
    shown: dict[int, str]  # line number → text, as it was shown


def build(
    occurrence: Occurrence,
    known: Explanation,
    code: Context | Excerpt | None,
    prompt: Prompt,
    model: str,
    *,
    sure: bool,
    priority: int = 10,
) -> Asked:
    """The question about one crash. ``sure`` says that cause and category are known, and only the line is asked."""
    shape = shape_of(source=code is not None, sure=sure)
    root = occurrence.crash.root
    frame = occurrence.culprit.frame if occurrence.culprit else None
    lines = _lines(code) if code else {}
    text = _case(
        occurrence.crash.language,
        f"{root.crash_type}: {' '.join(root.message.split())}"[:MESSAGE_CAP],
        frame.function if frame else None,
        line=_culprit_line(code) if code else None,
        source="\n".join(f"{number}|{line}" for number, line in lines.items()),
        fix=known.fix if shape == "line" else None,
    )
    redaction = redact(text)
    key = AnswerKey(
        fingerprint=occurrence.fingerprint.key,
        excerpt=hashlib.sha256(f"{shape}\n{redaction.text}".encode()).hexdigest()[:32],
        model=model,
        prompt=prompt.name,
    )
    spec = shapes()[shape]
    question = Question(
        key="|".join((key.fingerprint, key.excerpt, key.model, key.prompt)),
        prefix=prefix(prompt, shape, occurrence.crash.language),
        text=redaction.text,
        grammar=_grammar(spec.grammar, _answerable(code, lines), _code_rule(occurrence.crash.language, lines.values())),
        max_tokens=spec.tokens,
        deadline_s=DEADLINE_S,
        priority=priority,
    )
    shown = {int(number): line for number, line in _NUMBERED.findall(redaction.text)}
    return Asked(question, key, shape, prompt, redaction, shown)


def shape_of(*, source: bool, sure: bool) -> ShapeName:
    """What is asked: without source, words; where cause and category are known, the line alone; else both."""
    return "words" if not source else "line" if sure else "full"


_NUMBERED = re.compile(r"^(\d{1,7})\|(.*)$", re.MULTILINE)


@cache
def prefix(prompt: Prompt, shape: ShapeName, language: str) -> str:
    """What all questions of a family, shape and group of languages begin with, so that it is evaluated once."""
    parts = [f"{prompt.system} {shapes()[shape].ask}"]
    if shape != "line":
        parts.append("Categories: " + ", ".join(CATEGORIES) + ".")
    for example in nearest(prompt.examples, language):
        hint = example.fix if shape == "line" else None
        source = example.source.strip("\n") if shape != "words" else ""
        line = example.line if shape != "words" else None
        case = _case(example.language, example.error, example.function, line=line, source=source, fix=hint)
        parts.append(f"{case}\nAnswer:\n{_worked(example, shape)}")
    parts.append("Now this one.")
    return "\n\n".join(parts)


def nearest(examples: Sequence[Example], language: str) -> list[Example]:
    """The few examples that are most like this language, the most like it last, where a model minds it most."""
    group = next((group for group in _FAMILIES_OF_LANGUAGES if language in group), (language,))
    ranked = sorted(examples, key=lambda example: example.language in group)
    return ranked[-MOST_EXAMPLES:]


def _case(language: str, error: str, function: str | None, *, line: int | None, source: str, fix: str | None) -> str:
    where = f" in {function}" if function else ""
    parts = [f"{language}{where}: {error}"]
    if source:
        parts.append(f"It crashed at line {line}:\n{source}")
    if fix:
        parts.append(f"To do: {fix}")
    return "\n".join(parts)


def _worked(example: Example, shape: ShapeName) -> str:
    words = f"cause: {example.cause}\ncategory: {example.category}\nfix: {example.fix}"
    return {"line": example.answer, "words": words, "full": f"{words}\n{example.answer}"}[shape]


def _culprit_line(code: Context | Excerpt) -> int:
    return code.line if isinstance(code, Context) else code.culprit_line


def _lines(code: Context | Excerpt) -> dict[int, str]:
    """The lines around the culprit, inside its function; empty lines are left out."""
    culprit = _culprit_line(code)
    numbered = {code.first_line + index: line for index, line in enumerate(code.lines)}
    return {
        number: line[:LINE_CAP].rstrip()
        for number, line in numbered.items()
        if culprit - LINES_BEFORE <= number <= culprit + LINES_AFTER and line.strip()
    }


def _answerable(code: Context | Excerpt | None, lines: dict[int, str]) -> tuple[int, ...]:
    """The lines that may be written: the culprit and the one above it, unless that opens the function.

    Nine of ten crashes that one line mends are mended there; with more to choose from, small models lose their way.
    """
    if code is None:
        return ()
    culprit = _culprit_line(code)
    opens = code.first_line if isinstance(code, Context) and code.function else None
    above = [number for number in lines if number < culprit and number != opens]
    return (*above[-1:], culprit)


def _code_rule(language: str, shown: Iterable[str]) -> str:
    """GBNF of a line of source. Where no line that was shown has a remark, none may be written."""
    mark = "#" if language in _HASH_LANGUAGES else "//"
    if any(mark in line for line in shown):
        return _ANY_CODE
    return _CODE_BEFORE_HASH if mark == "#" else _CODE_BEFORE_SLASHES


_HASH_LANGUAGES = frozenset({"python", "ruby", "elixir", "perl"})
_ANY_CODE = r"[^\n|] [^\n]*"
_CODE_BEFORE_HASH = r'([^\n |#] | " "+ [^\n #]) ([^\n ] | " "+ [^\n #])*'
_CODE_BEFORE_SLASHES = r'[^\n|/] ([^\n/:] | ":" "//"? | "/" [^\n/*])*'  # an address keeps its slashes


@cache
def _grammar(template: str, lines: tuple[int, ...], code: str) -> str:
    numbers = " | ".join(f'"{number}"' for number in lines) or '"0"'
    categories = " | ".join(f'"{category}"' for category in CATEGORIES)
    return template.replace("{lines}", numbers).replace("{categories}", categories).replace("{code}", code)
