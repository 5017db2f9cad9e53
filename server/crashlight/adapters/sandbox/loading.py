"""The native profile while a plugin is loaded: opening and reading go on, one by one, as long as the parent lets them.

The filter sends these calls to the parent both before and after; nothing in the process has to be given up
afterwards, so a plugin whose code runs at import cannot keep what it had. Where a path leads is Landlock's
affair, so this profile needs the level ``full``: the parent looks at numbers in registers alone.
"""

import sys
import sysconfig
from pathlib import Path
from typing import Final

from crashlight.adapters.sandbox.audit import Attempt

MOST_OPENS: Final = 4_000
MOST_BYTES: Final = 512 << 20

_OPEN_FOR_MORE_THAN_READING: Final = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000  # WRONLY, RDWR, CREAT, TRUNC, APPEND
_PROT_WRITE: Final = 2
_PROT_EXEC: Final = 4
_IS_A_TERMINAL: Final = 0x5401  # TCGETS
_FLAGS_AT: Final = {"open": 1, "openat": 2}

LOOKING: Final = frozenset(
    {
        "access",
        "faccessat",
        "faccessat2",
        "fcntl",
        "fstat",
        "getcwd",
        "getdents64",
        "lseek",
        "lstat",
        "newfstatat",
        "readlink",
        "readlinkat",
        "stat",
        "statx",
    }
)


class Loading:
    """A permit for the time of one import, counted over the life of the process."""

    def __init__(self) -> None:
        self.opens = 0
        self.bytes = 0

    def __call__(self, attempt: Attempt) -> bool:
        """Whether the call may go on."""
        if attempt.call in LOOKING:
            return True
        if attempt.call == "ioctl":
            return attempt.arguments[1] == _IS_A_TERMINAL  # Python asks it of each file that it opens
        if attempt.call in _FLAGS_AT:
            self.opens += 1
            is_reading = not attempt.arguments[_FLAGS_AT[attempt.call]] & _OPEN_FOR_MORE_THAN_READING
            return is_reading and self.opens <= MOST_OPENS
        if attempt.call in {"read", "pread64"}:
            self.bytes += attempt.arguments[2]
            return self.bytes <= MOST_BYTES
        if attempt.call == "mmap":
            # Code of a library may be executable; memory that can be written never is.
            self.bytes += attempt.arguments[1]
            writable_code = attempt.arguments[2] & (_PROT_WRITE | _PROT_EXEC) == _PROT_WRITE | _PROT_EXEC
            return not writable_code and self.bytes <= MOST_BYTES
        return False


def readable(plugin: Path) -> list[str]:
    """What a native plugin may read while it is loaded: its own folder, the standard library, system libraries."""
    places = [
        plugin,
        Path(sysconfig.get_path("stdlib")),
        Path(sysconfig.get_path("platstdlib")),
        Path(sys.base_prefix) / "lib",
        *map(Path, ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")),
    ]
    return sorted({str(place.resolve()) for place in places if place.exists()})
