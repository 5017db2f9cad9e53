"""Secrets out of text, and back into what was written in its place.

Every pattern is bounded, so that the time is linear in the text. Lines stay lines: a secret of several
lines becomes one placeholder a line, and line numbers keep their meaning.
"""

import hashlib
import re
from dataclasses import dataclass, field

from crashlight.sources.languages import words

REMOVED = "[redacted]"

# What is secret by its own shape; the group `secret`, where there is one, else the whole match.
_SHAPES = [
    re.compile(pattern)
    for pattern in (
        r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])",  # AWS access key ids
        r"(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{20,255}",  # GitHub
        r"(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{20,255}",
        r"(?<![A-Za-z0-9])gl(?:pat|ptt|rt|dt|cbt)-[A-Za-z0-9_-]{16,255}",  # GitLab
        r"(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,255}",  # Slack
        r"https://hooks\.slack\.com/services/(?P<secret>[A-Za-z0-9/]{20,128})",
        r"(?<![A-Za-z0-9])(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,128}",  # Stripe
        r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20,255}",  # OpenAI, Anthropic
        r"(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}",  # Google
        r"(?<![A-Za-z0-9])ya29\.[A-Za-z0-9_-]{20,512}",
        r"(?<![A-Za-z0-9])(?:npm|hf|dop_v1|shpat|shpss)_[A-Za-z0-9]{20,128}",
        r"(?<![A-Za-z0-9])pypi-[A-Za-z0-9_-]{20,512}",
        r"(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}",  # SendGrid
        r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,8192}(?:\.[A-Za-z0-9_-]{4,2048})?",  # JWT
        r"(?i)\b(?:bearer|basic)[ ]{1,4}(?P<secret>[A-Za-z0-9._~+/=-]{12,4096})",
        r"(?i)\bAccountKey=(?P<secret>[A-Za-z0-9+/=]{20,256})",  # Azure
        r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s:/@\"'<>]{0,256}:(?P<secret>[^\s/@\"'<>]{1,256})@",
        r"(?<![\w.+%-])[\w.+%-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,6}\.[A-Za-z]{2,24}(?![\w@])",
    )
]

# A word that promises a secret. Its pattern begins with the word itself, so that a search skips to it.
_KEY = (
    r"(?i:passwo?r?d|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|client[_-]?key"
    r"|auth[_-]?key|credentials?|connection[_-]?string|session[_-]?id|cookie)[\w-]{0,24}+"
)
# A name that promises a secret and a value in quotes, in source, JSON, YAML and the like.
_QUOTED = re.compile(
    _KEY + r"[\"']?\]?\s{0,4}(?:=>|:=|[:=])\s{0,4}(?P<quote>[\"'`])(?P<secret>[^\"'`\n]{1,512})(?P=quote)"
)
# The same without quotes, as logs, .env files, addresses and command lines write it.
_BARE = re.compile(
    _KEY + r"(?P<gap>=|[:=][ ]{1,2}|[ ]=[ ])(?P<secret>[^\s\"'`,;&|<>(){}\[\]]{3,512})(?P<after>[(\[.]?)"
)

_CODE_WORD = re.compile(r"^(?:[A-Za-z_$][\w$]{0,80}(?:(?:\.|::|->)[A-Za-z_$][\w$]{0,80}){0,8}\??|\$\w{1,80})$")
_KEY_BLOCK_START = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_BLOCK_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_PLACEHOLDER = re.compile(r"HIDDEN_[0-9a-f]{8}_\d{1,5}")


class RedactionError(ValueError):
    """A text that was written for a redacted one lost, moved or added a placeholder."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text without its secrets. The placeholders are identifiers that occur nowhere in the original."""

    text: str
    secrets: dict[str, str] = field(default_factory=dict, repr=False)  # placeholder → secret

    def restore(self, written: str, replaced: str | None = None) -> str:
        """``written`` with the secrets put back.

        ``replaced`` is the part of ``text`` whose place it takes; all of it where None. Raises
        RedactionError unless ``written`` holds exactly its placeholders, in their order, each behind the
        same words.
        """
        before = _surroundings(self.text if replaced is None else replaced)
        after = _surroundings(written)
        if [name for name, _ in before] != [name for name, _ in after]:
            raise RedactionError("a hidden value was lost, doubled, added, or changed its place")
        if before != after:
            raise RedactionError("a hidden value was moved to another name or literal")
        # What only looks like a placeholder stood in the original, and stays.
        return _PLACEHOLDER.sub(lambda match: self.secrets.get(match.group(), match.group()), written)


