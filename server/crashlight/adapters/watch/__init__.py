"""What changes on disk."""

from crashlight.adapters.watch.folders import FolderWatcher

__all__ = ["FolderWatcher"]
