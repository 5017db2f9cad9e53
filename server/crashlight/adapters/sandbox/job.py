"""Windows: a Job Object that ends with the server, holds one process, and limits its memory.

Written to the documentation of CreateJobObject and JOBOBJECT_EXTENDED_LIMIT_INFORMATION; never run. It limits
resources and isolates nothing, so the level is ``process``.
"""

import ctypes
import sys
from typing import Any

KILL_ON_CLOSE = 0x2000
ONE_PROCESS = 0x0008
PROCESS_MEMORY = 0x0100
DIE_ON_EXCEPTION = 0x0400
_EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("Basic", BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


def limits(memory_mb: int | None, processes: int | None) -> ExtendedLimits:
    """The structure for these limits; it always ends the process when the job's handle is closed."""
    wanted = ExtendedLimits()
    wanted.Basic.LimitFlags = KILL_ON_CLOSE | DIE_ON_EXCEPTION
    if processes is not None:
        wanted.Basic.LimitFlags |= ONE_PROCESS
        wanted.Basic.ActiveProcessLimit = 1
    if memory_mb is not None:
        wanted.Basic.LimitFlags |= PROCESS_MEMORY
        wanted.ProcessMemoryLimit = memory_mb << 20
    return wanted


def confine(process_handle: int, memory_mb: int | None, processes: int | None) -> int:
    """Put a process into a job of its own; the job's handle, to be kept open as long as the process. Raises OSError."""
    if sys.platform != "win32":
        raise OSError("there are no Job Objects on this system")
    kernel: Any = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    job: int | None = kernel.CreateJobObjectW(None, None)
    if not job:
        raise ctypes.WinError(ctypes.get_last_error())
    wanted = limits(memory_mb, processes)
    held = ctypes.c_void_p(job)
    if not kernel.SetInformationJobObject(held, _EXTENDED_LIMITS, ctypes.byref(wanted), ctypes.sizeof(wanted)):
        raise ctypes.WinError(ctypes.get_last_error())
    if not kernel.AssignProcessToJobObject(held, ctypes.c_void_p(process_handle)):
        raise ctypes.WinError(ctypes.get_last_error())
    return job
