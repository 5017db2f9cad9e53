"""Unhandled exceptions of Dart, and what Flutter's framework catches and draws."""

import re

from crashlight_sdk import Cause, Crash, Frame, Origin, Span
from crashlight_sdk.records import starts_record

_FRAME = re.compile(
    r"\s*+#(?P<number>\d++)\s++(?P<function>\S.*?) \((?P<file>(?:package|dart"
    r"|file|org-dartlang-\w+|https?):[^)\s]+?|[^)\s:]+\.dart|[A-Za-z]:[^)\s]+?\.dart)"
    r"(?::(?P<line>\d++))?(?::(?P<column>\d++))?\)\s*$"
)
_TERSE = re.compile(
    r"\s*+(?P<file>(?:package:|dart:|file:|[\w./-]+\.dart)\S*)\s+(?P<line>\d++):(?P<column>\d++)\s++(?P<function>\S.*)$"
)
_GAP = re.compile(r"\s*+(?:<asynchronous suspension>|\(elided .*\)|\.\.\.\s.*|={2,} asynchronous gap ={2,}|\.\.\.)\s*$")
_HEAD = re.compile(r"(?P<lead>.*?)(?:Unhandled [Ee]xception:|Uncaught Error:|Unhandled error)\s*(?P<rest>.*)$")
_BANNER = re.compile(r"(?P<banner>EXCEPTION CAUGHT BY (?P<library>[A-Z][\w ]*?))[ ╞═]*$")
_THROWN = re.compile(
    r"The following (?P<type>_?\w+(?:<[^>]*>)?)(?: object)? was thrown.*:|The following (?P<type2>\w+) was thrown"
)
_STACK_WORDS = "When the exception was thrown, this was the stack"
_CLASS = re.compile(r"(?<!\w)(?P<type>_?[A-Z]\w*(?:Exception|Error|Failure)\w*)(?: \([^)]*\))?(?:: (?P<message>.*))?$")
_KNOWN = re.compile(
    r"(?P<type>Bad state|Invalid argument\(s\)|Invalid argument|RangeError(?: \([^)]*\))?"
    r"|Unsupported operation"
    r"|Concurrent modification during iteration"
    r"|Stack Overflow|Out of Memory|Exception|Assertion failed|Failed assertion"
    r"|LateInitializationError|Null check operator used on a null value"
    r"|IntegerDivisionByZeroException|UnimplementedError"
    r"|type '[^']*' is not a subtype of type '[^']*'[^:]*)(?:: (?P<message>.*))?"
)
MAX_MESSAGE_LINES = 30


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose first line is ``at``, or whose first frame is where no such line stands above."""
    line = lines[at]
    if "nhandled " in line or "Uncaught Error:" in line:
        head = _HEAD.match(line)
        if head is not None:
            return _unhandled(lines, at, head)
    if "EXCEPTION CAUGHT BY " in line and (banner := _BANNER.search(line)) is not None:
        return _framework(lines, at, banner)
    if line.lstrip().startswith("#0 ") and _FRAME.match(line):
        return _bare(lines, at, floor)
    return None


def _unhandled(lines: tuple[str, ...], at: int, head: re.Match[str]) -> Crash | None:
    rest = head["rest"].strip()
    said_at = at if rest else at + 1
    begin = said_at + 1
    while begin < min(len(lines), at + MAX_MESSAGE_LINES) and not _FRAME.match(lines[begin]):
        if starts_record(lines[begin]):
            break
        begin += 1
    frames, last = _frames(lines, begin)
    if not frames:
        return None
    text = "\n".join([rest, *lines[at + 1 : begin]] if rest else lines[at + 1 : begin]).strip()
    name, message = _said(text)
    return Crash("dart", at, last, (Cause(name, message, tuple(frames), Span(said_at)),))


def _bare(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """Frames below an error that a handler printed."""
    frames, last = _frames(lines, at)
    index = at - 1
    while index > floor and not lines[index].strip():
        index -= 1
    named = index >= floor and bool(_CLASS.search(lines[index]) or _KNOWN.search(lines[index]))
    if not named:
        return Crash("dart", at, last, (Cause("unknown", "", tuple(frames)),)) if len(frames) > 1 else None
    found = _CLASS.search(lines[index]) or _KNOWN.search(lines[index])
    assert found is not None  # it was found by the same patterns
    cause = Cause(found["type"], (found["message"] or "").strip(), tuple(frames), Span(index, found.start("type")))
    return Crash("dart", index, last, (cause,))


def _framework(lines: tuple[str, ...], at: int, banner: re.Match[str]) -> Crash | None:
    """Flutter's report: a banner, "The following … was thrown", the message, the stack, a closing rule."""
    name, message_lines, printed = "FlutterError", [], Span(at, banner.start("banner"))
    index = at + 1
    while index < min(len(lines), at + 200) and not _FRAME.match(lines[index]) and not _closes(lines[index]):
        thrown = _THROWN.match(lines[index].strip())
        if thrown is not None:
            name, printed = thrown["type"] or thrown["type2"], Span(index, thrown.start())
        elif _STACK_WORDS not in lines[index]:
            message_lines.append(lines[index])
        index += 1
    frames, last = _frames(lines, index)
    if not frames:
        last = index - 1
    else:
        closing = next((number for number in range(last + 1, min(len(lines), last + 3)) if lines[number].strip()), last)
        last = closing if _closes(lines[closing]) else last
    paragraph = "\n".join(message_lines).strip().partition("\n\n")
    cause = Cause(name, paragraph[0].strip(), tuple(frames), printed, paragraph[2].strip())
    return Crash("dart", at, last, (cause,))


