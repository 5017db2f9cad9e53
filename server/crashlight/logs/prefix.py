"""Prefixes of lines, learnt from the lines themselves.

A container runtime, a CI system or a logger puts the same kind of text in front of every line: a time, a
name, a bar. It is found as what a line with a trigger and the lines around it have in common, number for number
and word for word, in front of the trigger. Lines that carry the same prefix with other words or ids
belong to other threads or containers, and are put apart.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from crashlight.logs.lines import Line

MAX_HEAD = 240  # characters at the front of a line that may be a prefix
AFTER, BEFORE = 12, 6  # lines around a trigger that are compared with it
MAX_LENGTHS = 3

_TOKEN = re.compile(r"[ \t]+|[^\W\d]*+\d\w*+|[^\W\d]++|.", re.DOTALL)
_CLOSERS = frozenset("|]>):}-;,#")
_VOLATILE = frozenset(  # words that change from line to line of one stream: levels, streams, months, days
    re.findall(
        r"\w+",
        "trace debug info notice warn warning error severe critical fatal fine finer finest t d i n w e f c v a "
        "err stdout stderr out p o jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun",
    )
)
_TIME = re.compile(
    r"\d{4}[-/.]\d\d[-/.]\d\d(?:[T ]\d\d:\d\d:\d\d(?:[.,]\d++)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\d{1,2}[-/]\d{1,2}(?=[ T]\d)|\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d++)?|(?<=[a-z])[ ]{1,2}\d{1,2}(?=[ ]\d\d:)"
    r"|\d{10,}+(?:\.\d++)?|(?<=\[)[ ]*+\d++\.\d++(?=\])"
)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    end: int
    kind: str  # "space", "number", "word", or the character itself

    def like(self, other: "_Token") -> bool:
        """Whether both may stand at the same place of one kind of prefix."""
        if self.kind != other.kind:
            return False
        if self.kind != "word" or self.text == other.text:
            return True
        return self.text.lower() in _VOLATILE and other.text.lower() in _VOLATILE


@dataclass(frozen=True, slots=True)
class Prefix:
    """``pattern`` matches the whole prefix; the groups that ``names`` lists say which stream a line belongs to."""

    pattern: re.Pattern[str]
    names: tuple[int, ...]
    certain: bool  # holds a time or ends in a bar: nothing that a trace would print

    def apart(self, lines: Sequence[Line]) -> list[list[Line]]:
        """The lines by stream, without the prefix, and last those that have none."""
        by_stream: dict[tuple[str, ...], list[Line]] = {}
        rest: list[Line] = []
        for line in lines:
            match = self.pattern.match(line.text)
            if match:
                stream = tuple(match[index] for index in self.names)
                by_stream.setdefault(stream, []).append(line.cut(match.end()))
            else:
                rest.append(line)
        return [*by_stream.values(), rest] if rest else list(by_stream.values())


def learn(lines: Sequence[Line], hit: int, column: int) -> list[Prefix]:
    """What may be the prefix of the line ``hit``, whose trigger stands at ``column``, the shortest first.

    There are several where some of the lines around it have more in common with it than others, as the frames of a
    stack trace have.
    """
    head = _tokens(lines[hit].text[: min(column, MAX_HEAD)])
    if head and head[0].kind == "space":
        head = head[:1]  # Nothing that wraps lines begins with white space, unless that is all there is.
    if not head:
        return []
    around = [*range(hit + 1, min(len(lines), hit + 1 + AFTER)), *range(max(0, hit - BEFORE), hit)]
    neighbours: dict[int, list[list[_Token]]] = {}
    for index in around:
        tokens = _tokens(lines[index].text[:MAX_HEAD], len(head) + 1)
        length = _common(head, tokens)
        if length:
            neighbours.setdefault(length, []).append(tokens)
    return [
        _prefix(head[:length], [tokens for longer in neighbours for tokens in neighbours[longer] if longer >= length])
        for length in sorted(neighbours)[:MAX_LENGTHS]
    ]


def _tokens(text: str, most: int | None = None) -> list[_Token]:
    tokens = []
    for match in islice(_TOKEN.finditer(text), most):
        first = match[0][0]
        if first in " \t":
            kind = "space"
        elif len(match[0]) > 1 or first.isalnum() or first == "_":
            kind = "number" if any(character.isdigit() for character in match[0]) else "word"
        else:
            kind = first
        tokens.append(_Token(match[0], match.end(), kind))
    return tokens


def _common(head: list[_Token], other: list[_Token]) -> int:
    """How many tokens both begin with, up to a place where a prefix may end; 0 when the other has nothing behind it."""
    length = 0
    for mine, its in zip(head, other, strict=False):
        if not mine.like(its):
            break
        length += 1
    if length == len(other):
        return 0
    while length and head[length - 1].kind != "space" and head[length - 1].kind not in _CLOSERS:
        length -= 1
    return length


def _prefix(tokens: list[_Token], neighbours: list[list[_Token]]) -> Prefix:
    text = "".join(token.text for token in tokens)
    times = [match.span() for match in _TIME.finditer(text)]
    parts: list[str] = []
    names: list[int] = []
    groups = 0
    for index, token in enumerate(tokens):
        last = index == len(tokens) - 1
        if token.kind == "space":
            if index == 0 and last:
                parts.append(re.escape(token.text))  # An indented report: its own indentation is kept.
            else:
                parts.append("(?:[ \\t]|$)" if last else "[ \\t]++")
        elif token.kind in ("number", "word"):
            groups += 1
            parts.append(r"([^\W\d]*+\d\w*+)" if token.kind == "number" else r"([^\W\d]++)")
            if not _changes(token, index, times, neighbours):
                names.append(groups)
        else:
            parts.append(re.escape(token.text))
    certain = bool(times) or text.rstrip().endswith("|")
    return Prefix(re.compile("".join(parts)), tuple(names), certain)


def _changes(token: _Token, index: int, times: list[tuple[int, int]], neighbours: list[list[_Token]]) -> bool:
    """Whether this part differs from line to line within one stream."""
    start = token.end - len(token.text)
    if any(start < end and first < token.end for first, end in times):
        return True
    if token.kind == "word":
        return token.text.lower() in _VOLATILE
    others = [tokens[index].text for tokens in neighbours if index < len(tokens)]
    return sum(other != token.text for other in others) > 0.7 * len(others)
