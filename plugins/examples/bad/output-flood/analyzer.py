"""Answers with a message of 4 MiB."""

from crashlight_sdk import Cause, Crash


class Analyzer:
    def parse(self, window):
        return [Crash("other", 0, 0, (Cause("flood", "x" * (4 << 20)),))]

    def explain(self, crash, excerpt):
        return None
