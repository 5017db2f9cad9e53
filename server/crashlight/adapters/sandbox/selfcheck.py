"""The sandbox's part of ``crashlight doctor``: a process locks itself, attempts what it may not, and is judged."""

import time

from crashlight.adapters.sandbox.machine import Machine, survey
from crashlight.adapters.sandbox.process import start
from crashlight.adapters.sandbox.profiles import STRICT
from crashlight.adapters.sandbox.proof import NotProven
from crashlight.domain import Check


def check(machine: Machine | None = None) -> Check:
    """``sandbox``: its detail begins with the level that was reached. Takes a tenth of a second."""
    machine = machine or survey()
    began = time.perf_counter()
    try:
        confined = start("crashlight.adapters.sandbox.probe", STRICT, machine=machine)
        try:
            level = confined.prove()
            has_listener = confined.listener is not None
        finally:
            confined.kill()
    except (OSError, NotProven) as error:
        return Check(
            "sandbox",
            "down",
            f"none: {machine.level} was expected and could not be proven, so no plugin runs: {error}",
            "If this machine runs in a container, look whether its profile forbids seccomp, prctl or /proc.",
        )
    took = f"proven in {1000 * (time.perf_counter() - began):.0f} ms"
    if level == "full":
        told = "" if has_listener else "; denied calls are not told"
        return Check("sandbox", "ok", f"full: seccomp, Landlock ABI {machine.landlock} and limits, {took}{told}")
    if level == "seccomp":
        return Check(
            "sandbox",
            "ok",
            f"seccomp: seccomp and limits, without Landlock, {took}",
            "Linux 5.13 or later with Landlock switched on adds a second wall around files.",
        )
    return Check(
        "sandbox",
        "degraded",
        f"{level}: a process of its own with limits, {took if machine.system == 'linux' else 'not proven'}",
        "Built-in plugins run so; third-party plugins run only where Linux has seccomp, "
        "unless your own setting plugins.minimum_level allows less.",
    )
