"""macOS: the seatbelt, by ``sandbox_init`` of libSystem. Written to its header and to Chromium's use; never run.

It is deprecated and still the only way for a process to give up its rights there. Nobody could verify it here,
so it adds to the level ``process`` and never changes its name.
"""

import ctypes

# All that the process needs is open: pipes need no permission. Only what libraries ask of the system is allowed.
PROFILE = b"""
(version 1)
(deny default)
(allow sysctl-read)
(allow signal (target self))
"""


def restrict() -> None:
    """Deny everything but what is open already. Raises OSError."""
    system = ctypes.CDLL("/usr/lib/libSystem.dylib", use_errno=True)
    message = ctypes.c_char_p()
    system.sandbox_init.argtypes = (ctypes.c_char_p, ctypes.c_uint64, ctypes.POINTER(ctypes.c_char_p))
    system.sandbox_init.restype = ctypes.c_int
    # Flags 0: the first argument is the profile itself, not the name of one.
    if system.sandbox_init(PROFILE, 0, ctypes.byref(message)) != 0:
        raise OSError(ctypes.get_errno(), (message.value or b"sandbox_init failed").decode("utf-8", "replace"))
