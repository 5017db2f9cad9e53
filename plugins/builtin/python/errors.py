"""The line that says what was raised: its class, its message, and how far the message goes."""

import re
from collections.abc import Callable, Sequence

from crashlight_sdk.records import starts_record

# A class as ``traceback`` prints it: dotted, with ``<locals>`` for classes made in functions.
ERROR = re.compile(r"(?P<type>[^\W\d]\w*+(?:\.(?:\w++|<locals>|<lambda>))*+)(?::(?: (?P<message>.*))?)?\s*+$")
CAUSED = (
    "The above exception was the direct cause of the following exception:",
    "During handling of the above exception, another exception occurred:",
)
MAX_MESSAGE_LINES = 60

_BELONGS = re.compile(r"\[(?:SQL|parameters|cached since|raised as)|\(Background on this error|\* |- |\{|\}|\)|\]")
_ALIEN = re.compile(
    r">>> |\$ |In \[|Traceback \(|\+-|Process finished|make(?:\[\d+\])?: |npm |E   |Exception (?:ignored )?in "
)

TextAt = Callable[[int], str | None]


def error(text: str) -> tuple[str, str] | None:
    """The class and the first line of the message, or None where the line is no error's headline."""
    match = ERROR.match(text)
    if match is None:
        return None
    name = match["type"]
    plain = name.rpartition(".")[2]
    if not (":" in text or "." in name or plain[:1].isupper() or plain[1:2].isupper() or plain in _LOWER):
        return None
    return name, (match["message"] or "").rstrip()


_LOWER = frozenset({"error", "timeout", "gaierror", "herror", "exception"})


def message_end(text_at: TextAt, headline: int, ends: int) -> int:
    """The last line of the message whose first line is ``headline``; lines of the window, ``ends`` exclusive.

    Nothing marks the end of a message, so a line belongs to it when it is indented, when the one before
    announces it with a colon, when it opens an indented block, or when it has the form of a known addition.
    """
    last = headline
    index = headline + 1
    while index < min(ends, headline + MAX_MESSAGE_LINES):
        text = text_at(index)
        if text is None or not text.strip() or _ALIEN.match(text) or text in CAUSED:
            break
        before = (text_at(last) or "").rstrip()
        after = text_at(index + 1) or ""
        opens_block = after[:1] in (" ", "\t") and bool(after.strip()) and not after.lstrip().startswith('File "')
        belongs = text[0] in " \t" and not text.lstrip().startswith('File "')
        if not (belongs or _BELONGS.match(text) or before.endswith((":", ",", "(", "[", "{")) or opens_block):
            break
        if starts_record(text) and text[0] not in " \t":
            break
        last = index
        index += 1
    return last


def whole_message(first: str, text_at: TextAt, headline: int, last: int) -> str:
    """The message with its further lines."""
    more: Sequence[str] = [text_at(index) or "" for index in range(headline + 1, last + 1)]
    return "\n".join([first, *more])
