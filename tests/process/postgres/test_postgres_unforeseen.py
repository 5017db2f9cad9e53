"""What nobody foresaw is said and served around: the thread that feeds the database does not die of it."""

import pytest

from crashlight.adapters.postgres import background, servers

pytestmark = pytest.mark.postgres


async def test_a_fault_that_nobody_foresaw_is_said_and_tried_again(open_store, make, ask, monkeypatch) -> None:
    monkeypatch.setattr(background, "LONGEST_PAUSE_S", 0.05)
    enter = servers.Server.enter
    faults = iter([RuntimeError("the moon is full"), KeyError("x")])

    def fail_twice(server: servers.Server) -> object:
        fault = next(faults, None)
        if fault is not None:
            raise fault
        return enter(server)

    monkeypatch.setattr(servers.Server, "enter", fail_twice)
    store = open_store()
    store.record(make.event())
    await store.ready(30)
    assert await store.flush(60)
    assert ask("SELECT count(*) FROM crashlight.feedback_events") == [(1,)]
