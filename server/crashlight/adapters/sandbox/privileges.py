"""What a process on Linux gives up by prctl and capset: its parent's death, its capabilities, its visibility."""

import ctypes
import os
import struct
from contextlib import suppress

from crashlight.adapters.sandbox.kernel import call

_SIGKILL = 9
_SET_PDEATHSIG = 1
_SET_DUMPABLE = 4
_CAPBSET_DROP = 24
_SET_NO_NEW_PRIVS = 38
_CAP_AMBIENT = 47
_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x2008_0522


def die_with(parent: int) -> None:
    """Be killed when the thread that started us ends. Raises RuntimeError where it has ended already."""
    call("prctl", _SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise RuntimeError("the parent has gone")


def drop() -> None:
    """Give up every capability, in every set. An ordinary user has none and may not touch the bounding set."""
    with suppress(OSError):
        call("prctl", _CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    for capability in range(64):
        try:
            call("prctl", _CAPBSET_DROP, capability, 0, 0, 0)
        except OSError:
            break
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    nothing = bytes(24)
    call("capset", _address(header), _address(nothing))


def seal() -> None:
    """Be the first to go when memory runs out, be invisible to other processes, gain nothing by a program."""
    with suppress(OSError):
        descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(descriptor, b"1000")
        os.close(descriptor)
    call("prctl", _SET_DUMPABLE, 0, 0, 0, 0)
    call("prctl", _SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _address(data: bytes) -> int:
    """Where ``data`` lies; the caller holds it until the call is over."""
    return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value or 0
