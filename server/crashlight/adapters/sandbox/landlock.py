"""Landlock: no path of the file system, no TCP port, no signal or abstract socket beyond the process.

Structures and constants are those of ``linux/landlock.h``; each version of the kernel's interface (ABI)
knows more rights, and only those it knows may be named.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Sequence
from typing import Final

from crashlight.adapters.sandbox.kernel import call

NEWEST_ABI: Final = 7

_CREATE_RULESET: Final = "landlock_create_ruleset"
_VERSION_FLAG: Final = 1
_PATH_BENEATH: Final = 1
_READ_FILE: Final = 1 << 2
_READ_DIR: Final = 1 << 3

_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 5: 16}  # ABI → how many rights of files there are
_NET_RIGHTS: Final = 0b11  # bind and connect, TCP; from ABI 4
_SCOPES: Final = 0b11  # abstract sockets and signals; from ABI 6


def abi() -> int:
    """The kernel's version of Landlock; 0 where there is none."""
    try:
        return call(_CREATE_RULESET, 0, 0, _VERSION_FLAG)
    except OSError:
        return 0


def restrict(version: int, readable: Sequence[str] = ()) -> None:
    """Take every right of ``version`` from the calling thread, but reading below ``readable``.

    Needs no_new_privs. Raises OSError.
    """
    files = (1 << max(count for first, count in _FILE_RIGHTS.items() if first <= version)) - 1
    attributes = struct.pack("=Q", files)
    if version >= 4:
        attributes += struct.pack("=Q", _NET_RIGHTS)
    if version >= 6:
        attributes += struct.pack("=Q", _SCOPES)
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    ruleset = call(_CREATE_RULESET, ctypes.addressof(buffer), len(attributes), 0)
    try:
        for path in readable:
            _allow_reading(ruleset, path)
        call("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _allow_reading(ruleset: int, path: str) -> None:
    folder = os.open(path, os.O_PATH | os.O_CLOEXEC)  # type: ignore[attr-defined,unused-ignore]  # Linux only
    try:
        rights = _READ_FILE | (_READ_DIR if stat.S_ISDIR(os.fstat(folder).st_mode) else 0)
        rule = struct.pack("=Qi", rights, folder)
        buffer = ctypes.create_string_buffer(rule, len(rule))
        call("landlock_add_rule", ruleset, _PATH_BENEATH, ctypes.addressof(buffer), 0)
    finally:
        os.close(folder)
