"""Log text made harmless for a terminal or a page: nothing in it is obeyed."""

import re
import unicodedata

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")


def harmless(text: str) -> str:
    """``text`` with control characters, direction marks and invisible characters written out."""
    return _UNSAFE.sub(lambda match: f"\\x{ord(match[0]):02x}" if ord(match[0]) < 256 else _named(match[0]), text)


def one_line(text: str, limit: int = 200) -> str:
    """``text`` on one line of at most ``limit`` characters."""
    joined = harmless(" ".join(text.split()))
    return joined if len(joined) <= limit else joined[: limit - 1] + "…"


def _named(character: str) -> str:
    return f"\\u{ord(character):04x}" if unicodedata.category(character) != "Zs" else " "
