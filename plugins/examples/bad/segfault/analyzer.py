"""Reads from address 0, as a broken extension would."""

import ctypes


class Analyzer:
    def parse(self, window):
        ctypes.string_at(0)

    def explain(self, crash, excerpt):
        return None
