"""Writes a well-framed answer that is nested deeper than any parser should follow, and then waits."""

import _thread
import os


class Analyzer:
    def parse(self, window):
        body = b'{"ok":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
        os.write(1, len(body).to_bytes(4, "big") + body)
        lock = _thread.allocate_lock()
        lock.acquire()
        lock.acquire()

    def explain(self, crash, excerpt):
        return None
