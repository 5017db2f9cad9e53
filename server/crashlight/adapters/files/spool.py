"""A pipe, read to its end, so that it can be read by ranges: in memory while short, else in a nameless file."""

import os
import tempfile
from typing import BinaryIO

from crashlight.adapters.files.memory import MemoryFile
from crashlight.adapters.files.plain import PlainFile
from crashlight.ports import OpenFile

IN_MEMORY = 8 << 20


def spool(pipe: BinaryIO) -> OpenFile:
    """All of ``pipe``. Raises OSError when it cannot be read or the temporary folder is full."""
    head = pipe.read(IN_MEMORY)
    if len(head) < IN_MEMORY:
        return MemoryFile(head)
    with tempfile.TemporaryFile(prefix="crashlight-") as file:
        file.write(head)
        while block := pipe.read(1 << 20):
            file.write(block)
        file.flush()
        return PlainFile(os.dup(file.fileno()))
