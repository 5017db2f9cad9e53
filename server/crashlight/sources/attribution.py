"""Which line of the workspace a frame means, whose code it is, and which frame to look at first."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from crashlight.domain import Culprit, Occurrence, SourcePlace
from crashlight.ports import Files
from crashlight.settings.schema import SourceSettings
from crashlight.sources.languages import words
from crashlight.sources.originals import Originals
from crashlight.sources.printed import is_absolute, plain_path
from crashlight.sources.source import Source, read
from crashlight.sources.workspace import Workspace
from crashlight_sdk import Cause, Crash, Frame, Origin

MOST_REMEMBERED = 20_000
_UNKNOWN: Any = object()

# Names that every project has: sharing only such a name says nothing.
_COMMON_NAMES = words(
    "__init__.py __main__.py index.js index.ts index.tsx index.jsx index.mjs mod.rs lib.rs main.rs main.go"
    " main.c main.cpp main.py app.py app.js utils.py utils.js utils.ts setup.py Main.java Program.cs index.php"
    " main.js main.ts server.js conftest.py types.ts util.go utils.go util.c"
)
_GENERATED = (".js", ".mjs", ".cjs", ".bundle")
_JVM_SUFFIXES = (".java", ".kt", ".scala", ".groovy", ".clj")


class Attribution:
    """Frames to places. Every answer is remembered until :meth:`forget`."""

    def __init__(self, files: Files, settings: SourceSettings, workspace: Workspace) -> None:
        self._files = files
        self._workspace = workspace
        maps = settings.path_maps.items()
        self._maps = sorted(((_folder(a), _folder(b)) for a, b in maps), key=lambda m: -len(m[0]))
        rules: list[tuple[str, Origin]] = [(plain_path(rule) or rule, "app") for rule in settings.in_app]
        rules += [(plain_path(rule) or rule, "library") for rule in settings.not_in_app]
        self._rules = sorted(rules, key=lambda rule: -len(rule[0]))
        self._places: dict[tuple[object, ...], SourcePlace | None] = {}
        self._sources: dict[str, Source | None] = {}
        self._originals = Originals(files, workspace)

    def forget(self) -> None:
        """Ask the disk again."""
        self._places.clear()
        self._sources.clear()
        self._originals = Originals(self._files, self._workspace)

    def attribute(self, occurrence: Occurrence) -> Occurrence:
        """Fill places, origins and culprit."""
        places: dict[tuple[int, int], SourcePlace] = {}
        causes: list[Cause] = []
        for number, cause in enumerate(occurrence.crash.causes):
            frames = []
            for position, frame in enumerate(cause.frames):
                forced = self._rule(frame)
                place = self._place(frame, forced, occurrence.log)
                if place is not None:
                    places[number, position] = place
                origin = forced or ("app" if place is not None else frame.origin)
                frames.append(frame if origin == frame.origin else replace(frame, origin=origin))
            causes.append(replace(cause, frames=tuple(frames)))
        crash = replace(occurrence.crash, causes=tuple(causes))
        return replace(occurrence, crash=crash, places=places, culprit=choose_culprit(crash, places))

    def locate(self, frame: Frame, log: str = "") -> SourcePlace | None:
        """The place of one frame; ``log`` is the path of the log that it stands in, where there is one."""
        return self._place(frame, self._rule(frame), log)

    def _rule(self, frame: Frame) -> Origin | None:
        """What the user says of the frame: the longest prefix of its path or module decides."""
        if not self._rules:
            return None
        names = [name for name in (plain_path(frame.file), frame.module, frame.function) if name]
        for prefix, origin in self._rules:
            if any(_has_prefix(name, prefix) for name in names):
                return origin
        return None

    def _place(self, frame: Frame, forced: Origin | None, log: str) -> SourcePlace | None:
        if not self._workspace.roots or frame.line is None or forced in {"library", "runtime"}:
            return None
        foreign = forced is None and frame.origin in {"library", "runtime"}
        # A log's own folder only settles which of several files of one name is meant.
        key = (
            frame.file,
            frame.line,
            frame.text,
            frame.module,
            frame.function,
            foreign,
            str(PurePosixPath(log).parent),
        )
        # Several threads may ask at once, and one may forget meanwhile: nothing is looked up twice.
        known: SourcePlace | None = self._places.get(key, _UNKNOWN)
        if known is _UNKNOWN:
            if len(self._places) >= MOST_REMEMBERED:
                self.forget()
            known = self._places[key] = self._find(frame, foreign, log)
        return known

    def _find(self, frame: Frame, foreign: bool, log: str) -> SourcePlace | None:
        path = plain_path(frame.file)
        if not path:
            return None
        if path.endswith(_GENERATED) and not foreign:
            written = self._originals.find(path, frame)
            if written is not None:
                return written
        for mapped in self._mapped(path):
            exact = self._workspace.resolve(Path(mapped))
            if exact is not None:
                return self._at(exact[0], exact[1], frame, certain=True)
        if foreign or self._workspace.is_foreign(path):
            return None
        for tail in _tails(path, frame):
            found = [place for place in self._candidates(tail, log) if place is not None]
            places = [self._at(*found_at, frame, certain=False) for found_at in found]
            fitting = [place for place in places if place is not None]
            if len(fitting) == 1 or (fitting and frame.text and len({place.path for place in fitting}) == 1):
                return fitting[0]
        return None

    def _mapped(self, path: str) -> list[str]:
        mapped = [f"{into}{path[len(prefix) :]}" for prefix, into in self._maps if path.startswith(prefix)]
        return [name.removeprefix("./") for name in mapped] + [path]

    def _candidates(self, tail: str, log: str) -> list[tuple[Path, str] | None]:
        found = self._workspace.ending_with(tail)
        name_only = is_absolute(tail) or "/" in tail
        if found and name_only and found[0][1] == 1 and PurePosixPath(tail).name in _COMMON_NAMES:
            # A name that every project has counts only in the folder of the log, or above it.
            found = [(path, 1) for path, _ in found if path.parent in Path(log).absolute().parents]
        if len(found) > 1:
            nearness = [self._workspace.shared_folders(path, Path(log).absolute()) for path, _ in found]
            if max(nearness) > 0:
                found = [each for each, near in zip(found, nearness, strict=True) if near == max(nearness)]
        return [self._workspace.resolve(path) for path, _ in found[:20]]

    def _at(self, path: Path, relative: str, frame: Frame, *, certain: bool) -> SourcePlace | None:
        """The frame's line in the file, found by its content where the file changed since.

        ``certain`` says that the path itself was found; otherwise the content must not contradict it.
        """
        assert frame.line is not None
        source = self._read(path, relative)
        if source is None:
            return SourcePlace(str(path), relative, max(1, frame.line)) if certain else None
        lines, wanted = source.lines, (frame.text or "").strip()
        fits = 1 <= frame.line <= len(lines)
        if not wanted or (fits and _same(lines[frame.line - 1], wanted)):
            if not fits and not certain:
                return None
            return SourcePlace(str(path), relative, min(max(1, frame.line), max(1, len(lines))))
        if len(wanted) > 3 and any(c.isalnum() for c in wanted):
            equal = [number for number, line in enumerate(lines, 1) if _same(line, wanted)]
            if equal:
                nearest = min(equal, key=lambda number: abs(number - (frame.line or 0)))
                return SourcePlace(str(path), relative, nearest, moved=True)
        if not certain:
            return None
        return SourcePlace(str(path), relative, min(max(1, frame.line), max(1, len(lines))))

    def _read(self, path: Path, relative: str) -> Source | None:
        key = str(path)
        source: Source | None = self._sources.get(key, _UNKNOWN)
        if source is _UNKNOWN:
            if len(self._sources) >= 256:
                self._sources.clear()
            source = self._sources[key] = read(self._files, path, relative)
        return source


def choose_culprit(crash: Crash, places: dict[tuple[int, int], SourcePlace]) -> Culprit | None:
    """The innermost frame inside the workspace, else of the application, else not of the runtime.

    The root cause is asked first; one without such frames leaves it to the error that it caused.
    """
    wishes: Sequence[tuple[str, ...]] = (("app",), ("unknown",), ("library",))
    for number in range(len(crash.causes) - 1, -1, -1):
        frames = crash.causes[number].frames
        for position, frame in enumerate(frames):
            if (number, position) in places and frame.origin == "app":
                return Culprit(frame, places[number, position])
        for origins in wishes:
            for position, frame in enumerate(frames):
                if frame.origin in origins and (frame.file or frame.function or frame.module):
                    return Culprit(frame, places.get((number, position)))
    return None


def _tails(path: str, frame: Frame) -> list[str]:
    """What to look for, best first: on the JVM a class names its package's folder."""
    if path.endswith(_JVM_SUFFIXES) and "/" not in path:
        owner = frame.module or frame.function or ""
        package = [part for part in owner.split("/")[-1].split(".") if part and (part[0].islower() or part[0] == "_")]
        folder = "/".join(package[:-1] if frame.module is None and package and owner.endswith(package[-1]) else package)
        return [f"{folder}/{path}", path] if folder else [path]
    return [path]


def _has_prefix(name: str, prefix: str) -> bool:
    rest = name[len(prefix) :]
    return name.startswith(prefix) and (not rest or prefix[-1] in "/.:" or rest[0] in "/.:\\$")


def _folder(prefix: str) -> str:
    path = plain_path(prefix)
    return path + "/" if path and not path.endswith("/") else path


def _same(line: str, wanted: str) -> bool:
    # Runtimes cut long lines and drop the indentation.
    return line.strip() == wanted
