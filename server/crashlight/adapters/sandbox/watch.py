"""Answering denied calls of a process whose owner is busy otherwise."""

import select
import threading
from collections.abc import Callable

from crashlight.adapters.sandbox.audit import Attempt
from crashlight.adapters.sandbox.process import Confined


def deny(confined: Confined, on_attempt: Callable[[Attempt], None]) -> threading.Thread | None:
    """Deny every call that waits, in a thread of its own, until the process ends; None without a listener.

    A severe attempt kills the process before ``on_attempt`` is called, from that thread.
    """
    if confined.listener is None:
        return None
    thread = threading.Thread(target=_deny, args=(confined, on_attempt), name=f"deny-{confined.pid}", daemon=True)
    thread.start()
    return thread


def _deny(confined: Confined, on_attempt: Callable[[Attempt], None]) -> None:
    listener = confined.listener
    if listener is None:
        return
    poll = select.poll()
    poll.register(listener.fd, select.POLLIN)
    while True:
        # POLLHUP: no process is left that uses the filter.
        if any(not event & select.POLLIN for _, event in poll.poll()):
            return
        try:
            attempt = listener.answer()
        except OSError:
            return
        if attempt is None:
            continue
        if attempt.severity == "severe":
            confined.kill()
        on_attempt(attempt)
