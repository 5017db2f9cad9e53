"""crashlight/status: the health of every part, told when it changes and when it is asked for."""

from typing import Any

from crashlight.domain import overall
from crashlight.lsp.session import Session

METHOD = "crashlight/status"


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


async def tell(session: Session) -> None:
    """Send the notification."""
    session.server.protocol.notify(METHOD, await report(session))
