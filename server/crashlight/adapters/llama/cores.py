"""How many threads a decode may use: the cores that nothing else wants just now.

Threads of llama.cpp wait for each other by spinning. On a machine whose cores are all wanted by others,
each thread too many makes a token several times slower, so it is better to use one too few.
"""

import os
import time
from pathlib import Path

SAMPLES = 5
PAUSE_S = 0.004
_STAT = Path("/proc/stat")


def free_threads(wanted: int = 0) -> int:
    """At least 1. ``wanted`` other than 0 is taken as it is. Takes about 20 ms; looks at who wants to run."""
    if wanted:
        return wanted
    cores = physical_cores()
    others = [_running() - 1]  # one of those that run is this process, which looks
    for _ in range(SAMPLES - 1):
        time.sleep(PAUSE_S)
        others.append(_running() - 1)
    return max(1, min(cores, cores - round(sum(others) / len(others))))


def physical_cores() -> int:
    """Cores that this process may use; two threads of one core count once."""
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    cores = set()
    for cpu in allowed:
        try:
            siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").read_text()
        except OSError:
            siblings = str(cpu)
        cores.add(siblings.strip())
    return max(1, len(cores))


def _running() -> int:
    try:
        for line in _STAT.read_text().splitlines():
            if line.startswith("procs_running"):
                return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return 1
