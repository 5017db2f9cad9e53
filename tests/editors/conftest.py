"""What every walk through an editor starts from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .installation import Installation
from .shop import Shop, make_shop


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
