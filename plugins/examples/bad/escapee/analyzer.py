"""Opens a connection, as spyware would."""

import _socket


class Analyzer:
    def parse(self, window):
        _socket.socket().connect(("127.0.0.1", 80))
        return []

    def explain(self, crash, excerpt):
        return None
