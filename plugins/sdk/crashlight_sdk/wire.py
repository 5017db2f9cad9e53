"""The words of a crash as plain JSON and back, for the worker that runs plugins.

Each word is an object with its fields by name; tuples are arrays. The server has a decoder of its own that
trusts nothing; this one runs inside the sandbox, on what the server sent.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from crashlight_sdk.words import Cause, Crash, Excerpt, Finding, Frame, Intent, Span, Window

Plain = Mapping[str, Any]

_FIELDS: dict[type, tuple[str, ...]] = {
    word: tuple(field.name for field in fields(word)) for word in (Span, Frame, Cause, Crash, Intent, Finding)
}


def encode(answer: object) -> bytes:
    """JSON of words, lists of them, and plain values. Raises TypeError and ValueError for anything else."""
    return json.dumps(answer, default=_as_object, allow_nan=False, separators=(",", ":")).encode("ascii")


def window(plain: Plain) -> Window:
    """A window from its JSON object."""
    return Window(tuple(plain["lines"]), tuple(plain["hits"]), plain["complete"])


def crash(plain: Plain) -> Crash:
    """A crash from its JSON object."""
    return Crash(**{**plain, "causes": tuple(map(_cause, plain["causes"]))})


def excerpt(plain: Plain | None) -> Excerpt | None:
    """An excerpt from its JSON object."""
    return None if plain is None else Excerpt(**{**plain, "lines": tuple(plain["lines"])})


def finding(plain: Plain | None) -> Finding | None:
    """A finding from its JSON object."""
    if plain is None:
        return None
    return Finding(**{**plain, "intents": tuple(Intent(**intent) for intent in plain["intents"])})


def _cause(plain: Plain) -> Cause:
    frames = tuple(map(_frame, plain["frames"]))
    return Cause(**{**plain, "frames": frames, "printed": _span(plain["printed"])})


def _frame(plain: Plain) -> Frame:
    return Frame(**{**plain, "printed": _span(plain["printed"])})


def _span(plain: Plain | None) -> Span | None:
    return None if plain is None else Span(**plain)


def _as_object(word: object) -> dict[str, Any]:
    names = _FIELDS.get(type(word))
    if names is None:
        raise TypeError(f"an answer holds a {type(word).__name__}, which is no word of a crash")
    return {name: getattr(word, name) for name in names}
