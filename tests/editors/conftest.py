"""What every walk through an editor starts from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .installation import Installation
from .shop import Shop, make_shop

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine may miss its moment: a walk that fails is walked once more, and the run says so.

    What it shows is not loosened: it has to be seen whole in one of the two walks.
    """
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A program with a bug and the log of its crash."""
    return make_shop(tmp_path / "shop")


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A Crashlight of this test's own."""
    installation = Installation(tmp_path / "home")
    yield installation
    installation.close()
