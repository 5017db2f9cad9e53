"""A language server that does nothing but write down what a client says when it starts.

    python recorder.py CAPABILITIES.json

It keeps the parameters of ``initialize`` without what differs from run to run (process id, folders),
and answers every other request with null. The files in tests/protocol/clients are made with it, by the
real editors.
"""

import json
import sys
from pathlib import Path
from typing import Any, BinaryIO

KEPT = ("clientInfo", "initializationOptions", "capabilities", "trace", "locale")


def main(target: Path) -> None:
    """Serve one session on standard input and output."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (message := read(source)) is not None:
        method = message.get("method")
        if method == "initialize":
            record(target, message["params"])
            write(sink, {"id": message["id"], "result": {"capabilities": {"textDocumentSync": 2}}})
        elif method == "exit":
            return
        elif "id" in message and method is not None:
            write(sink, {"id": message["id"], "result": None})


def record(target: Path, params: dict[str, Any]) -> None:
    """Keep what belongs to the editor, sorted, so that a new version of it makes a small diff."""
    kept = {name: params[name] for name in KEPT if name in params}
    target.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")


def read(source: BinaryIO) -> dict[str, Any] | None:
    """The next message, or None at the end."""
    length = 0
    while (line := source.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("ascii").partition(":")
        if name.lower() == "content-length":
            length = int(value)
    body = source.read(length)
    return json.loads(body) if body else None


def write(sink: BinaryIO, message: dict[str, Any]) -> None:
    """One message with its header."""
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sink.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    sink.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
