"""The line above the frames: which class was thrown, and what it says."""

import re
from dataclasses import dataclass

_SUFFIX = "(?:Exception|Error|Throwable|Failure|Fault|Violation|Problem|Death|Abort|Timeout|Failed)"
_PART = r"[A-Za-z_$][\w$-]*+"
# A class with an error's name, wherever it stands; it must be followed by a colon or end the line.
_NAMED = re.compile(
    rf"(?<![\w$.\"'/-])(?P<type>(?:{_PART}[./])*+(?=[\w$]*{_SUFFIX})[A-Z_$][\w$]*+)(?P<rest>: ?.*|;.*|\s*+$| -+>?.*)"
)
# A class with a package at the start of the line, whatever its name.
_DOTTED = re.compile(r"(?P<type>(?:[a-z_][\w$]*+\.)+[A-Za-z_$][\w$]*+)(?P<rest>: .*|:\s*+$|\s*+$)")
_SIMPLE = re.compile(r"(?P<type>[A-Z][\w$]*+)(?P<rest>: .*|:\s*+$|\s*+$)")
_THREAD = re.compile(r"(?:\[\w+\] )?Exception in thread (?:\"(?P<thread>[^\"]*)\"|(?P<bare>\S+)) ?")
_MARKUP = re.compile(r"\s*+<(?:error|failure|rerunFailure|flakyFailure|stackTrace)\b[^>]*+>(?:<!\[CDATA\[)?")


@dataclass(frozen=True, slots=True)
class Headline:
    """What a headline says, and from which column of its line on."""

    type: str
    message: str
    column: int
    thread: str | None = None
    escaped: bool = False  # inside XML
    strong: bool = True  # the class alone makes it a headline; otherwise frames must follow at once


def headline(line: str) -> Headline | None:
    """The headline on the line, or None."""
    begin = 0
    thread = None
    markup = _MARKUP.match(line)
    if markup is not None:
        begin = markup.end()
    if (named := _THREAD.search(line, begin)) is not None:
        begin, thread = named.end(), named["thread"] or named["bare"]
    text = line[begin:]
    body = text.lstrip()
    column = begin + len(text) - len(body)
    match = _DOTTED.match(body) or _NAMED.match(body) or _named_within(body)
    if match is not None:
        escaped = markup is not None or body[max(match.start("type") - 1, 0)] == ">"
        return _made(match, column, thread, escaped)
    match = _SIMPLE.match(body)
    if match is not None:
        return _made(match, column, thread, markup is not None, strong=thread is not None)
    return None


def _named_within(body: str) -> re.Match[str] | None:
    """An error's class after other words; one with a package is surer than one without."""
    first = _NAMED.search(body)
    match = first
    for _ in range(4):
        if match is None or "." in match["type"]:
            break
        match = _NAMED.search(body, match.end("type"))
    return match or first


def _made(match: re.Match[str], column: int, thread: str | None, escaped: bool, *, strong: bool = True) -> Headline:
    rest = match["rest"]
    message = rest[1:].strip() if rest.startswith((":", ";")) else rest.strip(" ->")
    name = match["type"].replace("/", ".")
    return Headline(name, message, column + match.start("type"), thread, escaped, strong)
