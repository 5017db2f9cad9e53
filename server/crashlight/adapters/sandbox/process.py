"""The parent's side: start a module of ours in a restricted process, and believe it only when proven.

The thread that calls :func:`start` must live as long as the process: the kernel kills the child when that
*thread* ends.
"""

import array
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import crashlight_sdk
from crashlight.adapters.sandbox.audit import Attempt, Listener, Permit
from crashlight.adapters.sandbox.machine import Machine, survey
from crashlight.adapters.sandbox.profiles import LEVELS, Level, Limits, Profile
from crashlight.adapters.sandbox.proof import NotProven, examine

BOOT: Final = Path(__file__).with_name("boot.py")
SELF_TEST_CALLS: Final = ("openat", "socket")


def start(
    module: str,
    profile: Profile,
    *,
    limits: Limits | None = None,
    machine: Machine | None = None,
    inherit: Sequence[int] = (),
    site_packages: bool = False,
    readable: Sequence[str] = (),
    arguments: Mapping[str, Any] | None = None,
) -> "Confined":
    """Run ``main(orders)`` of ``module``, a dotted name below ``crashlight``, in a process of its own.

    It gets three pipes, the descriptors of ``inherit`` under their own numbers, an empty environment and
    ``arguments`` (plain data, as ``orders.arguments``); Landlock leaves it reading below ``readable``.
    Call :meth:`Confined.prove` before anything is written to it. Raises OSError.
    """
    machine = machine or survey()
    ours, theirs = socket.socketpair() if sys.platform != "win32" else (None, None)
    orders = {
        "sdk": str(Path(crashlight_sdk.__file__).resolve().parents[1]),
        "module": module,
        "profile": profile.name,
        "level": machine.level,
        "control_fd": theirs.fileno() if theirs else -1,
        "parent": os.getpid(),
        "landlock": machine.landlock,
        "readable": list(readable),
        "limits": (limits or Limits()).as_dict(),
        "arguments": dict(arguments or {}),
    }
    isolation = ["-I", "-B", "-X", "utf8"] if site_packages else ["-I", "-S", "-B", "-X", "utf8"]
    try:
        process = subprocess.Popen(
            [sys.executable, *isolation, str(BOOT), json.dumps(orders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
            cwd=Path("/").resolve(),
            start_new_session=True,
            pass_fds=[*inherit, theirs.fileno()] if theirs else (),
        )
    except BaseException:
        if ours:
            ours.close()
        raise
    finally:
        if theirs:
            theirs.close()
    confined = Confined(process, ours, machine, profile)
    if sys.platform == "win32":
        from crashlight.adapters.sandbox import job

        wanted = limits or Limits()
        confined.job = job.confine(int(process._handle), wanted.memory_mb, wanted.processes)
    return confined


class Confined:
    """A restricted process. ``level`` is what was reached; ``none`` until :meth:`prove` has returned."""

    def __init__(
        self, process: subprocess.Popen[bytes], control: socket.socket | None, machine: Machine, profile: Profile
    ) -> None:
        assert process.stdin and process.stdout and process.stderr
        self.pid = process.pid
        self.stdin, self.stdout, self.stderr = process.stdin, process.stdout, process.stderr
        self.level: Level = "none"
        self.landlock = 0
        self.listener: Listener | None = None
        self.job: int | None = None  # Windows: its handle
        self._process = process
        self._control = control
        self._machine = machine
        self._profile = profile

    def prove(self, timeout_s: float = 10.0) -> Level:
        """Wait for the lock and verify it from outside. Raises NotProven, with the process killed then."""
        try:
            if self._control is None:
                self.level = self._machine.level  # Windows: what there is, start() has done
            else:
                self._prove(time.monotonic() + timeout_s)
        except NotProven:
            self.kill()
            raise
        return self.level

    def answer(self, permit: Permit | None = None) -> Attempt | None:
        """Deny the call that waits at ``listener``, or permit it; see :meth:`Listener.answer`."""
        return self.listener.answer(permit) if self.listener else None

    def cpu_seconds(self) -> float:
        """Processor time of the process so far, from its own clock; 0.0 where it cannot be read."""
        try:
            # CPUCLOCK_SCHED of a process, as clock_getcpuclockid(3) encodes it.
            return time.clock_gettime((~self.pid << 3) | 2)
        except (OSError, AttributeError):
            return 0.0

    def is_runnable(self) -> bool:
        """Whether it computes, or would if a processor were free; False where that cannot be told."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return False
        return fields[0] in {"R", "D"}

    def memory_bytes(self) -> int:
        """What it holds of the machine's memory now; 0 where that cannot be told."""
        try:
            return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, ValueError, IndexError):
            return 0

    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def kill(self) -> int:
        """End the whole process group, wait for it and let go of everything. Returns how it ended; may be repeated."""
        if self._process.poll() is None:
            with contextlib.suppress(OSError):
                if sys.platform == "win32":
                    self._process.kill()
                else:
                    os.killpg(self.pid, signal.SIGKILL)
        code = self._process.wait()
        for stream in (self.stdin, self.stdout, self.stderr):
            with contextlib.suppress(OSError):
                stream.close()
        if self.listener:
            self.listener.close()
            self.listener = None
        if self._control:
            self._control.close()
            self._control = None
        return code

    def _prove(self, deadline: float) -> None:
        report = self._report(deadline)
        if report.get("level") != self._machine.level or report.get("landlock") != self._machine.landlock:
            raise NotProven(f"it reached {report}, where {self._machine.level} was expected")
        level: Level = LEVELS[LEVELS.index(report["level"])]
        if self._machine.level in {"full", "seccomp"}:
            self._watch_self_test(deadline)
        if self._machine.system == "linux":
            examine(self.pid, level, threads=self._profile.threads)
        self.level, self.landlock = level, self._machine.landlock

    def _report(self, deadline: float) -> dict[str, Any]:
        assert self._control
        self._wait(self._control.fileno(), deadline, "it did not lock itself in time")
        data, ancillary, _, _ = self._control.recvmsg(4096, socket.CMSG_SPACE(array.array("i", [0]).itemsize))
        for level, kind, payload in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                descriptor = array.array("i", payload)[0]
                os.set_inheritable(descriptor, False)
                self.listener = Listener(descriptor, self._machine.architecture)
        self._control.close()
        self._control = None
        if not data:
            raise NotProven(f"it ended while it locked itself: {self._last_words()}")
        report: dict[str, Any] = json.loads(data)
        return report

    def _watch_self_test(self, deadline: float) -> None:
        """The child tries what it may not; seeing each attempt proves that the filter and its listener work."""
        if self.listener is None:
            return
        for expected in SELF_TEST_CALLS:
            self._wait(self.listener.fd, deadline, f"its attempt at {expected} was not seen")
            attempt = self.listener.answer()
            if attempt is None or attempt.call != expected:
                raise NotProven(f"it was to attempt {expected}, and attempted {attempt and attempt.call}")

    def _wait(self, descriptor: int, deadline: float, reason: str) -> None:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        if not poll.poll(1000 * max(0.0, deadline - time.monotonic())):
            raise NotProven(reason)

    def _last_words(self) -> str:
        """The last line that it wrote to standard error, once it has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
            lines = self.stderr.read(65536).decode("utf-8", "replace").strip().splitlines()
            return lines[-1][:500] if lines else f"exit code {self._process.returncode}"
        return "it is still running"


def _environment() -> dict[str, str]:
    """Nothing of ours: no token, no path, no name. Windows cannot start a program without its own folder."""
    kept = {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if sys.platform == "win32" else {}
    return {"HOME": "/nonexistent", "LANG": "C.UTF-8", **kept}
