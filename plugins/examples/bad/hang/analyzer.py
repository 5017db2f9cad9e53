"""Waits without using the processor, as code does that waits for a lock or an answer."""

import _thread


class Analyzer:
    def parse(self, window):
        lock = _thread.allocate_lock()
        lock.acquire()
        lock.acquire()

    def explain(self, crash, excerpt):
        return None
