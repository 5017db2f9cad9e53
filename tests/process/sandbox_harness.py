"""Runs all attempts against one kind of lock, as whoever starts it, and prints what happened as JSON.

A program of its own, so that a test can run it as another user and with another Python. Denied calls are
answered and counted here, and the worker is not killed for them, so that what one attempt can do is seen
whole. Standard library only.

    python sandbox_harness.py PROFILE LEVEL LANDLOCK SCRATCH
"""

import json
import os
import runpy
import select
import struct
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
for _folder in ("server", "plugins/sdk"):
    if str(REPOSITORY / _folder) not in sys.path:
        sys.path.append(str(REPOSITORY / _folder))

from crashlight.adapters.sandbox.loading import readable  # noqa: E402
from crashlight.adapters.sandbox.machine import survey  # noqa: E402
from crashlight.adapters.sandbox.process import start  # noqa: E402
from crashlight.adapters.sandbox.profiles import PROFILES, Limits  # noqa: E402

HEADER = struct.Struct(
    ">I"
)  # that of crashlight.adapters.plugins.frames, whose package needs more than the standard library
FILE = Path(__file__).with_name("sandbox_attempts.py")


class Cell:
    """One locked worker with the attempts as its plugin."""

    def __init__(self, profile, machine, scratch):
        self.machine, self.profile, self.scratch = machine, profile, scratch
        self.told = []
        self.confined = start(
            "crashlight.adapters.plugins.inside",
            PROFILES[profile],
            limits=Limits(memory_mb=256, processes=None if PROFILES[profile].threads else 0),
            machine=machine,
            readable=readable(FILE.parent) if profile == "native" else (),
            arguments={"preload": [], "native": profile == "native"},
        )
        self.level = self.confined.prove()
        self.poll = select.poll()
        for descriptor in (self.confined.stdout.fileno(), self.confined.stderr.fileno()):
            self.poll.register(descriptor, select.POLLIN)
        if self.confined.listener:
            self.poll.register(self.confined.listener.fd, select.POLLIN)
        self.read()
        self.ask({"op": "load", "plugin": "attempts", "entry": "a:Attempts", "files": {"a.py": FILE.read_text()}})

    def ask(self, request):
        self.told.clear()
        body = json.dumps(request).encode()
        self.confined.stdin.write(HEADER.pack(len(body)) + body)
        answer = json.loads(self.read())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["ok"]

    def read(self):
        (length,) = HEADER.unpack(self._exactly(HEADER.size))
        return self._exactly(length)

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            ready = self.poll.poll(30_000)
            if not ready:
                raise TimeoutError
            for descriptor, _ in ready:
                if descriptor == self.confined.stdout.fileno():
                    part = os.read(descriptor, size - len(data))
                    if not part:
                        raise EOFError
                    data += part
                elif descriptor == self.confined.stderr.fileno():
                    if not os.read(descriptor, 1 << 16):
                        self.poll.unregister(descriptor)
                else:
                    attempt = self.confined.answer()
                    if attempt:
                        self.told.append(attempt.call)
        return data

    def attempt(self, name):
        window = {"lines": [name, self.scratch], "hits": [], "complete": True}
        crash = self.ask({"op": "parse", "plugin": "attempts", "window": window})[0]
        return crash["causes"][0]["message"]


def control(outcome, name):
    """The same attempt in a child of ours that nothing holds."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nothing, descriptor)
        os.write(writing, outcome(name).encode())
        os._exit(0)
    os.close(writing)
    said = os.read(reading, 4096).decode()
    os.close(reading)
    _, status = os.waitpid(pid, 0)
    return said or f"died {os.waitstatus_to_exitcode(status)}"


def main(profile, level, landlock, scratch):
    machine = survey().at_most(level, int(landlock))
    code = runpy.run_path(str(FILE))
    names = list(code["ATTEMPTS"])
    results, cell = {}, None
    for name in names:
        cell = cell or Cell(profile, machine, scratch)
        try:
            result = cell.attempt(name)
        except (EOFError, BrokenPipeError, TimeoutError) as error:
            result = f"died {-cell.confined.kill()}" if not isinstance(error, TimeoutError) else "hung"
            cell.confined.kill()
        results[name] = {"locked": result, "told": sorted(set(cell.told)), "level": cell.level}
        if result.startswith(("died", "hung", "through", "raised")):
            cell.confined.kill()
            cell = None
    if cell:
        cell.confined.kill()
    code["ATTEMPTS_LOCKED"][0] = False
    code["SCRATCH"][0] = scratch
    for name in names:
        results[name]["control"] = control(code["outcome"], name)
    print(json.dumps({"python": sys.version.split()[0], "user": os.getuid(), "results": results}))


if __name__ == "__main__":
    main(*sys.argv[1:])
