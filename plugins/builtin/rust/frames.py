"""Rust backtraces, short and full, with and without places, and whose code a frame is.

The format is that of ``std::backtrace`` (library/std/src/sys/backtrace.rs) and of the crates
``backtrace`` and ``color-backtrace``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crashlight_sdk import Frame, Origin, Span

_SYMBOL = re.compile(r"^\s*+(?P<index>\d++):\s++(?:(?P<address>0x[0-9a-fA-F]++)(?: - |\s++))?(?P<name>\S.*?)\s*$")
_AT = re.compile(r"^\s*+at (?P<place>(?P<file>\S.*?):(?P<line>\d++)(?::(?P<column>\d++))?)\s*$")
_HASH = re.compile(r"::h[0-9a-f]{16}$")
_OMITTED = re.compile(r"^\s*+(?:\[\.\.\. omitted|⋮\s|\.\.\.\s|⋮ \d)")
# Fuchsia's symbolizer prints frames as sanitizers do.
_SYMBOLIZER = re.compile(
    r"^\s*+#(?P<index>\d++)(?:\.\d++)?\s++0x[0-9a-f]++ in (?P<name>\S.*?)"
    r"(?: (?P<place>(?P<file>[^\s<>]+?):(?P<line>\d++)(?::(?P<column>\d++))?))?(?: <[^>]*+>\+0x[0-9a-f]++)?\s*$"
)
_MARKUP = re.compile(r"^\s*+\[\[\[ELF module")

_RUNTIME_PATH = re.compile(
    r"/rustc/|(?:^|/)rustlib/src/|(?:^|/)library/(?:core|std|alloc|proc_macro|test|panic_unwind|backtrace)/"
    r"|(?:^|/)src/lib(?:core|std|alloc|collections|rand|proc_macro|test)/|(?:^|/)lib(?:core|std|alloc"
    r"|collections)/[\w/]*+\.rs$"
    r"|^<.*macros>|\$SRC_DIR|/compiler-builtins|/glibc|sysdeps/|csu/|nptl/"
)
_LIBRARY_PATH = re.compile(
    r"/\.?cargo/(?:registry|git)/|/registry/src/|/git/checkouts/|(?:^|/)vendor/|/cargo-vendor|/usr/share/cargo/"
)
_RUNTIME_CRATES = frozenset(
    [
        "std",
        "core",
        "alloc",
        "test",
        "proc_macro",
        "backtrace_rs",
        "__rustc",
        "rust_begin_unwind",
        "rust_panic",
        "rust_eh_personality",
        "backtrace",
        "panic_unwind",
        "compiler_builtins",
    ]
)
_RUNTIME_NAMES = re.compile(
    r"^(?:_?rust_begin_unwind|_?_?rust_\w++|__rust\w*+|main|_main|_?_start|start|__libc_start\w*+"
    r"|__scrt\w++|BaseThreadInitThunk"
    r"|RtlUserThreadStart|invoke_main|start_thread|_?pthread_\w++|_?thread_start|clone3?|__GI_\w++|raise"
    r"|abort|<unknown>|__clone)$"
)
_LIBRARY_CRATES = frozenset(
    [
        "tokio",
        "tokio_util",
        "futures",
        "futures_util",
        "futures_core",
        "futures_executor",
        "hyper",
        "hyper_util",
        "axum",
        "axum_core",
        "actix",
        "actix_web",
        "actix_rt",
        "actix_http",
        "actix_server",
        "async_std",
        "rayon",
        "rayon_core",
        "crossbeam",
        "crossbeam_utils",
        "serde",
        "serde_json",
        "serde_yaml",
        "toml",
        "anyhow",
        "eyre",
        "color_eyre",
        "tracing",
        "tracing_core",
        "tracing_subscriber",
        "log",
        "env_logger",
        "clap",
        "clap_builder",
        "regex",
        "regex_automata",
        "reqwest",
        "tonic",
        "tower",
        "warp",
        "rocket",
        "sqlx",
        "sqlx_core",
        "diesel",
        "mio",
        "parking_lot",
        "parking_lot_core",
        "once_cell",
        "lazy_static",
        "rand",
        "chrono",
        "time",
        "bytes",
        "hashbrown",
        "indexmap",
        "winit",
        "wgpu",
        "wgpu_core",
        "wgpu_hal",
        "naga",
        "bevy_ecs",
        "bevy_app",
        "bevy_tasks",
        "thiserror",
        "itertools",
        "smallvec",
        "nom",
        "libc",
        "ring",
        "rustls",
        "reedline",
        "rustyline",
        "crossterm",
        "pyo3",
        "wasm_bindgen",
        "async_executor",
        "async_task",
        "pollster",
        "scoped_tls",
        "tungstenite",
    ]
)
_IMPL = re.compile(r"^<(?:dyn |&(?:mut )?|\[|\*(?:const|mut) )*+(?P<type>[\w:]++)(?:.* as (?P<trait>[\w:]++))?")


@dataclass(frozen=True, slots=True)
class Backtrace:
    """The lines a backtrace takes and its frames, innermost first."""

    last_line: int
    frames: tuple[Frame, ...]


def read_backtrace(lines: Sequence[str], at: int) -> Backtrace:
    """The frames from line ``at`` on; ``last_line`` is ``at - 1`` where there is none."""
    frames: list[Frame] = []
    last = at - 1
    while at < len(lines):
        line = lines[at]
        symbol = _SYMBOL.match(line) or _SYMBOLIZER.match(line)
        place = None if symbol else _AT.match(line)
        if symbol and not (frames and symbol["index"] == "0" and "0x" not in line):
            frames.append(
                _frame(symbol["name"], at, symbol if "place" in symbol.groupdict() and symbol["place"] else None)
            )
        elif place and frames:
            # A second place below one symbol is a call that was inlined.
            inner = frames[-1]
            if inner.file is None:
                frames[-1] = _placed(inner, at, place)
            else:
                frames.append(_placed(replace(inner, file=None, line=None, column=None), at, place))
        elif not (_OMITTED.match(line) or _MARKUP.match(line)):
            break
        last = at
        at += 1
    return Backtrace(last, tuple(frames))


def origin(function: str | None, file: str | None) -> Origin:
    """Whose code it is, by the path where there is one, else by the crate that the symbol names."""
    path = (file or "").replace("\\", "/")
    if path:
        if _RUNTIME_PATH.search(path):
            return "runtime"
        if _LIBRARY_PATH.search(path):
            return "library"
        return "app"
    if not function or _RUNTIME_NAMES.match(function):
        return "runtime"
    crate = crate_of(function)
    if crate in _RUNTIME_CRATES:
        return "runtime"
    if crate in _LIBRARY_CRATES:
        return "library"
    return "app" if "::" in function else "unknown"


def crate_of(function: str) -> str:
    """The crate whose code a symbol is: of ``<app::Type as core::fmt::Display>::fmt`` it is ``app``."""
    impl = _IMPL.match(function)
    if impl is None:
        return function.lstrip("_").partition("::")[0] if not function.startswith("__rustc") else "__rustc"
    own = impl["type"].partition("::")[0]
    if "::" in impl["type"] and own not in _RUNTIME_CRATES:
        return own
    return (impl["trait"] or own).partition("::")[0]


def location(file: str, line: str, column: str | None, printed: Span) -> Frame:
    """The place that a panic's headline names, as a frame without a function."""
    number = int(line[:9]) if line.isdigit() else None
    return Frame(
        file=file,
        line=number,
        function=None,
        column=int(column[:9]) if column and column.isdigit() else None,
        origin=origin(None, file),
        printed=printed,
    )


