"""crashlight/status: the health of every part, told when it changes and when it is asked for."""

import asyncio
from typing import Any

from crashlight.domain import overall
from crashlight.lsp.session import Session

METHOD = "crashlight/status"
QUIET_S = 0.3


async def report(session: Session) -> dict[str, Any]:
    """One object: the worst state, each check, and how many crashes are known."""
    checks = await session.parts.checks()
    model = next((check for check in checks if check.name == "model"), None)
    return {
        "health": overall(checks),
        "model": model.detail if model else "",
        "queue": sum(not task.done() for task in session.closer_looks.values()),
        "crashes": sum(1 for _ in session.findings.all()),
        "message": "; ".join(f"{check.name}: {check.detail}" for check in checks if check.status != "ok"),
        "checks": [
            {"name": check.name, "status": check.status, "detail": check.detail, "cure": check.cure} for check in checks
        ],
    }


def changed(session: Session) -> None:
    """Something may have changed: tell the client soon, once for many changes, and only what is new."""
    if session.status_task is None or session.status_task.done():
        session.status_task = session.spawn(_tell(session), "status")


async def _tell(session: Session) -> None:
    await asyncio.sleep(QUIET_S)
    now = await report(session)
    if now != session.status_told:
        session.status_told = now
        session.server.protocol.notify(METHOD, now)
