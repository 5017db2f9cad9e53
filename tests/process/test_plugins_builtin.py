"""The plugins that come with Crashlight stand what every plugin must stand."""

import pytest

from crashlight.adapters.plugins.conformance import test as conformance
from crashlight.adapters.sandbox import survey
from crashlight.settings.paths import shipped

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(not survey().seccomp, reason="this machine has no seccomp")]


@pytest.mark.parametrize("plugin", sorted(path.parent.name for path in shipped("builtin").glob("*/plugin.toml")))
def test_conformance(plugin: str) -> None:
    outcome = conformance(shipped("builtin") / plugin)
    assert [case for case in outcome.cases if case.status != "ok"] == []
