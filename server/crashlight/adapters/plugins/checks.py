"""What comes back from a plugin is compared with what it was given; nothing else of it is believed.

Decoding is typed; then lines, spans, sizes, closed lists and characters are checked. One wrong crash or
intent is refused alone, so that the rest of an answer is kept.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import msgspec

from crashlight_sdk import CATEGORIES, INTENTS, Cause, Crash, Excerpt, Finding, Frame, Intent, Span, Window
from crashlight_sdk.languages import LANGUAGES

LONGEST_NAME: Final = 4096
LONGEST_TEXT: Final = 64 << 10
LONGEST_ADVICE: Final = 2000
LONGEST_TITLE: Final = 200
MOST_CAUSES: Final = 64
MOST_FRAMES: Final = 20_000
MOST_INTENTS: Final = 8
HIGHEST_LINE: Final = 0xFFFF_FFFF

_RULE = re.compile(r"[a-z][a-z0-9-]{0,39}/[a-z0-9][a-z0-9._-]{0,79}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

T = TypeVar("T")


class Refused(Exception):
    """An answer, or a part of it, that does not fit what was asked. The message says where."""


class _Failed(msgspec.Struct, frozen=True):
    error: str


class _Done(msgspec.Struct, frozen=True):
    ok: msgspec.Raw


class RaisedInside(Exception):
    """The plugin raised; the message is what it raised."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The crashes of an answer that hold, and why the others do not."""

    crashes: list[Crash]
    refused: list[str]


