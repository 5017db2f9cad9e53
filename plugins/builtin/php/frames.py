"""One frame of a PHP stack trace, and whose code it is."""

import re

from crashlight_sdk import Frame, Origin, Span

# "#0 /srv/app/users.php(17): User->load('x')", "#3 [internal function]: {closure}()", "#4 {main}"; Xdebug prints
# "PHP   2. load() /srv/app/users.php:17".
_FRAME = re.compile(
    r"\s*+#(?P<number>\d++) (?:(?P<internal>\[internal function\])|(?P<main>\{main\})"
    r"|(?P<file>[^\n]+?)\((?P<line>\d++)\))"
    r"(?:: (?P<call>.*))?$"
)
_CUT = re.compile(r"\s*+#(?P<number>\d++) (?P<file>\S[^\n(]*)\((?P<line>\d++)\)(?P<call>:?.*)$")
_XDEBUG = re.compile(
    r"(?:PHP)?\s++(?P<number>\d++)\. (?P<call>\S.*?) (?P<file>/[^:]+|[A-Z]:\\[^:]+):(?P<line>\d++)\s*$"
)
_LIBRARY = re.compile(r"[/\\](?:vendor|node_modules|pear|wp-includes|wp-admin|phar:)[/\\]|^phar://")
_RUNNER = re.compile(r"[/\\]vendor[/\\](?:phpunit|bin|pestphp|sebastian|mockery)[/\\]|[/\\]phpunit$")


def frame_of(line: str, index: int) -> Frame | None:
    """The frame that the line prints, or None; ``{main}`` is a frame without a place."""
    match = _FRAME.match(line) or _CUT.match(line) if "#" in line else None
    if match is None:
        match = _XDEBUG.match(line) if ". " in line else None
        if match is None:
            return None
    groups = match.groupdict()
    call = _function(groups.get("call") or "")
    if groups.get("main"):
        return Frame(None, None, "{main}", origin="runtime")
    if groups.get("internal"):
        return Frame(None, None, call, origin="runtime")
    file = match["file"]
    return Frame(
        file=file,
        line=int(match["line"]),
        function=call,
        origin=origin(file),
        printed=Span(index, match.start("file"), match.end("line")),
    )


def shifted(frames: list[Frame], thrown: Frame | None) -> tuple[Frame, ...]:
    """The frames with each function beside the line that it contains.

    PHP prints the function that was *called* beside the place of the call; the place where the exception was
    made stands in the headline. So every function moves one place inwards, and the outermost is ``{main}``.
    """
    places = ([thrown] if thrown is not None else []) + frames
    names = [frame.function for frame in frames] + [None]
    if thrown is None:
        return tuple(frames)
    moved: list[Frame] = []
    for place, name in zip(places, names, strict=True):
        if place.file is None and place.function == "{main}":
            continue
        moved.append(
            Frame(place.file, place.line, name, module=place.module, origin=place.origin, printed=place.printed)
        )
    return tuple(moved)


def _function(call: str) -> str | None:
    """The name of the function of a printed call, without its arguments."""
    name = call.lstrip(": ").partition("(")[0].strip()
    return name or None


def origin(file: str) -> Origin:
    """The origin by where Composer and the usual systems put what is not the application's."""
    if _RUNNER.search(file):
        return "runtime"
    return "library" if _LIBRARY.search(file) else "app"
