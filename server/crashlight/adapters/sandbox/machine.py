"""What this machine can do for a sandbox, and so the level that is to be expected."""

import platform
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from crashlight.adapters.sandbox.profiles import LEVELS, Level


@dataclass(frozen=True, slots=True)
class Machine:
    """``landlock`` is the kernel's ABI, 0 where there is none; ``listener`` says that denied calls can be told.

    Without ``limits`` nothing is done at all, which only measurements ask for.
    """

    system: str
    architecture: str
    seccomp: bool
    listener: bool
    landlock: int
    limits: bool = True

    @property
    def level(self) -> Level:
        """The best level that a process can reach here, and must then be proven to have reached."""
        if self.seccomp:
            return "full" if self.landlock else "seccomp"
        return "process" if self.limits else "none"

    def at_most(self, level: Level | None = None, landlock: int | None = None) -> "Machine":
        """The same machine with less: for settings that lower a level, and for tests of older kernels."""
        lessened = self if landlock is None else replace(self, landlock=min(landlock, self.landlock))
        if level is None or LEVELS.index(level) <= LEVELS.index(lessened.level):
            return lessened
        if level == "seccomp":
            return replace(lessened, landlock=0)
        return replace(lessened, landlock=0, seccomp=False, listener=False, limits=level != "none")


@cache
def survey() -> Machine:
    """Look once. It asks the kernel and changes nothing."""
    architecture = platform.machine()
    if sys.platform != "linux":
        return Machine(sys.platform, architecture, seccomp=False, listener=False, landlock=0)
    from crashlight.adapters.sandbox import landlock
    from crashlight.adapters.sandbox.syscalls import NUMBERS

    actions = _actions()
    known = architecture in NUMBERS
    return Machine(
        system="linux",
        architecture=architecture,
        seccomp=known and "errno" in actions,
        listener=known and "user_notif" in actions,
        landlock=min(landlock.abi(), landlock.NEWEST_ABI) if known else 0,
    )


def _actions() -> list[str]:
    try:
        return Path("/proc/sys/kernel/seccomp/actions_avail").read_text().split()
    except OSError:
        return []