def _closes(line: str) -> bool:
    return len(line) > 20 and set(line.strip()) == {"═"}


def _frames(lines: tuple[str, ...], index: int) -> tuple[list[Frame], int]:
    frames: list[Frame] = []
    last = index - 1
    while index < len(lines):
        match = _FRAME.match(lines[index]) or _TERSE.match(lines[index])
        if match is not None:
            file = match["file"]
            frames.append(
                Frame(
                    file=file,
                    line=int(match["line"]) if match["line"] else None,
                    function=match["function"],
                    column=int(match["column"]) if match["column"] else None,
                    origin=_origin(file),
                    printed=Span(index, match.start("file"), match.end("line") if match["line"] else match.end("file")),
                )
            )
            last = index
        elif _GAP.match(lines[index]):
            last = index
        else:
            break
        index += 1
    return frames, last


def _said(text: str) -> tuple[str, str]:
    """Class and message of what was thrown; errors of the core library print words instead of a class."""
    first, _, more = text.partition("\n")
    for pattern in (_CLASS, _KNOWN):
        match = pattern.match(first)
        if match is not None:
            message = "\n".join(part for part in ((match["message"] or ""), more) if part).strip()
            return match["type"], message
    name, separator, message = first.partition(": ")
    if separator and re.fullmatch(r"_?[A-Z]\w*", name):
        return name, "\n".join([message, more]).strip()
    return "Unhandled exception", text


def _origin(file: str) -> Origin:
    if file.startswith(("dart:", "org-dartlang")):
        return "runtime"
    if file.startswith(
        ("package:flutter/", "package:flutter_test/", "package:test", "package:matcher/", "package:stack_trace/")
    ):
        return "runtime" if "test" in file or "matcher" in file or "stack_trace" in file else "library"
    if "/.pub-cache/" in file or "/flutter/packages/" in file or file.startswith(_PACKAGES):
        return "library"
    return "app"


_PACKAGE_NAMES = """
    async bloc built_value chopper cloud_firestore collection dio drift fake_async firebase_auth firebase_core
    flame flutter_bloc flutter_riverpod flutter_web_plugins freezed_annotation get get_it go_router hive
    hooks_riverpod http http_parser injectable intl isar json_annotation logger mobx moor path path_provider
    provider riverpod rxdart shared_preferences shelf shelf_router sqflite sqflite_common sqlite3 url_launcher
    vm_service web_socket_channel
"""
_PACKAGES = tuple(f"package:{name}/" for name in _PACKAGE_NAMES.split())
