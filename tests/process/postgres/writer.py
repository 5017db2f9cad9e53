"""A process that writes and says what was acknowledged, for tests that kill it.

    python writer.py COUNT [INTERVAL_S]   (COUNT 0: until it is killed)

Prints the id of each event after ``record`` returned, then "flushed", waits for a line on standard
input where COUNT was not 0, and closes the store.
"""

import asyncio
import itertools
import sys
import time
import uuid

from crashlight.adapters.postgres import open_store
from crashlight.domain import FeedbackEvent
from crashlight.settings import load


async def main(count: int, interval_s: float) -> None:
    store = open_store(load().settings)
    for number in range(count) if count else itertools.count():
        event = FeedbackEvent(str(uuid.uuid4()), time.time(), "accepted", f"group-{number % 7}", workspace="/w")
        store.record(event)
        print(event.id, flush=True)
        await asyncio.sleep(interval_s)
    print("flushed" if await store.flush(120) else f"not flushed: {store.checks()}", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await store.close()
    print("closed", flush=True)


asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
