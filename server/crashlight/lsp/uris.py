"""URIs to paths and back: the one place where both are seen."""

from pathlib import Path

from pygls import uris


def to_path(uri: str) -> Path | None:
    """The path of a ``file:`` URI; None for any other scheme."""
    if not uri.startswith("file:"):
        return None
    path = uris.to_fs_path(uri)
    return Path(path) if path else None


def from_path(path: Path | str) -> str:
    """The URI of an absolute path."""
    return uris.from_fs_path(str(path)) or Path(path).as_uri()


def name_of(uri: str) -> str:
    """What to call a document to people: its path, or its URI where it has none."""
    path = to_path(uri)
    return str(path) if path else uri
