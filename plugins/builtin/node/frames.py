"""One frame as V8 prints it (Node, Deno, Bun, Chrome, Edge, Hermes), and whose code it is."""

import re

from crashlight_sdk import Frame, Origin, Span

# "at async load (/srv/app/users.js:17:9)", "at /srv/app/users.js:17:9", "at b.D in src/zone.ts:222:24",
# Vitest: "❯ load src/users.ts:17:9".
_AT = re.compile(r"(?P<lead>\s*+(?:at|❯|»|eval at)\s++)(?P<rest>\S.*?)\s*$")
_PLACE = re.compile(r"(?P<file>\S.*?):(?P<line>\d++|\*)(?::(?P<column>\d++|\*))?$")
_FUNCTION = re.compile(r"(?P<function>[^()]*?|.*?\[as [^\]]*\]) ?\((?P<place>.*)\)(?: \{)?,?$")
_IN = re.compile(r"(?P<function>\S+) in (?P<place>\S+:\d+(?::\d+)?)$")
_LAST = re.compile(r"(?P<function>\S.*) (?P<place>\S+\.\w+:\d+:\d+)$")
_EVAL = re.compile(r"eval at [^(]*\((?P<place>[^()]*)\)")
_NO_PLACE = ("native", "<anonymous>", "unknown location", "index 0", "unknown")

_RUNTIME = re.compile(
    r"^(?:node:|internal/|native |\[native|<anonymous>$|ext:|deno:|bun:|https://deno\.land/std|evalmachine)"
    r"|^(?:_?\w+|internal/[\w/]+|async_hooks|timers|events|net|fs|module|domain|bootstrap_node|vm|util|assert)\.js$"
)
_LIBRARY = re.compile(
    r"[/\\](?:node_modules|bower_components|\.pnpm|\.yarn)[/\\]|/npm:|^npm:|//(?:cdn|unpkg|esm\.sh|jspm|cdnjs)|\.min\.js$"
    r"|^(?:chrome|moz|safari)-(?:web-)?extension:|/webpack/(?:bootstrap|runtime)|(?:^|/)(?:vendors?|polyfills?)[.~-][\w.~-]*js$"
)
_RUNNER = re.compile(
    r"node_modules[/\\](?:\.pnpm[/\\][^/\\]+[/\\]node_modules[/\\])?(?:jest[\w-]*|@jest|expect|mocha|chai|vitest|@vitest|"
    r"jasmine[\w-]*|tap|ava|@playwright|cypress|karma|ts-node|tsx|esbuild-register)[/\\]"
)


def frame_of(line: str, index: int) -> Frame | None:
    """The frame that the line prints, or None. Any text after "at" is one; see :func:`is_certain`."""
    found = _AT.match(line)
    if found is None:
        return None
    rest, begin = found["rest"], found.start("rest")
    if rest.endswith((" {", ",", " {,")):
        rest = rest.rstrip(" {,")
    function, place, shift = _split(rest)
    inner = _EVAL.search(place)
    if inner is not None:
        shift += inner.start("place")
        place = inner["place"]
    where = _PLACE.match(place)
    function = _clean(function)
    if where is None:
        file = None if place.strip() in ("", *_NO_PLACE) else place.strip()
        return Frame(file, None, function, origin="runtime" if file is None else origin(file), printed=None)
    file = where["file"].removeprefix("address at ")
    shift += len(where["file"]) - len(file)
    place = place[len(where["file"]) - len(file) :]
    if file == "eval code":
        return Frame(None, None, function, origin="runtime")
    return Frame(
        file=file,
        line=_number(where["line"]),
        function=function,
        column=_number(where["column"]),
        origin=origin(file),
        printed=Span(index, begin + shift, begin + shift + len(place)),
    )


def is_certain(frame: Frame, line: str) -> bool:
    """Whether the line can only be JavaScript's: a column, a place inside Node, or one of V8's own words."""
    if frame.column is not None or (frame.file or "").startswith(("node:", "internal/", "file:///")):
        return True
    return line.rstrip(" {,").endswith(("(native)", "(<anonymous>)", "(unknown location)")) or "<anonymous>" in line


def _split(rest: str) -> tuple[str | None, str, int]:
    """Function and place of what follows "at", and where the place begins in it."""
    if rest.endswith(")"):
        match = _FUNCTION.match(rest)
        if match is not None and not match["function"].rstrip().endswith(":"):
            return match["function"], match["place"], match.start("place")
    match = _IN.match(rest)
    if match is None and not rest.startswith(("/", "file:", "http", "node:", "async ")):
        match = _LAST.match(rest)
    if match is not None:
        return match["function"], match["place"], match.start("place")
    if _PLACE.match(rest) or "/" in rest:
        bare = rest.removeprefix("async ")
        return None, bare, len(rest) - len(bare)
    return rest, "", len(rest)


def _clean(function: str | None) -> str | None:
    if not function:
        return None
    return function.strip().removeprefix("async ").removeprefix("new ") or None


def _number(text: str | None) -> int | None:
    return int(text[:9]) if text and text.isdigit() and int(text[:9]) > 0 else None


def origin(file: str) -> Origin:
    """The origin by where packages lie, and by the names that engines give their own files."""
    if _RUNNER.search(file):
        return "runtime"
    if _LIBRARY.search(file):
        return "library"
    if _RUNTIME.match(file):
        return "runtime"
    if file.startswith("<") and file.endswith(">"):
        return "unknown"
    return "app"
