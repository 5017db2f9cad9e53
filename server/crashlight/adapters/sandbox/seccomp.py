"""Putting a filter into force, with a listener that tells the parent what was denied."""

import ctypes
import errno
import os
import struct

from crashlight.adapters.sandbox.filter import EPERM, ERRNO, NOTIFY, assemble
from crashlight.adapters.sandbox.kernel import call, machine
from crashlight.adapters.sandbox.profiles import Profile

_SET_MODE_FILTER = 1
_ON_ALL_THREADS = 1 << 0
_NEW_LISTENER = 1 << 3
_ERROR_WHEN_A_THREAD_REFUSES = 1 << 4


def restrict(profile: Profile, control_fd: int) -> int | None:
    """Put the filter into force for the process. The listener's descriptor, or None where there can be none.

    There is none below Linux 5.0, and where the process runs under another's listener already; calls
    are denied all the same then, but nobody is told. Raises OSError.
    """
    on_all = _ON_ALL_THREADS | _ERROR_WHEN_A_THREAD_REFUSES if profile.threads else 0
    try:
        return _apply(profile, control_fd, NOTIFY, _NEW_LISTENER | on_all)
    except OSError as error:
        if error.errno not in {errno.EBUSY, errno.EINVAL}:
            raise
    _apply(profile, control_fd, ERRNO | EPERM, _ON_ALL_THREADS if profile.threads else 0)
    return None


def _apply(profile: Profile, control_fd: int, default: int, flags: int) -> int:
    instructions = assemble(profile.rules, machine(), default, os.getpid(), control_fd)
    held = ctypes.create_string_buffer(instructions, len(instructions))
    program = struct.pack("@HP", len(instructions) // 8, ctypes.addressof(held))
    held_program = ctypes.create_string_buffer(program, len(program))
    return call("seccomp", _SET_MODE_FILTER, flags, ctypes.addressof(held_program))
