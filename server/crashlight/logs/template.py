"""Messages without what differs from run to run: ids, numbers, addresses, times, hosts, paths of temporary files.

One pass of one linear pattern over at most ``MAX_MESSAGE`` characters of the message.
"""

import re

MAX_MESSAGE = 2_000

_NAMED = {
    "url": r"\b[a-z][a-z0-9+.-]{1,20}+://[^\s'\"<>()]++",
    "email": r"\b[\w.+-]{1,64}+@[\w-]{1,64}+(?:\.[\w-]{1,64}+){1,8}+",
    "time": r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d++)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\b\d\d:\d\d:\d\d(?:[.,]\d++)?",
    "uuid": r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b",
    "host": r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d++)?\b|\[[0-9a-fA-F:]{4,45}\](?::\d++)?|\blocalhost(?::\d++)?\b"
    r"|\b[A-Za-z][\w-]{0,62}+(?:\.[A-Za-z][\w-]{0,62}+){0,8}+:\d{2,5}\b(?![:.\d])",
    "path": r"(?<![\w.])(?:[A-Za-z]:)?(?:[/\\][^\s'\"<>:;,()|*?/\\]++){2,}+[/\\]?",
    "object": r"@[0-9a-f]{5,16}\b",
    "hex": r"\b0x[0-9a-fA-F]++|\b[0-9a-f]{7,}+\b",
    "text": r"\"(?:[^\"\\\n]++|\\.)*+\"|(?<!\w)'(?:[^'\\\n]++|\\.)*+'(?!\w)|`[^`\n]*+`",
    "n": r"[-+]?\d++(?:[.,_]\d++)*+",
}
_PATTERN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _NAMED.items()))
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z_$.-]{0,60}+")
_SPACES = re.compile(r"\s++")


def template(message: str) -> str:
    """``message`` with placeholders; quoted names without digits stay, since they tell one bug from another."""
    return _SPACES.sub(" ", _PATTERN.sub(_placeholder, message[:MAX_MESSAGE])).strip()


def _placeholder(match: re.Match[str]) -> str:
    kind, text = match.lastgroup, match[0]
    if kind == "text":
        inner = text[1:-1]
        return text if _IDENTIFIER.fullmatch(inner) else f"{text[0]}<text>{text[0]}"
    if kind == "path":
        name = re.split(r"[/\\]", text.rstrip("/\\"))[-1]
        return "<path>/" + _PATTERN.sub("<n>", name) if not _is_temporary(text) else "<path>"
    if kind == "hex" and text.isalpha():
        return text
    return f"<{kind}>"


def _is_temporary(path: str) -> bool:
    lowered = path.lower()
    return any(part in lowered for part in ("/tmp", "\\temp", "/var/folders", "/temp/", "/run/", "/proc/"))  # noqa: S108 - compared, not used
