"""The stacks of a goroutine dump: a line with the call, then a line with the place.

The format is that of ``runtime.printtrace`` and ``runtime/debug.Stack`` in the Go sources
(runtime/traceback.go), with the variants of older releases.
"""

import re
from dataclasses import dataclass

from crashlight_sdk import Frame, Origin, Span

GOROUTINE = re.compile(
    r"^\s*+goroutine (?P<id>\d++)(?: gp=\S++)?(?: m=\S++)?(?: mp=\S++)? \[(?P<state>[^\]]*+)\]:?\s*$"
)
RUNTIME_STACK = re.compile(r"^\s*+runtime stack:\s*$")
_PLACE = re.compile(
    r"^\s*+(?P<file>\S.*|\?\?):(?P<line>\d++)(?:\s++(?:\+0x[0-9a-fA-F]++(?: (?:fp|sp|pc)=.*)?|(?:fp|sp|pc)=.*))?\s*$"
)
_CREATED = re.compile(r"^\s*+created by (?P<function>\S.*?)(?: in goroutine \d++)?\s*$")
_UNAVAILABLE = re.compile(r"^\s*+goroutine running on other thread; stack unavailable")
_ELIDED = re.compile(r"^\s*+\.\.\.(?:additional |\d++ )?frames elided\.\.\.")
_ORIGINATING = re.compile(r"^\s*+\[originating from goroutine \d++\]:")

# The top folders of GOROOT/src: an import path that begins with one of these and has no dot is the standard library's.
_STANDARD = frozenset(
    [
        "archive",
        "arena",
        "bufio",
        "builtin",
        "bytes",
        "cmp",
        "compress",
        "container",
        "context",
        "crypto",
        "database",
        "debug",
        "embed",
        "encoding",
        "errors",
        "expvar",
        "flag",
        "fmt",
        "go",
        "hash",
        "html",
        "image",
        "index",
        "internal",
        "io",
        "iter",
        "log",
        "maps",
        "math",
        "mime",
        "net",
        "os",
        "path",
        "plugin",
        "reflect",
        "regexp",
        "runtime",
        "slices",
        "sort",
        "strconv",
        "strings",
        "structs",
        "sync",
        "syscall",
        "testing",
        "text",
        "time",
        "unicode",
        "unique",
        "unsafe",
        "weak",
    ]
)
_GOROOT = re.compile(
    r"(?:/usr/(?:local|lib)/(?:lib/)?go(?:-[\d.]++)?|/go(?:root|lang)?(?:[-.\d]++)?|/Go(?:\d++)?"
    r"|/go/\d[\w.]*+(?:/x64|/libexec)?"
    r"|/libexec|\$GOROOT|toolchain@v[^/]*+)/src/(?P<package>[a-z]\w*+)[/.]"
)
_LIBRARY_PATH = re.compile(r"/pkg/mod/|/vendor/|(?:^|/)[\w.~!-]++@v\d|/Godeps/_workspace/")
_LIBRARY_HOST = re.compile(
    r"^(?:golang\.org/x|google\.golang\.org|gopkg\.in|go\.uber\.org|k8s\.io|cloud\.google\.com)/"
)
_CGO = re.compile(r"(?:^|/)_cgo_\w++\.(?:go|c)$|\.cgo[12]\.(?:go|c)$")


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack of a dump: the lines it takes and its frames, innermost first."""

    last_line: int
    frames: tuple[Frame, ...]


def read_stack(lines: tuple[str, ...], at: int) -> Stack:
    """The frames from line ``at`` on; ``last_line`` is ``at - 1`` where there is none."""
    frames: list[Frame] = []
    last = at - 1
    while at < len(lines):
        line = lines[at]
        if _UNAVAILABLE.match(line) or _ELIDED.match(line) or _ORIGINATING.match(line):
            last = at
            at += 1
            continue
        created = _CREATED.match(line)
        call = created["function"] if created else called_function(line)
        if call is None:
            break
        place = _PLACE.match(lines[at + 1]) if at + 1 < len(lines) else None
        if place:
            frames.append(_frame(call, at + 1, place))
            at += 2
        elif created or _cut_off(lines, at + 1):
            frames.append(Frame(file=None, line=None, function=call, origin=origin(call, "")))
            at += 2 if at + 1 < len(lines) and lines[at + 1][:1] in "\t " and lines[at + 1].strip() else 1
        else:
            break
        last = at - 1
    return Stack(last, tuple(frames))


def called_function(line: str) -> str | None:
    """The function of a call line such as ``main.(*T).Run(0xc0000, ...)``, or None where it is no call line."""
    text = line.strip()
    if not text.endswith(")"):
        return None
    depth = 0
    for index in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[index], 0)
        if depth == 0:
            name = text[:index]
            return name if name and " " not in name.replace("[go.shape.", "[") and not name.endswith(":") else None
    return None


def origin(function: str, file: str) -> Origin:
    """Whose code it is, by import path and file (GOROOT, module cache, vendor)."""
    path = file.replace("\\", "/")
    package = function.partition("(")[0].partition("[")[0]
    top = package.split("/", 1)[0].split(".", 1)[0]
    goroot = _GOROOT.search(path)
    if _CGO.search(path) or function.startswith(("_cgo", "_Cfunc_")) or "._Cfunc_" in function:
        return "runtime"
    if function == "panic" or (goroot and goroot["package"] in _STANDARD):
        return "runtime"
    if top in _STANDARD and "." not in package.rpartition("/")[0] and _in_standard_folder(package, path):
        return "runtime"
    if _LIBRARY_PATH.search(path) or _LIBRARY_HOST.match(package):
        return "library"
    if not path and "." not in function:
        return "runtime"
    return "app"


def _in_standard_folder(package: str, path: str) -> bool:
    folder = package.rpartition("/")[0]
    name = package.rpartition("/")[2].partition(".")[0]
    whole = f"{folder}/{name}" if folder else name
    return not path or f"/{whole}/" in f"/{path}"


def _cut_off(lines: tuple[str, ...], at: int) -> bool:
    """Whether the log ends where the place of a call should stand."""
    return at >= len(lines) or (at == len(lines) - 1 and lines[at][:1] in ("\t", " "))


def _frame(function: str, at: int, place: re.Match[str]) -> Frame:
    file = None if place["file"] == "??" else place["file"]
    number = int(place["line"][:9])
    return Frame(
        file=file,
        line=number or None,
        function=function,
        module=_package(function),
        origin=origin(function, file or ""),
        printed=Span(at, place.start("file"), place.end("line")) if file else None,
    )


def _package(function: str) -> str | None:
    head, slash, tail = function.partition("(")[0].partition("[")[0].rpartition("/")
    name, dot, _ = tail.partition(".")
    return f"{head}{slash}{name}" if dot else None
