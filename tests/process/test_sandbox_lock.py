"""Starting, proving, killing: what the parent may rely on."""

import os
import select
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crashlight.adapters.sandbox import Confined, Machine, NotProven, check, start, survey
from crashlight.adapters.sandbox.profiles import INFERENCE, STRICT, Limits, Profile

PROBE = "crashlight.adapters.sandbox.probe"
HERE = survey()

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(not HERE.seccomp, reason="this machine has no seccomp")]

Starter = Callable[..., Confined]


@pytest.fixture
def started() -> Iterator[Starter]:
    running: list[Confined] = []

    def begin(profile: Profile = STRICT, machine: Machine = HERE, **more: object) -> Confined:
        running.append(start(PROBE, profile, machine=machine, **more))  # type: ignore[arg-type]
        return running[-1]

    yield begin
    for confined in running:
        confined.kill()


def status(pid: int) -> dict[str, str]:
    lines = (line.partition(":") for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {name: value.strip() for name, _, value in lines}


@pytest.mark.parametrize("profile", [STRICT, INFERENCE], ids=lambda profile: profile.name)
@pytest.mark.parametrize("level", ["full", "seccomp", "process"])
def test_each_level_is_reached_and_proven(profile: Profile, level: str, started: Starter) -> None:
    machine = HERE.at_most(level)  # type: ignore[arg-type]
    confined = started(profile, machine)
    assert confined.prove() == machine.level
    found = status(confined.pid)
    assert (found["NoNewPrivs"], found["CapEff"], found["CapPrm"]) == ("1", "0" * 16, "0" * 16)
    assert (found["Seccomp"] == "2") == (level != "process")
    assert (confined.listener is not None) == (level != "process" and HERE.listener)
    assert confined.landlock == machine.landlock


@pytest.mark.parametrize("abi", [1, 2, 3, 4, 5, 6])
def test_each_version_of_landlock_is_spoken(abi: int, started: Starter) -> None:
    if abi > HERE.landlock:
        pytest.skip(f"this kernel has Landlock ABI {HERE.landlock}")
    confined = started(machine=HERE.at_most(landlock=abi))
    assert (confined.prove(), confined.landlock) == ("full", abi)


@pytest.mark.parametrize(
    "expected",
    [
        replace(HERE, landlock=HERE.landlock + 1),  # more than the kernel gives
        replace(HERE, architecture="other", landlock=99),
    ],
)
def test_a_lock_that_is_less_than_expected_is_not_proven(expected: Machine, started: Starter) -> None:
    confined = started(machine=expected)
    with pytest.raises(NotProven):
        confined.prove()
    assert not confined.is_alive()
    assert confined.level == "none"


def test_a_process_that_does_not_lock_itself_is_not_proven(started: Starter) -> None:
    broken = start("crashlight.adapters.sandbox.there_is_no_such_module", STRICT)
    with pytest.raises(NotProven, match="No module named"):
        broken.prove()
    stopped = started()
    os.kill(stopped.pid, signal.SIGSTOP)
    with pytest.raises(NotProven, match=r"in time|not seen"):
        stopped.prove(timeout_s=0.3)
    assert not stopped.is_alive()


def test_doctor_says_the_level_first() -> None:
    for machine, word, health in ((HERE, HERE.level, "ok"), (HERE.at_most("process"), "process", "degraded")):
        found = check(machine)
        assert (found.name, found.status) == ("sandbox", health)
        assert found.detail.startswith(f"{word}:")
    broken = check(replace(HERE, landlock=99))
    assert (broken.status, broken.detail.partition(":")[0]) == ("down", "none")
    assert broken.cure


def test_the_process_holds_three_pipes_and_nothing_of_ours(started: Starter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_SERVER", "x")
    leaked = os.open("/etc/hostname", os.O_RDONLY)
    os.set_inheritable(leaked, True)
    confined = started()
    confined.prove()
    os.close(leaked)
    # Root may still look at what is not dumpable; an ordinary user may not, and that is a test too.
    try:
        descriptors = sorted(int(path.name) for path in Path(f"/proc/{confined.pid}/fd").iterdir())
        environment = Path(f"/proc/{confined.pid}/environ").read_bytes().split(b"\0")
    except PermissionError:
        return
    assert descriptors == [0, 1, 2]
    assert {entry.partition(b"=")[0] for entry in environment if entry} == {b"HOME", b"LANG"}
    assert Path(f"/proc/{confined.pid}/cwd").readlink() == Path("/")


def test_limits_are_the_kernels(started: Starter) -> None:
    confined = started(limits=Limits(memory_mb=200, cpu_s=77, file_kb=0, open_files=20, processes=0))
    confined.prove()
    lines = Path(f"/proc/{confined.pid}/limits").read_text().splitlines()[1:]
    hard = {line[:26].strip(): line[47:68].strip() for line in lines}
    assert hard["Max address space"] == str(200 << 20)
    assert hard["Max cpu time"] == "77"
    assert (hard["Max file size"], hard["Max processes"], hard["Max core file size"]) == ("0", "0", "0")
    assert hard["Max open files"] == "20"
    assert hard["Max locked memory"] == "0"


def test_killing_ends_the_whole_group_and_may_be_repeated(started: Starter) -> None:
    confined = started()
    confined.prove()
    assert os.getpgid(confined.pid) == confined.pid
    assert confined.kill() == confined.kill() == -signal.SIGKILL
    assert not confined.is_alive()
    assert not confined.is_runnable()
    assert confined.memory_bytes() == 0


def test_the_childs_clock_is_read_from_outside(started: Starter) -> None:
    confined = started()
    confined.prove()
    first = confined.cpu_seconds()
    assert 0 < first < 60
    assert confined.cpu_seconds() >= first
    assert confined.memory_bytes() > 1 << 20


def test_nobody_is_left_when_the_parent_dies() -> None:
    program = textwrap.dedent(
        f"""
        import os, sys
        from crashlight.adapters.sandbox import start
        from crashlight.adapters.sandbox.profiles import STRICT
        confined = start({PROBE!r}, STRICT)
        confined.prove()
        print(confined.pid, flush=True)
        os.kill(os.getpid(), 9)
        """
    )
    parent = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert parent.returncode == -signal.SIGKILL
    pid = int(parent.stdout)
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        assert poll.poll(30_000), "the child outlived its parent"
    finally:
        os.close(handle)
