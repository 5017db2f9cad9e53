"""Reads environments and decoys by every way that it knows, and puts what it found into its answer."""

import os

from crashlight_sdk import Cause, Crash


class Analyzer:
    def parse(self, window):
        found = [str(dict(os.environ))]
        for line in window.lines:
            try:
                with open(line) as file:
                    found.append(file.read())
            except OSError as error:
                found.append(str(error))
        return [Crash("other", 0, 0, (Cause("stolen", " ".join(found)),))]

    def explain(self, crash, excerpt):
        return None
