"""The file system as the user sees it: the text of open documents in front of the disk."""

from collections.abc import Iterator
from pathlib import Path

from crashlight.lsp.documents import Documents
from crashlight.lsp.uris import from_path
from crashlight.ports import Files, OpenFile


class OverlayFiles:
    """``ports.Files`` where an open document wins over the file of the same path."""

    def __init__(self, disk: Files, documents: Documents) -> None:
        self._disk = disk
        self._documents = documents

    def open(self, path: Path) -> OpenFile:
        return self._disk.open(path)

    def walk(self, root: Path) -> Iterator[Path]:
        return self._disk.walk(root)

    def read_source(self, path: Path, limit: int = 4_000_000) -> bytes | None:
        """The editor's text where the document is open, else the disk's."""
        document = self._documents.get(from_path(path))
        if document is None:
            return self._disk.read_source(path, limit)
        data = document.text.encode("utf-8", "surrogatepass")
        return data if len(data) <= limit else None
