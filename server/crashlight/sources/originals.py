"""Frames of generated JavaScript to the files of the workspace that it was made from."""

import posixpath
from pathlib import Path
from typing import Any

from crashlight.domain import SourcePlace
from crashlight.ports import Files
from crashlight.sources.printed import is_absolute, plain_path
from crashlight.sources.sourcemap import LARGEST_MAP, SourceMap, inline_map, named_map
from crashlight.sources.workspace import Workspace
from crashlight_sdk import Frame

_UNREAD: Any = object()


class Originals:
    """Finds the map of a generated file in the workspace, and reads each map once."""

    def __init__(self, files: Files, workspace: Workspace) -> None:
        self._files = files
        self._workspace = workspace
        self._maps: dict[str, tuple[SourceMap, Path] | None] = {}

    def find(self, path: str, frame: Frame) -> SourcePlace | None:
        """Where the frame's line was written; None where no map in the workspace says so."""
        if frame.line is None:
            return None
        found = self._maps.get(path, _UNREAD)
        if found is _UNREAD:
            found = self._maps[path] = self._read_map(path)
        if found is None:
            return None
        original = found[0].find(frame.line, frame.column or 1)
        if original is None:
            return None
        source = plain_path(original.source) if "://" in original.source else original.source
        folder = self._workspace.relative_folder(found[1])
        inside = None
        if not is_absolute(source) and folder is not None:
            inside = self._workspace.resolve(Path(posixpath.normpath(posixpath.join(folder, source))))
        if inside is None:
            same = self._workspace.ending_with(plain_path(source))
            inside = self._workspace.resolve(same[0][0]) if len(same) == 1 else None
        return None if inside is None else SourcePlace(str(inside[0]), inside[1], original.line)

    def _read_map(self, path: str) -> tuple[SourceMap, Path] | None:
        generated = self._workspace.resolve(Path(path)) or self._only(path)
        text, place = None, None
        if generated is not None:
            code = self._files.read_source(generated[0])
            written = code.decode(errors="replace") if code is not None else ""
            text, place = inline_map(written), generated[0]
            if text is None:
                name = named_map(written)
                beside = generated[0].parent / (name.rsplit("/", 1)[-1] if name else f"{generated[0].name}.map")
                text, place = self._text(beside), beside
        if text is None:
            found = self._only(f"{path}.map")
            text, place = (self._text(found[0]), found[0]) if found is not None else (None, None)
        if text is None or place is None:
            return None
        try:
            return SourceMap(text), place
        except (ValueError, RecursionError):
            return None

    def _only(self, path: str) -> tuple[Path, str] | None:
        same = self._workspace.ending_with(path)
        return self._workspace.resolve(same[0][0]) if len(same) == 1 else None

    def _text(self, path: Path) -> str | None:
        inside = self._workspace.resolve(path)
        data = self._files.read_source(inside[0], LARGEST_MAP) if inside is not None else None
        return data.decode(errors="replace") if data is not None else None
