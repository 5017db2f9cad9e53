"""Prints without an end; what it prints must fill no pipe and no disk."""


class Analyzer:
    def parse(self, window):
        while True:
            print("x" * 65536)

    def explain(self, crash, excerpt):
        return None
