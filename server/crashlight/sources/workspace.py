"""The files below the workspace's folders: what is inside, and which file a path's tail means.

A workspace is hostile until proven otherwise: a symbolic link that leaves it is not in it, and neither
are the folders that package managers fill.
"""

import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from threading import Lock

from crashlight.sources.languages import SOURCE_SUFFIXES

FOREIGN_FOLDERS = frozenset(
    {
        "site-packages",
        "dist-packages",
        "node_modules",
        "bower_components",
        "jspm_packages",
        "venv",
        ".venv",
        ".tox",
        ".nox",
        "__pypackages__",
        "vendor",
        "Pods",
        "Carthage",
        ".cargo",
        ".gradle",
        ".m2",
        ".yarn",
        ".pnpm-store",
        "__pycache__",
        ".git",
        ".hg",
        ".svn",
    }
)
MOST_FILES = 200_000
DEEPEST = 40


class Workspace:
    """Folders that the user opened. The index of their source files is made at the first question."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple((Path(os.path.abspath(root)), os.path.realpath(root)) for root in roots)  # noqa: PTH100 - Path.resolve would follow links
        self._index: dict[str, list[tuple[int, str]]] | None = None
        self._lock = Lock()

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders as the user named them, absolute."""
        return tuple(root for root, _ in self._roots)

    def forget(self) -> None:
        """List the folders anew at the next question."""
        with self._lock:
            self._index = None

    def resolve(self, path: Path) -> tuple[Path, str] | None:
        """``path`` and its place relative to its root; None unless it is a regular file inside.

        ``path`` may be absolute, or relative to any root. Links are followed and what they lead to counts.
        """
        for root, real_root in self._roots:
            for base in (root, Path(real_root)):
                candidate = base / path
                if not candidate.is_relative_to(base):
                    continue
                relative = candidate.relative_to(base)
                if ".." in relative.parts or self.is_foreign(relative.as_posix()):
                    continue
                try:
                    real = os.path.realpath(candidate)
                    inside = os.path.commonpath([real, real_root]) == real_root and Path(real).is_file()
                except (OSError, ValueError):
                    # The name is longer than the system allows, or no name at all.
                    continue
                if inside:
                    inner = os.path.relpath(real, real_root).replace(os.sep, "/")
                    if not self.is_foreign(inner):
                        return root / relative, relative.as_posix()
        return None

    def relative_folder(self, path: Path) -> str | None:
        """The folder of a file relative to its root; None outside."""
        for root, _ in self._roots:
            if path.is_relative_to(root):
                return path.relative_to(root).parent.as_posix()
        return None

    @staticmethod
    def is_foreign(relative: str) -> bool:
        """Whether a path inside a root lies in a folder that a package manager filled."""
        return not FOREIGN_FOLDERS.isdisjoint(PurePosixPath(relative).parts[:-1])

    def ending_with(self, path: str) -> list[tuple[Path, int]]:
        """Files that share the longest tail with ``path``, and how many parts they share (at least its name)."""
        parts = PurePosixPath(path).parts
        if not parts or not self._roots:
            return []
        best: list[tuple[Path, int]] = []
        for number, relative in self._files().get(parts[-1], ()):
            shared = _shared_tail(parts, PurePosixPath(relative).parts)
            if not best or shared > best[0][1]:
                best = []
            if not best or shared == best[0][1]:
                best.append((self._roots[number][0] / relative, shared))
        return best

    def shared_folders(self, one: Path, other: Path) -> int:
        """How many folders below the same root both lie in; 0 where they share none."""
        for root, _ in self._roots:
            if one.is_relative_to(root) and other.is_relative_to(root):
                parts = (one.relative_to(root).parent.parts, other.relative_to(root).parent.parts)
                return _shared_tail(parts[0][::-1], parts[1][::-1])
        return 0

    def _files(self) -> dict[str, list[tuple[int, str]]]:
        with self._lock:
            if self._index is None:
                self._index = defaultdict(list)
                left = MOST_FILES
                for number, (root, _) in enumerate(self._roots):
                    left = self._list(number, root, left)
            return self._index

    def _list(self, number: int, root: Path, left: int) -> int:
        assert self._index is not None
        folders = [("", 0)]
        while folders and left > 0:
            folder, depth = folders.pop()
            try:
                entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
            except OSError:
                continue
            if any(entry.name == "pyvenv.cfg" for entry in entries):
                continue
            for entry in entries:
                relative = f"{folder}{entry.name}"
                try:
                    if entry.is_dir(follow_symlinks=False):
                        hidden = entry.name.startswith(".") or entry.name in FOREIGN_FOLDERS
                        if not hidden and depth < DEEPEST:
                            folders.append((relative + "/", depth + 1))
                    elif entry.is_file(follow_symlinks=False) and relative.endswith(SOURCE_SUFFIXES):
                        self._index[entry.name].append((number, relative))
                        left -= 1
                except OSError:
                    continue
        return left


def _shared_tail(one: Sequence[str], other: Sequence[str]) -> int:
    shared = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        shared += 1
    return shared
