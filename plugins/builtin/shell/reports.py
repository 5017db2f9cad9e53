"""Errors that a shell prints for a line of a script: "run.sh: line 12: deploy: command not found"."""

import re

from crashlight_sdk import Cause, Crash, Frame, Span

_SAID = (
    r"(?P<message>(?P<what>.*?): (?P<why>(?:command )?not found|[Nn]o such file or directory|[Pp]ermission denied|"
    r"unbound variable|parameter (?:not set|null or not set)|[Ii]s a directory|cannot execute(?: binary file)?.*|"
    r"Argument list too long|bad substitution|division by 0.*|integer expression expected|unary operator expected|"
    r"binary operator expected|too many arguments|readonly variable|ambiguous redirect|numeric argument required|"
    r"cannot overwrite existing file|bad interpreter.*|Device or resource busy|No space left on device|Text file busy|"
    r"cannot allocate memory|Cannot allocate memory|value too great for base.*|bad array subscript|invalid option.*|"
    r"not a valid identifier|maximum function nesting level exceeded.*|Exec format error|syntax error.*)"
    r"|syntax error.*|unexpected EOF.*|(?P<fork>fork: .*)|warning: here-document.*)\s*$"
)
_BASH = re.compile(
    rf"(?P<file>(?:[\w./~@+-]*/)?[\w.@+-]+|-?(?:ba|z|k|da)?sh|environment): (?:eval: )?line (?P<line>\d++): {_SAID}"
)
_DASH = re.compile(rf"(?P<file>[\w./~+-]*\.(?:sh|bash|zsh|ksh)|/[\w./+-]+|sh): (?P<line>\d++): (?:[\w./-]+: )??{_SAID}")
_ZSH = re.compile(
    r"(?P<file>[\w./~+-]*\.(?:sh|zsh)|zsh|[\w-]+):(?P<line>\d++): (?P<message>(?P<why>command not found"
    r"|no such file or directory|permission denied|parse error.*|bad substitution"
    r"|parameter not set)(?:: (?P<what>.*))?)\s*$"
)


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report on line ``at``; a syntax error is followed by the line that the shell could not read."""
    line = lines[at].strip()
    if ": " not in line or len(line) > 1000:
        return None
    match = _BASH.match(line) or _DASH.match(line) or _ZSH.match(line)
    if match is None:
        return None
    shift = len(lines[at]) - len(lines[at].lstrip())
    file, message = match["file"], match["message"]
    span = Span(at, match.start("file") + shift, match.end("line") + shift)
    interactive = file.rpartition("/")[2].lstrip("-") in ("bash", "sh", "zsh", "dash", "ksh", "environment")
    last = at
    if (
        "syntax error" in message
        and at + 1 < len(lines)
        and lines[at + 1].strip().startswith(match[0].partition(message)[0])
    ):
        last = at + 1
    frame = Frame(file, int(match["line"]), None, origin="unknown" if interactive else "app", printed=span)
    cause = Cause("error", message, (frame,), Span(at, match.start("message") + shift))
    return Crash("shell", at, last, (cause,))
