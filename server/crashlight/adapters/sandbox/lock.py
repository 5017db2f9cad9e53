"""The child's side: give up everything that the profile does not allow, for good, and tell the parent.

``lock`` is called once, in the main thread, after the process has imported and opened what it needs and
before it reads any input. Trusted code runs until then; whatever runs afterwards is not trusted.
"""

import ctypes
import errno
import json
import os
import sys
from contextlib import suppress
from typing import Any, NamedTuple

from crashlight.adapters.sandbox.profiles import PROFILES, Level


class Orders(NamedTuple):
    """What the parent tells the child at its start; it travels as JSON on the command line.

    ``level`` is the best that the child shall reach; ``landlock`` the newest ABI that it may use, and
    ``readable`` the paths below which it may still read. ``arguments`` are the module's own.
    """

    module: str
    profile: str
    level: Level
    control_fd: int
    parent: int
    landlock: int
    readable: list[str]
    limits: dict[str, int | None]
    arguments: dict[str, Any]


def lock(orders: Orders) -> None:
    """Reach ``orders.level``, report it, and prove it with calls that must fail.

    Raises OSError or RuntimeError where the lock does not hold: the process must end then, unused.
    """
    if orders.control_fd < 0:
        return  # Windows: the parent limits the process from outside, and nobody listens
    import _socket  # without the 7 ms that the rest of socket takes

    control = _socket.socket(fileno=orders.control_fd)
    report: dict[str, Any] = {"level": orders.level, "landlock": 0, "audit": False}
    listener = None
    if orders.level != "none":
        _limit(orders)
    if orders.level in {"full", "seccomp"}:
        from crashlight.adapters.sandbox import landlock, seccomp

        if orders.level == "full":
            report["landlock"] = min(landlock.abi(), orders.landlock)
            landlock.restrict(report["landlock"], orders.readable)
            _must_fail("openat", errno.EACCES)
        listener = seccomp.restrict(PROFILES[orders.profile], orders.control_fd)
        report["audit"] = listener is not None
    message = json.dumps(report).encode()
    if listener is None:
        control.sendmsg([message])
    else:
        # The kernel copies the listener to the parent, which answers for us from here on.
        fds = ctypes.c_int(listener)
        control.sendmsg([message], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, bytes(fds))])
        os.close(listener)
    control.close()
    if orders.level in {"full", "seccomp"}:
        for call in SELF_TEST:
            _must_fail(call, errno.EPERM)


SELF_TEST = ("openat", "socket")


def _must_fail(call: str, expected: int) -> None:
    """A lock that lets this through is none. The parent sees the attempt and expects it."""
    try:
        if call == "openat":
            os.close(os.open("/", os.O_RDONLY))
        else:
            import _socket

            _socket.socket().close()
    except OSError as error:
        if error.errno == expected:
            return
        raise
    raise RuntimeError(f"the lock let {call} through")


def _limit(orders: Orders) -> None:
    """Die with the parent, hold no privilege and no more than the limits; never gain any again."""
    if sys.platform == "linux":
        from crashlight.adapters.sandbox import privileges

        privileges.die_with(orders.parent)
        privileges.drop()
    if sys.platform != "win32":
        import resource

        for name, value in _resources(orders.limits):
            number = getattr(resource, name, None)
            if number is not None:
                _set_limit(resource, number, value)
        os.chdir("/")
    if sys.platform == "linux":
        privileges.seal()
    if sys.platform == "darwin":
        from crashlight.adapters.sandbox import seatbelt

        with suppress(OSError):
            seatbelt.restrict()


def _resources(limits: dict[str, int | None]) -> list[tuple[str, int]]:
    wanted = [("RLIMIT_CORE", 0), ("RLIMIT_MEMLOCK", 0), ("RLIMIT_MSGQUEUE", 0), ("RLIMIT_RTPRIO", 0)]
    for name, key, factor in (
        ("RLIMIT_AS", "memory_mb", 1 << 20),
        ("RLIMIT_CPU", "cpu_s", 1),
        ("RLIMIT_FSIZE", "file_kb", 1 << 10),
        ("RLIMIT_NOFILE", "open_files", 1),
        ("RLIMIT_NPROC", "processes", 1),
    ):
        value = limits.get(key)
        if value is not None:
            wanted.append((name, value * factor))
    return wanted


def _set_limit(resource: Any, number: int, value: int) -> None:
    """Lower a limit, never raise it: an ordinary user could not, and the lower one is the stricter."""
    hard = resource.getrlimit(number)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(number, (value, value))
