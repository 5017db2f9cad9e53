"""What is expected of a machine, and what settings and tests may take from it."""

import pytest

from crashlight.adapters.sandbox.audit import SEVERE
from crashlight.adapters.sandbox.machine import Machine
from crashlight.adapters.sandbox.profiles import PROFILES
from crashlight.adapters.sandbox.syscalls import NUMBERS

BEST = Machine("linux", "x86_64", seccomp=True, listener=True, landlock=7)


@pytest.mark.parametrize(
    ("machine", "level"),
    [
        (BEST, "full"),
        (BEST.at_most(landlock=1), "full"),
        (BEST.at_most(landlock=0), "seccomp"),
        (BEST.at_most("seccomp"), "seccomp"),
        (BEST.at_most("process"), "process"),
        (BEST.at_most("process").at_most("full"), "process"),
        (Machine("darwin", "arm64", seccomp=False, listener=False, landlock=0), "process"),
        (Machine("linux", "riscv64", seccomp=False, listener=False, landlock=0), "process"),
    ],
)
def test_levels(machine: Machine, level: str) -> None:
    assert machine.level == level


def test_the_structures_of_a_job_have_the_size_that_windows_documents() -> None:
    import ctypes

    from crashlight.adapters.sandbox.job import ExtendedLimits, limits

    assert ctypes.sizeof(ExtendedLimits) == 144  # 64-bit
    wanted = limits(256, 0)
    assert wanted.Basic.LimitFlags == 0x2000 | 0x400 | 0x100 | 0x8
    assert (wanted.ProcessMemoryLimit, wanted.Basic.ActiveProcessLimit) == (256 << 20, 1)
    assert limits(None, None).Basic.LimitFlags == 0x2000 | 0x400


def test_severe_calls_are_calls_that_no_profile_allows_without_a_condition() -> None:
    known = set(NUMBERS["x86_64"]) | set(NUMBERS["aarch64"])
    assert known >= SEVERE
    for profile in PROFILES.values():
        assert not {rule.call for rule in profile.rules if not rule.when and not rule.errno} & SEVERE
