"""One frame of a JVM stack trace, and whose code it is."""

import re
from dataclasses import replace

from crashlight_sdk import Frame, Origin, Span

from .packages import LIBRARIES, RUNTIME

# "at app//com.example.Users.load(Users.java:17) ~[users-1.0.jar:1.0]"; Ant, Maven and sbt put "[tag]" in front.
# The call may hold spaces (Kotlin's test names). A space before the parenthesis is printed by crash consoles; it is
# JavaScript's as well, so the place must then be certain.
FRAME = re.compile(
    r"\s*+(?:\[\w++\]\s++)?at\s++(?P<call>[^()\s][^()]*?[^()\s])(?P<gap> ?)\((?:[\w.@-]++/)?(?P<place>"
    r"(?:(?:Native Method|Unknown Source|Compiled Code|Hidden Source|<generated>|NO_SOURCE_FILE)(?::\d++)?)"
    r"|(?P<file>[\w$<>. -]*?\.(?:java|kts?|scala|groovy|gvy|gsp|clj[cs]?|jsp|xtend|aj|sc))(?::(?P<line>-?\d++))?"
    r"|(?:[\w$-]+(?::\d++)?)"
    r")\)(?P<jar>\s*~?\[[^\]]*\]?)?(?! in .*:line )"
)
_LOADER = re.compile(r"(?:[\w.@-]*/)++")
_GENERATED = re.compile(
    r"\$\$Lambda|MockitoMock|EnhancerBy|FastClassBy|SpringCGLIB|HibernateProxy|\$Proxy\d|ByteBuddy|Generated\w*Accessor"
    r"|^_COROUTINE\.|\$\$ExternalSyntheticLambda"
)


def frame_of(line: str, index: int) -> Frame | None:
    """The frame that the line prints, or None."""
    match = FRAME.match(line) if "at " in line else None
    if match is None or "." not in match["call"]:
        return None
    if match["gap"] and match["file"] is None and not match["place"].startswith(("Native", "Unknown")):
        return None
    call = _LOADER.sub("", match["call"], count=1) if "/" in match["call"].partition("(")[0] else match["call"]
    owner = call.rpartition(".")[0]
    number = match["line"]
    return Frame(
        file=match["file"],
        line=int(number) if number and int(number) > 0 else None,
        function=call,
        module=owner,
        origin=origin(call, match["jar"] or ""),
        printed=Span(index, match.start("place"), match.end("place")),
    )


def is_frame(line: str) -> bool:
    """Whether the line prints a frame."""
    return frame_of(line, 0) is not None


def wrapped_frame(line: str, index: int) -> Frame | None:
    """The frame whose "at" stands alone on the line before, as mail programs wrap it."""
    frame = frame_of("at " + line.lstrip(), index)
    if frame is None or frame.printed is None:
        return None
    shift = len(line) - len(line.lstrip()) - 3
    span = frame.printed
    return replace(frame, printed=Span(index, span.start + shift, None if span.end is None else span.end + shift))


def origin(call: str, jar: str = "") -> Origin:
    """The origin by package, and by the place of the class where the logger prints it (``[classes/:?]``)."""
    if _GENERATED.search(call):
        return "library"
    if "[classes" in jar or "[main/" in jar:
        return "app"
    if call.startswith(("com.sun.mail.", "com.sun.jersey.", "com.android.volley.", "android.support.")):
        return "library"
    if call.startswith(RUNTIME):
        return "runtime"
    return "library" if call.startswith(LIBRARIES) else "app"


def language_of(frames: tuple[Frame, ...]) -> str:
    """The language of the innermost frame of the application that names a file."""
    for wanted in ("app", "library"):
        for frame in frames:
            if frame.origin == wanted and frame.file:
                suffix = frame.file.rpartition(".")[2]
                return _LANGUAGES.get(suffix, "java")
    return "java"


_LANGUAGES = {
    "kt": "kotlin", "kts": "kotlin", "scala": "scala", "sc": "scala", "groovy": "groovy", "gvy": "groovy",
    "gsp": "groovy", "clj": "clojure", "cljc": "clojure",
}  # fmt: skip
