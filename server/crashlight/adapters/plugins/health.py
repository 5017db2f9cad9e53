"""How a plugin has behaved: what it may still do, and why it may not."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final, Literal

from crashlight.adapters.plugins.manifest import Limits

State = Literal["ready", "off", "stopped", "quarantined", "refused"]

WINDOW_S: Final = 600.0  # kills older than this are forgiven
FIRST_PAUSE_S: Final = 0.25
LONGEST_PAUSE_S: Final = 8.0


class Health:
    """The state of one plugin in this run of the server."""

    def __init__(
        self, limits: Limits, state: State = "ready", detail: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.state = state
        self.detail = detail
        self._limits = limits
        self._clock = clock
        self._kills: deque[float] = deque()
        self._asked: deque[float] = deque(maxlen=limits.requests_per_s)

    def killed(self, reason: str) -> bool:
        """Count a kill. True after more than the manifest's ``restarts`` in ten minutes: it shall not run again."""
        now = self._clock()
        self._kills.append(now)
        while self._kills and now - self._kills[0] > WINDOW_S:
            self._kills.popleft()
        self.detail = f"stopped: {reason}"
        if len(self._kills) <= self._limits.restarts:
            return False
        if len(self._kills) > 1:
            self.detail = f"stopped {len(self._kills)} times in ten minutes; the last time: {reason}"
        return True

    def failed(self, reason: str) -> None:
        """It raised, or its answer was refused: only that answer is lost."""
        self.detail = reason

    def end(self, state: State, reason: str) -> None:
        """Not asked again in this run."""
        self.state = state
        self.detail = reason

    def pause_s(self) -> float:
        """How long to wait before it is asked again after kills: twice as long each time."""
        if len(self._kills) < 2:
            return 0.0
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (len(self._kills) - 2))
        return max(0.0, self._kills[-1] + pause - self._clock())

    def rate_pause_s(self) -> float:
        """How long to wait so that no more than the manifest's requests are asked in a second; counts one."""
        now = self._clock()
        full = len(self._asked) == self._asked.maxlen
        wait = max(0.0, self._asked[0] + 1.0 - now) if full else 0.0
        self._asked.append(now + wait)
        return wait
