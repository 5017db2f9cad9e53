"""The filter, run by an interpreter of its instructions: what it allows, on both architectures, and for whom."""

import re
import struct
from pathlib import Path

import pytest

from crashlight.adapters.sandbox.filter import ALLOW, ERRNO, KILL, NOTIFY, assemble
from crashlight.adapters.sandbox.loading import LOOKING
from crashlight.adapters.sandbox.profiles import INFERENCE, NATIVE, PROFILES, STRICT, Profile, Rule
from crashlight.adapters.sandbox.syscalls import AUDIT_ARCH, NUMBERS, name_of

PID, CONTROL = 4711, 9
MACHINES = ("x86_64", "aarch64")
SECURITY_PAGE = Path(__file__).resolve().parents[3] / "docs" / "security.md"
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def verdict(program: bytes, number: int, arguments: tuple[int, ...] = (), architecture: int = 0) -> int:
    """Run classic BPF on one call, as the kernel does; every program ends, since all jumps go forward."""
    padded = (*arguments, *(0,) * (6 - len(arguments)))
    data = struct.pack("=IIQ6Q", number, architecture, 0, *padded)
    at, accumulator = 0, 0
    while True:
        code, if_true, if_false, constant = struct.unpack_from("=HBBI", program, 8 * at)
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, constant)
        elif code == 0x54:
            accumulator &= constant
        elif code == 0x15:
            at += if_true if accumulator == constant else if_false
        elif code == 0x35:
            at += if_true if accumulator >= constant else if_false
        elif code == 0x06:
            return constant
        else:
            raise AssertionError(f"an instruction {code:#x} that the filter should not have")


def judge(profile: Profile, machine: str, call: str, *arguments: int) -> int:
    program = assemble(profile.rules, machine, NOTIFY, PID, CONTROL)
    return verdict(program, NUMBERS[machine][call], arguments, AUDIT_ARCH[machine])


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_only_what_a_rule_names_is_allowed(profile: Profile, machine: str) -> None:
    program = assemble(profile.rules, machine, NOTIFY, PID, CONTROL)
    named = {rule.call for rule in profile.rules}
    for call, number in NUMBERS[machine].items():
        answer = verdict(program, number, architecture=AUDIT_ARCH[machine])
        if call not in named:
            assert answer == NOTIFY, call
    for number in (335, 423, 500, 99_999):
        assert verdict(program, number, architecture=AUDIT_ARCH[machine]) == NOTIFY
    without_conditions = {rule.call for rule in profile.rules if not rule.when and not rule.errno}
    for call in without_conditions & set(NUMBERS[machine]):
        assert verdict(program, NUMBERS[machine][call], (1, 2, 3), AUDIT_ARCH[machine]) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_another_architecture_is_killed(machine: str) -> None:
    program = assemble(STRICT.rules, machine, NOTIFY, PID, CONTROL)
    for architecture in {0, 0x40000003, *AUDIT_ARCH.values()} - {AUDIT_ARCH[machine]}:
        assert verdict(program, NUMBERS[machine]["read"], (0,), architecture) == KILL


