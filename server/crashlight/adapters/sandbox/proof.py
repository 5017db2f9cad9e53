"""What the kernel itself says of a process, read by the parent: the lock holds, or nothing is sent to it."""

from pathlib import Path

from crashlight.adapters.sandbox.profiles import Level


class NotProven(Exception):
    """The process did not reach the level that was expected of it. The message says what is missing."""


def examine(pid: int, level: Level, *, threads: bool) -> None:
    """Raise NotProven unless every thread of ``pid`` is locked as ``level`` promises. Linux only.

    ``threads`` says that there may be more than one.
    """
    if level == "none":
        return
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        if len(tasks) > 1 and not threads:
            raise NotProven(f"it has {len(tasks)} threads where one was expected")
        for task in tasks:
            _examine_thread(task, level)
    except (FileNotFoundError, ProcessLookupError) as error:
        raise NotProven("it has ended before it could be examined") from error
    except OSError as error:
        raise NotProven(f"the kernel does not show it to us ({error})") from error


def _examine_thread(task: Path, level: Level) -> None:
    lines = (line.partition(":") for line in (task / "status").read_text().splitlines())
    status = {name: value.strip() for name, _, value in lines}
    expected = {"NoNewPrivs": "1"} | dict.fromkeys(("CapEff", "CapPrm", "CapInh", "CapAmb"), "0" * 16)
    if level in {"full", "seccomp"}:
        expected["Seccomp"] = "2"
    for name, value in expected.items():
        if status.get(name) != value:
            raise NotProven(f"{name} is {status.get(name, 'absent')}, not {value}")
