"""One check of health: what is wrong, and what to do about it."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "degraded", "down"]


@dataclass(frozen=True, slots=True)
class Check:
    """The state of one part. ``cure`` says what to do, and is empty when all is well."""

    name: str
    status: Status
    detail: str
    cure: str = ""


def overall(checks: list[Check]) -> Status:
    """The worst that still lets the main job go on: only a check named ``core`` can take all down."""
    if any(check.status == "down" and check.name == "core" for check in checks):
        return "down"
    return "ok" if all(check.status == "ok" for check in checks) else "degraded"
