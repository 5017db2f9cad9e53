"""Opening and reading files: plain, compressed, in memory, and from a pipe."""

from crashlight.adapters.files.local import LocalFiles
from crashlight.adapters.files.memory import MemoryFile
from crashlight.adapters.files.plain import PlainFile
from crashlight.adapters.files.spool import spool

__all__ = ["LocalFiles", "MemoryFile", "PlainFile", "spool"]
