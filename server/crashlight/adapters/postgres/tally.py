"""How events change what is remembered of a group: pure rules, used in memory and by the database writer alike."""

from dataclasses import dataclass

from crashlight.domain import FeedbackKind, GroupHistory

STATE_OF: dict[FeedbackKind, str] = {
    "ignored": "ignored",
    "resolved": "resolved",
    "reopened": "known",
    "recurred": "recurred",
}


@dataclass(slots=True)
class Tally:
    """What is remembered of one group, while events are added.

    Times are seconds since the epoch. ``state_at`` is the time of the event that set the state: events
    may come in any order (a journal that was adopted, a clock that was set back), and the latest wins.
    """

    first_seen: float
    last_seen: float
    count: int = 0
    state: str = "new"
    state_at: float = 0.0
    thumbs_up: int = 0
    thumbs_down: int = 0

    def add_occurrence(self, time: float) -> None:
        """The crash was found once more."""
        self.first_seen = min(self.first_seen, time)
        self.last_seen = max(self.last_seen, time)
        self.count += 1
        if self.state == "new" and self.count > 1:
            self.state = "known"
        elif self.state == "resolved" and time > self.state_at:
            self.state, self.state_at = "recurred", time

    def add_event(self, kind: FeedbackKind, time: float) -> None:
        """Somebody did something with the group."""
        if kind == "thumbs_up":
            self.thumbs_up += 1
        elif kind == "thumbs_down":
            self.thumbs_down += 1
        state = STATE_OF.get(kind)
        if state is not None and time >= self.state_at:
            self.state, self.state_at = state, time

    def history(self, fingerprint: str) -> GroupHistory:
        """The same, as the rest of the program knows it."""
        return GroupHistory(
            fingerprint,
            self.count,
            self.first_seen,
            self.last_seen,
            self.state,
            self.thumbs_up,
            self.thumbs_down,
        )
