"""Raises where it should answer, with an error whose text raises too."""


class Angry(Exception):
    def __str__(self):
        raise RuntimeError


class Analyzer:
    def parse(self, window):
        raise Angry

    def explain(self, crash, excerpt):
        raise Angry
