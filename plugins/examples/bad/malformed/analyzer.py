"""Writes to standard output itself: a frame that promises two gigabytes, and deep nonsense."""

import os


class Analyzer:
    def parse(self, window):
        os.write(1, b"\x7f\xff\xff\xff" + b"[" * 4000)
        return []

    def explain(self, crash, excerpt):
        return None