def redact(text: str) -> Redaction:
    """Hide tokens, keys, passwords, e-mail addresses and credentials in addresses, each behind a name of its own.

    The names depend on the text alone, so that the same text makes the same prompt.
    """
    spans = _spans(text)
    if not spans:
        return Redaction(text)
    nonce, salt = "", 0
    while not nonce or f"HIDDEN_{nonce}" in text:
        nonce = hashlib.blake2s(text.encode(errors="replace"), digest_size=4, salt=salt.to_bytes(8, "big")).hexdigest()
        salt += 1
    names: dict[str, str] = {}
    parts, at = [], 0
    for start, end in spans:
        secret = text[start:end]
        name = names.setdefault(secret, f"HIDDEN_{nonce}_{len(names) + 1}")
        parts += [text[at:start], name]
        at = end
    parts.append(text[at:])
    return Redaction("".join(parts), {name: secret for secret, name in names.items()})


def scrub(text: str) -> str:
    """The text as it may be stored: every secret becomes ``[redacted]``, for good."""
    parts, at = [], 0
    for start, end in _spans(text):
        parts += [text[at:start], REMOVED]
        at = end
    return "".join([*parts, text[at:]])


def placeholders(text: str) -> list[str]:
    """The placeholders of any prompt that stand in the text."""
    return _PLACEHOLDER.findall(text)


def _spans(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = list(_key_blocks(text))
    for shape in _SHAPES:
        group = "secret" if "secret" in shape.groupindex else 0
        found += [match.span(group) for match in shape.finditer(text)]
    found += [match.span("secret") for match in _QUOTED.finditer(text) if _is_value(match["secret"])]
    found += [
        match.span("secret") for match in _BARE.finditer(text) if not _is_code(match) and _is_value(match["secret"])
    ]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return merged


def _key_blocks(text: str) -> list[tuple[int, int]]:
    """The lines of private keys, one span a line, without the lines that say what it is."""
    spans: list[tuple[int, int]] = []
    at = 0
    while (start := _KEY_BLOCK_START.search(text, at)) is not None:
        end = _KEY_BLOCK_END.search(text, start.end())
        # A key that was cut off by the end of the text is a key all the same.
        stop = end.start() if end else min(len(text), start.end() + 8192)
        at = end.end() if end else stop
        position = start.end()
        for line in text[position:stop].split("\n"):
            body = line.strip()
            if body:
                first = position + line.index(body)
                spans.append((first, first + len(body)))
            position += len(line) + 1
    return spans


def _is_code(match: re.Match[str]) -> bool:
    """`token = parser.next()` and `password: str` are code; `password=hunter2` in a log is not."""
    secret, gap = match["secret"], match["gap"]
    if secret.startswith(("=", ">")):
        return True
    if not _CODE_WORD.match(secret):
        return False
    if gap.startswith(":") and any(c.isdigit() for c in secret):
        return False
    return gap != "=" or match.string[: match.start("gap")].endswith(secret) or bool(match["after"])


def _is_value(secret: str) -> bool:
    plain = secret.strip().lower()
    if plain.startswith(("${", "{{", "%(", "#{", "hidden_", "process.env", "os.environ", REMOVED)):
        return False
    return len(plain) > 2 and plain not in _NO_SECRETS and bool(plain.strip("*x.-_ "))


_NO_SECRETS = words(
    "none null nil true false undefined str string int bytes bool any optional required missing invalid"
    " expired empty object number password token secret unknown redacted"
)


def _surroundings(text: str) -> list[tuple[str, str]]:
    """Each placeholder with the words that lead to it on its line, whatever the spaces."""
    found = []
    for match in _PLACEHOLDER.finditer(text):
        line_start = text.rfind("\n", 0, match.start()) + 1
        lead = text[max(line_start, match.start() - 200) : match.start()]
        words = re.findall(r"\w+|[^\w\s]", lead)
        # The literal's opening and the name before it: `password = "` or `://user:`.
        tail: list[str] = []
        for word in reversed(words):
            tail.append(word)
            if word[0].isalnum() or word[0] == "_" or len(tail) == 6:
                break
        found.append((match.group(), " ".join(reversed(tail))))
    return found