def test_x32_calls_are_killed() -> None:
    program = assemble(STRICT.rules, "x86_64", NOTIFY, PID, CONTROL)
    for number in (0x4000_0000, 0x4000_0027, 0xFFFF_FFFF):
        assert verdict(program, number, architecture=AUDIT_ARCH["x86_64"]) == KILL


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("profile", "call", "arguments", "expected"),
    [
        (STRICT, "read", (0, 1, 1), ALLOW),
        (STRICT, "read", (3, 1, 1), NOTIFY),
        (STRICT, "write", (1, 1, 1), ALLOW),
        (STRICT, "write", (2, 1, 1), ALLOW),
        (STRICT, "write", (0, 1, 1), NOTIFY),
        (STRICT, "write", (3, 1, 1), NOTIFY),
        (STRICT, "mmap", (0, 4096, 3, 0x22), ALLOW),
        (STRICT, "mmap", (0, 4096, 3, 0x02), NOTIFY),  # of a file
        (STRICT, "mmap", (0, 4096, 5, 0x22), NOTIFY),  # executable
        (STRICT, "mprotect", (0, 4096, 3), ALLOW),
        (STRICT, "mprotect", (0, 4096, 7), NOTIFY),
        (STRICT, "tgkill", (PID, PID, 6), ALLOW),
        (STRICT, "tgkill", (1, 1, 9), NOTIFY),
        (STRICT, "sendmsg", (CONTROL, 0, 0), ALLOW),
        (STRICT, "sendmsg", (CONTROL + 1, 0, 0), NOTIFY),
        (STRICT, "clone", (0x3D0F00,), NOTIFY),
        (INFERENCE, "clone", (0x3D0F00,), ALLOW),  # the flags of pthread_create
        (INFERENCE, "clone", (17,), NOTIFY),  # those of fork
        (INFERENCE, "clone", (0x3D0F00 | 0x1000_0000,), NOTIFY),  # with a user namespace
        (INFERENCE, "clone3", (), ERRNO | 38),
        (INFERENCE, "mmap", (0, 4096, 1, 1, 5), ALLOW),
        (INFERENCE, "mmap", (0, 4096, 5, 2, 5), NOTIFY),
        (INFERENCE, "prctl", (15,), ALLOW),
        (INFERENCE, "prctl", (4, 1), NOTIFY),
        (INFERENCE, "fcntl", (1, 3), ALLOW),
        (INFERENCE, "fcntl", (1, 4, 0), NOTIFY),
    ],
)
def test_conditions(profile: Profile, machine: str, call: str, arguments: tuple[int, ...], expected: int) -> None:
    assert judge(profile, machine, call, *arguments) == expected


def test_both_words_of_a_pointer_are_compared() -> None:
    from crashlight.adapters.sandbox.profiles import POINTER, Condition

    null_only = [Rule("prlimit64", "reads", (Condition(2, POINTER, 0),))]
    program = assemble(null_only, "x86_64", NOTIFY, PID, CONTROL)
    number, architecture = NUMBERS["x86_64"]["prlimit64"], AUDIT_ARCH["x86_64"]
    assert verdict(program, number, (0, 7, 0), architecture) == ALLOW
    assert verdict(program, number, (0, 7, 1 << 40), architecture) == NOTIFY
    assert verdict(program, number, (0, 7, 8), architecture) == NOTIFY


@pytest.mark.parametrize("machine", MACHINES)
def test_numbers_are_those_of_the_kernels_headers(machine: str) -> None:
    if not HEADERS[machine].is_file():
        pytest.skip(f"{HEADERS[machine]} is not here")
    text = HEADERS[machine].read_text()
    found = {name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", text)}
    compared = {name: number for name, number in found.items() if name in NUMBERS[machine]}
    assert len(compared) > 250
    assert compared == {name: NUMBERS[machine][name] for name in compared}


def test_names() -> None:
    assert name_of(257, "x86_64") == "openat"
    assert name_of(56, "aarch64") == "openat"
    assert name_of(99_999, "x86_64") == "syscall 99999"


@pytest.mark.parametrize("profile", [STRICT, INFERENCE], ids=lambda profile: profile.name)
def test_the_page_lists_each_call_with_its_reason(profile: Profile) -> None:
    """docs/security.md and the rules are one list: neither may change alone."""
    on_page = re.findall(r"^\| `(\w+)` \| (.+?) \|$", section(profile.name), re.MULTILINE)
    assert on_page == [(rule.call, rule.reason) for rule in profile.rules]
    assert all(len(rule.reason) > 10 for rule in profile.rules)


def test_the_page_lists_what_goes_on_while_a_native_plugin_is_loaded() -> None:
    assert NATIVE.rules == STRICT.rules
    on_page = set(re.findall(r"`(\w+)`", section("native").partition("Loading:")[2]))
    assert on_page == LOOKING | {"open", "openat", "read", "pread64", "mmap", "ioctl"}


def section(name: str) -> str:
    return SECURITY_PAGE.read_text(encoding="utf-8").split(f"### The {name} profile\n")[1].split("\n#")[0]
