"""A model's answer to words and an edit. Nothing in it is trusted: the edit is only a proposal to be checked."""

import re
from dataclasses import dataclass

from crashlight.diagnosis.question import LINE_CAP, Asked
from crashlight.domain import Edit
from crashlight.sources import RedactionError
from crashlight_sdk import CATEGORIES

_FIELD = re.compile(r"^(cause|category|fix): (.*)$", re.MULTILINE)
_CHANGE = re.compile(r"^(\+?)(\d{1,7})\|(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer says; None for what it does not, or may not."""

    cause: str | None = None
    category: str | None = None
    fix: str | None = None
    edit: Edit | None = None
    refusal: str | None = None  # why there is no edit


def read(text: str, asked: Asked, file: str | None) -> Said:
    """Never raises. A part that is cut off, unknown or breaks a rule is left out. ``file`` is the culprit's."""
    fields = {name: value.strip() for name, value in _FIELD.findall(text)}
    category = fields.get("category")
    edit, refusal = _edit(text, asked, file) if file else (None, "there is no source to edit")
    return Said(
        cause=_sentence(fields.get("cause")),
        category=category if category in CATEGORIES else None,
        fix=_sentence(fields.get("fix")),
        edit=edit,
        refusal=refusal,
    )


def _sentence(said: str | None) -> str | None:
    return said[0].upper() + said[1:] if said else None


def _edit(text: str, asked: Asked, file: str) -> tuple[Edit | None, str | None]:
    found = _CHANGE.search(text)
    if not found or not text.endswith("\n"):
        return None, "no whole line was written"
    inserts, number, code = bool(found[1]), int(found[2]), found[3].rstrip()
    shown = asked.shown.get(number)
    if shown is None or not code.strip():
        return None, f"line {number} was not shown, or nothing was written for it"
    if len(shown) >= LINE_CAP and not inserts:
        return None, "the line is too long to have been shown whole"
    if code.strip() in {line.strip() for line in asked.shown.values()}:
        return None, "it only says again what stands there"
    code = _indented(code, like=shown)
    try:
        restored = asked.redaction.restore(code, replaced="" if inserts else shown)
    except RedactionError as error:
        return None, str(error)
    return Edit(file, number, number - 1 if inserts else number, restored + "\n"), None


def _indented(code: str, like: str) -> str:
    """Small models lose the indentation at times; a replaced line keeps its own."""
    indent = like[: len(like) - len(like.lstrip())]
    return indent + code if indent and code[:1] not in {" ", "\t"} else code
