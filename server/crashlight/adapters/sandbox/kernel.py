"""System calls that Python does not wrap, by name, over ctypes. Linux only."""

import ctypes
import os

from crashlight.adapters.sandbox.syscalls import NUMBERS


def machine() -> str:
    """``x86_64``, ``aarch64`` or another name that the tables do not know."""
    return os.uname().machine


def call(name: str, *arguments: int) -> int:
    """The result of a system call. Raises OSError with its errno, ENOSYS where this machine has no such call."""
    number = NUMBERS.get(machine(), {}).get(name)
    if number is None:
        raise OSError(38, f"{name} is not known on {machine()}")
    result: int = _syscall(ctypes.c_long(number), *(ctypes.c_ulong(argument & _MASK) for argument in arguments))
    if result == -1:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
    return result


_MASK = (1 << 64) - 1
_syscall = ctypes.CDLL(None, use_errno=True).syscall
_syscall.restype = ctypes.c_long
