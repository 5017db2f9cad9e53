"""Nothing gets out: every attempt against every kind of lock, as root and as an ordinary user, on every Python here."""

import itertools
import json
import os
import runpy
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from crashlight.adapters.sandbox import survey

HERE = Path(__file__).parent
HARNESS = HERE / "sandbox_harness.py"
ATTEMPTS = runpy.run_path(str(HERE / "sandbox_attempts.py"))["ATTEMPTS"]
NOBODY = 65534
MOST_PYTHONS = 4
FEWEST_WITH_A_CONTROL = 120

# What the inference profile allows on purpose: threads, their processor, and a file that was inherited.
ALLOWED_TO_INFERENCE = {
    "start_a_thread": "through",
    "start_many_threads": "through",
    "choose_a_processor": "through",
    "map_a_descriptor": "errno 19",  # the kernel's own answer for a pipe
    "clone3_a_child": "errno 38",
}
# The kernel of this machine has no such thing, or forbids it to this user: no control is to be had.
ABSENT = {"errno 38", "errno 93", "errno 95", "errno 97", "errno 1"}

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(not survey().seccomp, reason="this machine has no seccomp")]


@dataclass(frozen=True)
class Lock:
    """One kind of lock, and who is behind it."""

    name: str
    profile: str = "strict"
    level: str = "full"
    landlock: int = 7
    user: int | None = None
    python: str = sys.executable
    prefix: tuple[str, ...] = field(default=())


def pythons() -> Iterator[tuple[str, str]]:
    """Other interpreters of this machine that are new enough, by their version."""
    found = [*Path("/usr/bin").glob("python3.*"), *Path("/usr/local/bin").glob("python3.*")]
    found += Path.home().glob(".pyenv/versions/*/bin/python3")
    seen = {os.path.realpath(sys.executable)}
    for path in sorted(found):
        real = os.path.realpath(path)
        if real in seen or path.name.endswith("config"):
            continue
        seen.add(real)
        version = subprocess.run(
            [path, "-c", "import sys; print(*sys.version_info[:3])"], capture_output=True, text=True
        )
        if version.returncode == 0 and tuple(map(int, version.stdout.split())) >= (3, 11):
            yield ".".join(version.stdout.split()), str(path)


def ordinary_python() -> str | None:
    """A Python that an ordinary user may run, with this checkout readable to them."""
    for python in (sys.executable, *OTHER_PYTHONS.values()):
        try:
            run = subprocess.run(
                [python, HARNESS, "--help"], user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True
            )
        except OSError:
            continue
        if b"TypeError" in run.stderr:  # it ran as far as its missing arguments
            return python
    return None


OTHER_PYTHONS = dict(itertools.islice(pythons(), MOST_PYTHONS))
IS_ROOT = os.geteuid() == 0
LOCKS = [
    Lock("full"),
    Lock("no Landlock", level="seccomp", landlock=0),
    Lock("Landlock ABI 1", landlock=1),
    Lock("Landlock ABI 4", landlock=4),
    Lock("Landlock ABI 6", landlock=6),
    Lock("native", profile="native"),
    Lock("inference", profile="inference"),
    *(Lock(f"Python {version}", python=python) for version, python in OTHER_PYTHONS.items()),
]
if IS_ROOT and (python := ordinary_python()):
    LOCKS += [
        Lock("ordinary user", user=NOBODY, python=python),
        Lock("ordinary user, no Landlock", level="seccomp", landlock=0, user=NOBODY, python=python),
        Lock("ordinary user, Landlock ABI 1", landlock=1, user=NOBODY, python=python),
        Lock("ordinary user, inference", profile="inference", user=NOBODY, python=python),
    ]
if shutil.which("unshare"):
    denied = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"'
    LOCKS.append(Lock("user namespaces denied", prefix=("unshare", "-Ur", "sh", "-c", denied, "sh")))


@cache
def run(lock: Lock, scratch: str) -> dict[str, dict[str, object]]:
    """All outcomes behind one lock."""
    argv = [*lock.prefix, lock.python, HARNESS, lock.profile, lock.level, str(lock.landlock), scratch]
    identity = {} if lock.user is None else {"user": lock.user, "group": lock.user, "extra_groups": []}
    done = subprocess.run(argv, capture_output=True, text=True, **identity)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["results"]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    # Not below pytest's own folders, which other users cannot enter.
    path = Path("/tmp") / f"crashlight-attempts-{os.getpid()}"
    path.mkdir()
    path.chmod(0o1777)
    yield str(path)
    shutil.rmtree(path)


def was_stopped(lock: Lock, name: str, result: dict[str, object]) -> bool:
    """Stopped by the lock, in the way that the lock stops it; no accident counts."""
    said = str(result["locked"])
    if lock.profile == "inference" and name in ALLOWED_TO_INFERENCE:
        return said == ALLOWED_TO_INFERENCE[name]
    outcome = ATTEMPTS[name][4]
    if outcome == "died":
        return said == "died 31"  # SIGSYS
    if outcome == "memory":
        return said in {"raised MemoryError", "died 9", "died 11", "died 6"}
    return said == "errno 1" and bool(result["told"])


def has_control(lock: Lock, name: str, result: dict[str, object]) -> bool:
    """It succeeds without the lock; an error of the kernel to harmless arguments shows that it went through."""
    said = str(result["control"])
    return said == "through" or (said.startswith("errno") and int(said[6:]) in ATTEMPTS[name][2])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_nothing_gets_through(lock: Lock, scratch: str) -> None:
    results = run(lock, scratch)
    assert set(results) == set(ATTEMPTS)
    through = {name: result for name, result in results.items() if not was_stopped(lock, name, result)}
    assert not through


@pytest.mark.parametrize("lock", [lock for lock in LOCKS if not lock.prefix], ids=lambda lock: lock.name)
def test_each_attempt_succeeds_without_the_lock(lock: Lock, scratch: str) -> None:
    results = run(lock, scratch)
    needs_root = {name for name, attempt in ATTEMPTS.items() if attempt[3] and (lock.user or not IS_ROOT)}
    without = {name: result["control"] for name, result in results.items() if not has_control(lock, name, result)}
    unexplained = {name: said for name, said in without.items() if name not in needs_root and said not in ABSENT}
    assert not unexplained
    assert len(results) - len(without) >= FEWEST_WITH_A_CONTROL


def test_the_table(scratch: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Print what docs/security.md keeps."""
    lines = []
    for lock in LOCKS:
        results = run(lock, scratch)
        families = Counter(ATTEMPTS[name][0] for name in results)
        controlled = sum(has_control(lock, name, result) for name, result in results.items())
        told = sum(bool(result["told"]) for result in results.values())
        through = sum(not was_stopped(lock, name, result) for name, result in results.items())
        lines.append(f"{lock.name:32s} {sum(families.values()):8d} {controlled:12d} {told:6d} {through:8d}")
    with capsys.disabled():
        print(f"\n{'lock':32s} attempts with control   told  through\n" + "\n".join(lines))
    assert set(families) == {"file", "process", "network", "exec", "kernel", "resource"}
