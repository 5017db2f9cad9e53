"""The inference worker: a locked process of its own, so that llama.cpp may crash without taking the server along.

It reads requests from standard input and writes replies to standard output (see ``wire``). The library is
imported before the lock; the model is read through an inherited descriptor and every request is
answered behind it. One thread reads, so that a cancellation is seen between two steps.
"""

import os
import queue
import threading
import time
from typing import TYPE_CHECKING

from crashlight.adapters.llama.wire import (
    HEADER,
    Ask,
    Cancel,
    Ready,
    Refused,
    Reply,
    Restore,
    frame,
    length,
    request,
)

if TYPE_CHECKING:
    from crashlight.adapters.llama.engine import Engine
    from crashlight.adapters.llama.wire import Request
    from crashlight.adapters.sandbox.lock import Orders

    Requests = queue.SimpleQueue[Request | None]  # None when there will be no more

CHUNK = 1 << 20


def main(orders: "Orders") -> None:
    """Load the model that the orders name, then answer until standard input ends."""
    # numpy's own threads would start at its import, outside the lock, and are of no use here.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    refused = None
    try:
        from crashlight.adapters.llama import engine, native
    except (ImportError, OSError, RuntimeError) as error:
        refused = Refused(f"llama-cpp-python cannot be imported: {error}")
    from crashlight.adapters.sandbox.lock import lock

    lock(orders)
    if refused:
        _write(refused)
        return
    started = time.monotonic()
    try:
        loaded = engine.Engine(**orders.arguments)
    except native.NativeError as error:
        _write(Refused(str(error)))
        return
    _write(Ready(native.build(), time.monotonic() - started))
    requests: Requests = queue.SimpleQueue()
    threading.Thread(target=_read_all, args=(requests,), daemon=True).start()
    _serve(loaded, requests)


def _serve(engine: "Engine", requests: "Requests") -> None:
    while True:
        # With nothing to do, wait for a request; otherwise take only those that are there already.
        while not engine.busy or not requests.empty():
            match requests.get():
                case None:
                    return
                case Ask() as ask:
                    failed = engine.start(ask)
                    if failed:
                        _write(failed)
                case Cancel(id=id_):
                    engine.cancel(id_)
                case Restore(prefix=prefix, state=state):
                    engine.restore(prefix, state)
        for reply in engine.step():
            _write(reply)


def _write(reply: Reply) -> None:
    data = memoryview(frame(reply))
    while data:
        data = data[os.write(1, data) :]


def _read_all(requests: "Requests") -> None:
    try:
        while header := _read(HEADER):
            requests.put(request(_read(length(header))))
    finally:
        requests.put(None)


def _read(size: int) -> bytes:
    """Exactly ``size`` bytes of standard input, fewer only where it ends."""
    data = bytearray()
    while len(data) < size and (chunk := os.read(0, min(size - len(data), CHUNK))):
        data += chunk
    return bytes(data)