def decode(body: bytes, kind: Callable[..., T] | Any) -> T:
    """The typed content of an answer. Raises RaisedInside, and Refused for anything malformed."""
    try:
        failed = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        if set(failed) == {"error"}:
            raise RaisedInside(msgspec.json.decode(failed["error"], type=str))
        if set(failed) != {"ok"}:
            raise Refused("an answer is neither 'ok' nor 'error'")
        content: T = msgspec.json.decode(failed["ok"], type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(f"an answer is malformed: {error}") from error
    return content


def crashes(answer: list[Crash], window: Window) -> Checked:
    """Keep those that lie within the window, in order and without overlap."""
    good: list[Crash] = []
    refused: list[str] = []
    end = -1
    for crash in answer[: len(window.lines) + 1]:
        try:
            checked = _crash(crash, window)
            if checked.first_line <= end:
                raise Refused(f"a crash at line {checked.first_line} overlaps the one before it")
        except Refused as reason:
            refused.append(str(reason))
        else:
            end = checked.last_line
            good.append(checked)
    if len(answer) > len(window.lines) + 1:
        refused.append(f"{len(answer)} crashes in {len(window.lines)} lines")
    return Checked(good, refused)


def finding(answer: Finding, crash: Crash, excerpt: Excerpt | None) -> tuple[Finding, list[str]]:
    """The finding with those of its intents that hold, and why the others do not. Raises Refused."""
    if answer.category not in CATEGORIES:
        raise Refused(f"category {answer.category[:80]!r} is not in the list")
    if not (math.isfinite(answer.confidence) and 0 <= answer.confidence <= 1):
        raise Refused(f"confidence {answer.confidence} is not between 0 and 1")
    if not _RULE.fullmatch(answer.rule):
        raise Refused(f"rule {answer.rule[:80]!r} is not like 'plugin/name'")
    given = _all_text(crash, excerpt)
    cause = _advice(answer.cause, "cause", given)
    fix = _advice(answer.fix, "fix", given)
    kept: list[Intent] = []
    refused: list[str] = []
    for intent in answer.intents:
        try:
            if len(kept) == MOST_INTENTS:
                raise Refused(f"over {MOST_INTENTS} intents")
            kept.append(_intent(intent, crash, excerpt))
        except Refused as reason:
            refused.append(str(reason))
    return replace(answer, cause=cause, fix=fix, intents=tuple(kept)), refused


def _crash(crash: Crash, window: Window) -> Crash:
    if not 0 <= crash.first_line <= crash.last_line < len(window.lines):
        raise Refused(f"lines {crash.first_line} to {crash.last_line} of a window of {len(window.lines)}")
    if crash.language not in LANGUAGES:
        raise Refused(f"language {crash.language[:80]!r} is not in the list")
    if not 1 <= len(crash.causes) <= MOST_CAUSES:
        raise Refused(f"{len(crash.causes)} causes, where 1 to {MOST_CAUSES} are allowed")
    if sum(len(cause.frames) for cause in crash.causes) > MOST_FRAMES:
        raise Refused(f"over {MOST_FRAMES} frames")
    given = window.lines[crash.first_line : crash.last_line + 1]
    causes = tuple(_cause(cause, crash, window, given) for cause in crash.causes)
    thread = None if crash.thread is None else _name(crash.thread, "thread", given)
    return replace(crash, causes=causes, thread=thread)


def _cause(cause: Cause, crash: Crash, window: Window, given: tuple[str, ...]) -> Cause:
    _span(cause.printed, crash, window)
    return replace(
        cause,
        crash_type=_name(cause.crash_type, "crash_type", given),
        message=_text(cause.message, "message", given),
        details=_text(cause.details, "details", given),
        frames=tuple(_frame(frame, crash, window, given) for frame in cause.frames),
    )


def _frame(frame: Frame, crash: Crash, window: Window, given: tuple[str, ...]) -> Frame:
    _span(frame.printed, crash, window)
    for number in (frame.line, frame.column):
        if number is not None and not 0 <= number <= HIGHEST_LINE:
            raise Refused(f"a frame has the line or column {number}")
    return replace(
        frame,
        file=frame.file and _name(frame.file, "file", given),
        function=frame.function and _name(frame.function, "function", given),
        module=frame.module and _name(frame.module, "module", given),
        text=frame.text and _text(frame.text, "text", given),
    )


def _span(span: Span | None, crash: Crash, window: Window) -> None:
    if span is None:
        return
    if not crash.first_line <= span.line <= crash.last_line:
        raise Refused(f"a span on line {span.line} of a crash on {crash.first_line} to {crash.last_line}")
    length = len(window.lines[span.line])
    end = length if span.end is None else span.end
    if not 0 <= span.start <= end <= length:
        raise Refused(f"columns {span.start} to {end} of a line of {length} characters")


def _intent(intent: Intent, crash: Crash, excerpt: Excerpt | None) -> Intent:
    shape = INTENTS.get(intent.kind)
    if shape is None:
        raise Refused(f"intent {intent.kind[:80]!r} is not in the list")
    names = set(intent.args)
    if not set(shape.required) <= names <= {*shape.required, *shape.optional}:
        raise Refused(f"{intent.kind} with the arguments {sorted(names)[:8]}")
    if intent.line is not None and not _is_known(intent.line, crash, excerpt):
        raise Refused(f"{intent.kind} on line {intent.line}, which was not given")
    if any(len(value) > LONGEST_ADVICE or _CONTROL_IN_TEXT.search(value) for value in intent.args.values()):
        raise Refused(f"an argument of {intent.kind} is too long or holds control characters")
    if len(intent.title) > LONGEST_TITLE:
        raise Refused(f"the title of {intent.kind} has {len(intent.title)} characters")
    return replace(intent, title=_without(_CONTROL, intent.title, "title", ()))


def _is_known(line: int, crash: Crash, excerpt: Excerpt | None) -> bool:
    """Whether a source line is in the excerpt or, without one, in a frame."""
    if excerpt is not None:
        return excerpt.line(line) is not None
    return any(frame.line == line for cause in crash.causes for frame in cause.frames)


def _name(value: str, field: str, given: tuple[str, ...]) -> str:
    """A text of one line out of the log. A longer one is cut, since a log can be as strange as it likes."""
    return _without(_CONTROL, value[:LONGEST_NAME], field, given)


def _text(value: str, field: str, given: tuple[str, ...]) -> str:
    """A text of several lines out of the log, cut as well."""
    return _without(_CONTROL_IN_TEXT, value[:LONGEST_TEXT], field, given)


def _advice(value: str, field: str, given: tuple[str, ...]) -> str:
    """A text of the plugin's own. Raises Refused for one that is too long."""
    if len(value) > LONGEST_ADVICE:
        raise Refused(f"{field} has {len(value)} characters, where {LONGEST_ADVICE} are allowed")
    return _without(_CONTROL_IN_TEXT, value, field, given)


def _without(pattern: re.Pattern[str], value: str, field: str, given: tuple[str, ...]) -> str:
    """A control character that the log itself holds is replaced; one that the plugin made up is refused."""
    if not pattern.search(value):
        return value
    for character in set(pattern.findall(value)):
        if character not in "\n\t" and not any(character in text for text in given):
            raise Refused(f"{field} holds the control character U+{ord(character):04X}, which was not given")
    return pattern.sub(lambda match: " " if match[0] in "\n\t" else _REPLACEMENT, value)


def _all_text(crash: Crash, excerpt: Excerpt | None) -> tuple[str, ...]:
    return (*_texts(crash), *(excerpt.lines if excerpt else ()))


def _texts(crash: Crash) -> Iterator[str]:
    for cause in crash.causes:
        yield from (cause.crash_type, cause.message, cause.details)
        yield from (frame.text for frame in cause.frames if frame.text)