def from_panic(place: Frame | None, frames: Sequence[Frame]) -> tuple[Frame, ...]:
    """The backtrace from the place of the panic on: what lies above it is the machinery of panicking.

    Without line tables the innermost frame of the application is the one that the headline's place is in.
    """
    if place is None:
        return tuple(frames)
    for index, frame in enumerate(frames):
        if frame.line == place.line and _same_file(frame.file, place.file):
            return (replace(frame, column=place.column or frame.column), *frames[index + 1 :])
    if place.origin == "app":
        for index, frame in enumerate(frames):
            if frame.origin == "app" and frame.file is None:
                here = replace(place, function=frame.function, module=frame.module)
                return (here, *frames[index + 1 :])
    rest = [frame for frame in frames if not _is_machinery(frame)]
    return (place, *rest)


def _is_machinery(frame: Frame) -> bool:
    name = frame.function or ""
    return frame.origin == "runtime" and (
        "panic" in name or "begin_unwind" in name or "backtrace" in name or name.startswith("core::fmt")
    )


def _same_file(one: str | None, other: str | None) -> bool:
    names = [re.split(r"[/\\]", path or "")[-1] for path in (one, other)]
    return bool(names[0]) and names[0] == names[1]


def _frame(name: str, at: int, match: re.Match[str] | None) -> Frame:
    function = _demangle(_HASH.sub("", name))
    bare = Frame(
        file=None, line=None, function=function, module=crate_of(function) or None, origin=origin(function, None)
    )
    return _placed(bare, at, match) if match else bare


def _placed(frame: Frame, at: int, match: re.Match[str]) -> Frame:
    return replace(
        frame,
        file=match["file"],
        line=int(match["line"][:9]),
        column=int(match["column"][:9]) if match["column"] else None,
        origin=origin(frame.function, match["file"]),
        printed=Span(at, match.start("place"), match.end("place")),
    )


_LEGACY = re.compile(r"\$(?:LT|GT|RF|BP|LP|RP|C|u([0-9a-f]{2}))\$")
_LETTERS = {"$LT$": "<", "$GT$": ">", "$RF$": "&", "$BP$": "*", "$LP$": "(", "$RP$": ")", "$C$": ","}


def _demangle(name: str) -> str:
    """The readable form of a symbol in which the legacy mangling's escapes were left standing."""
    if "$" not in name:
        return name
    text = _LEGACY.sub(lambda code: chr(int(code[1], 16)) if code[1] else _LETTERS[code[0]], name)
    return text.replace("..", "::").replace("_<", "<").replace("_{", "{")
