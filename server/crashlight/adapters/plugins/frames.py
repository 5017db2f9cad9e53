"""Frames of the protocol between the server and a worker: a length of 4 bytes, then that many bytes of JSON.

A request is ``{"op", "plugin", …}``. An answer is ``{"ok": …}`` or ``{"error": text}``, in the order of the
requests. The first frame of a worker is ``{"hello": VERSION, "python": …}``. Both sides read this file.
"""

import struct
from typing import Final

VERSION: Final = 1
HEADER: Final = struct.Struct(">I")
OUT_OF_MEMORY: Final = b"over its memory limit\n"  # the last words of a worker


def frame(body: bytes) -> bytes:
    """``body`` behind its length."""
    return HEADER.pack(len(body)) + body
