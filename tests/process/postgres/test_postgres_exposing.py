"""What experiments read of the feedback."""

import pytest

from crashlight.domain import Exposure

from .conftest import OpenStore, event

pytestmark = pytest.mark.postgres


async def test_a_group_counts_once_for_each_version_and_helped_when_anything_was_taken(open_store: OpenStore) -> None:
    store = open_store()
    for kind, group, prompt, exposure in [
        ("shown", "a", "null@1", "0.5"),
        ("shown", "a", "null@1", "0.5"),
        ("accepted", "a", "null@1", "0.5"),
        ("shown", "b", "null@2", "0.25"),
        ("thumbs_down", "b", "null@2", "0.25"),
        ("shown", "c", "type@1", "0.5"),
        ("shown", "c", "null_x@1", "0.5"),
        ("shown", "d", "null@1", None),  # drawn by nobody: there was no experiment
    ]:
        store.record(event(kind, group, prompt=prompt, detail={"exposure": exposure} if exposure else None))
    assert await store.flush(30)
    found = sorted(await store.exposures("null"), key=lambda one: one.prompt)
    assert found == [Exposure("null@1", 0.5, success=True), Exposure("null@2", 0.25, success=False)]
