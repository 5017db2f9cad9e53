"""One frame of a Ruby backtrace, and whose code it is."""

import re

from crashlight_sdk import Frame, Origin, Span

# "from app/users.rb:17:in `load'", "# ./spec/users_spec.rb:5:in 'block in <main>'", "2: from …",
# and Rails' short form "actionpack (7.0.4) lib/action_dispatch/routing.rb:63:in `call'".
FRAME = re.compile(
    r"\s*+(?:\d++: )?(?:from |# |at )?(?P<gem>[\w-]++ \([\w.]++\) )?"
    r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:`'\"()\[\]{}|,;=][^:`'\"(){}|,;=]*?|<internal:[^>]++>"
    r"|\(\w[\w ]*\)):(?P<line>\d++)"
    r"(?::in ?[`'](?P<function>.*?)')?(?P<rest>:? .*|:)?$"
)
_GEM = re.compile(r"(?:^|[/\\])(?:gems|bundle|bundler|vendor[/\\]\w*ruby|\.gem|\.rbenv[/\\].*gems)[/\\]")
_RUNNER = re.compile(r"[/\\](?:minitest|rspec[\w-]*|test-unit|cucumber[\w-]*|mocha|zeitwerk|bootsnap|power_assert)-\d")
_RUNTIME = re.compile(
    r"^<internal:|[/\\]lib(?:64)?[/\\]ruby[/\\]|^ruby[/\\]\d|[/\\]rubygems[/\\]|^\((?:eval|irb|pry|erb)"
)
_SCRIPT = re.compile(r"(?:^|[/\\])(?:bin|exe|Scripts)[/\\][^/\\]+$")


def frame_of(line: str, index: int, *, bare: bool = False) -> Frame | None:
    """The frame that the line prints. Without ``bare`` it must name a function, or be marked by "from" or "#"."""
    match = FRAME.match(line) if ":" in line else None
    if match is None or (match["rest"] or "").strip(" :"):
        return None
    marked = line.lstrip()[:5].startswith(("from ", "# ")) or "from " in line[:8]
    if (
        match["function"] is None
        and not marked
        and not (bare and match["file"].endswith((".rb", ".ru", "file", ".erb")))
    ):
        return None
    return made(match, index)


def made(match: re.Match[str], index: int) -> Frame:
    """The frame of a match."""
    file = match["file"]
    library = match["gem"] is not None
    return Frame(
        file=file,
        line=int(match["line"]),
        function=match["function"],
        module=(match["gem"] or "").partition(" ")[0] or None,
        origin="library" if library else origin(file),
        printed=Span(index, match.start("file"), match.end("line")),
    )


def origin(file: str) -> Origin:
    """The origin by where gems and Ruby's own files lie."""
    if _RUNNER.search(file):
        return "runtime"
    if _GEM.search(file):
        return "library"
    if _RUNTIME.search(file):
        return "runtime"
    return "library" if _SCRIPT.search(file) and not file.endswith(".rb") else "app"
