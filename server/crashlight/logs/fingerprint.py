"""What makes two crashes the same one: the class, the message as a template, and the calls by name."""

import hashlib
import re

from crashlight.domain import Fingerprint
from crashlight.logs.template import template
from crashlight_sdk import Cause, Crash, Frame

MAX_FRAMES = 6  # innermost frames that count
MAX_NAME = 300  # characters of a name that are looked at
MAX_PERIOD = 6  # frames of one round of a recursion
MAX_DEPTH = 5_000

_GENERATED = re.compile(
    r"0x[0-9a-fA-F]++"
    r"|::h[0-9a-f]{16}$"  # Rust's hash of a symbol
    r"|\$\$Lambda(?:\$\d++)?(?:/(?:0x)?[0-9a-f]++)?"
    r"|\$\$(?:Enhancer|FastClass)\w*+(?:\$\$[0-9a-f]++)?"
    r"|@[0-9a-f]{4,16}"
    r"|\(\d++ levels\) "
    r"|(?:\.func|\$|#|__|_|\.)\d++(?=\W|_|$)"
    r"|\d++"
)
_ASYNC = re.compile(r"^(?:async |new |static )|(?: \[as [^\]]*+\])$")
_GENERICS = {"<": ">", "[": "]"}
_EXTENSION_HASH = re.compile(r"[.-][0-9a-f]{6,}(?=\.|$)")


def fingerprint(crash: Crash) -> Fingerprint:
    """The fingerprint of the root cause; application frames count where there are any, else all."""
    root = crash.root
    crash_type = _GENERATED.sub("", root.crash_type[:MAX_NAME])
    words = template(root.message)
    frames = _frames(root) or _frames(crash.causes[0])
    digest = hashlib.sha256("\0".join((crash_type, words, *frames)).encode("utf-8", "surrogatepass"))
    return Fingerprint(digest.hexdigest()[:16], crash_type, words, frames)


def _frames(cause: Cause) -> tuple[str, ...]:
    own = [frame for frame in cause.frames if frame.origin == "app"]
    library = [frame for frame in cause.frames if frame.origin in ("library", "unknown")]
    names = [name for frame in own or library or cause.frames if (name := normalised(frame))]
    return tuple(_folded(names)[:MAX_FRAMES])


def normalised(frame: Frame) -> str:
    """A frame as ``file:function``, without lines, addresses, numbers of closures, type arguments and hashes."""
    name = re.split(r"[/\\]", (frame.file or "").split("?")[0][-MAX_NAME:])[-1]
    file = _EXTENSION_HASH.sub("", name) if name and not name.startswith("<") else name
    function = frame.function or ("" if file else frame.module or "")
    if not (function.startswith("<") and function.endswith(">")):
        function = _without_generics(_ASYNC.sub("", function[:MAX_NAME]))
    function = _GENERATED.sub("", function)
    return f"{_GENERATED.sub('#', file)}:{function}".strip(":")


def _without_generics(name: str) -> str:
    """``name`` without what stands in angle or square brackets, unless that is all there is."""
    kept: list[str] = []
    depth = 0
    for character in name:
        if character in "<[":
            depth += 1
        elif character in ">]":
            depth = max(0, depth - 1)
        elif depth == 0:
            kept.append(character)
    return "".join(kept).strip() or name


def _folded(names: list[str]) -> list[str]:
    """``names`` with each repeated run of up to MAX_PERIOD of them told once: a recursion's depth does not count."""
    folded: list[str] = []
    for name in names[:MAX_DEPTH]:
        folded.append(name)
        for period in range(1, MAX_PERIOD + 1):
            if len(folded) >= 2 * period and folded[-period:] == folded[-2 * period : -period]:
                del folded[-period:]
                break
    return folded
