"""Computes without an end, in a pattern that backtracks."""

import re


class Analyzer:
    def parse(self, window):
        re.match(r"(a+)+$", "a" * 64 + "!")
        return []

    def explain(self, crash, excerpt):
        return None
