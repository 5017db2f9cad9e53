"""What every walk through an editor starts from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .installation import Installation
from .shop import Shop, make_shop


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all tests of a module: starting an editor, a server and a database for each would cost minutes."""
    return tmp_path_factory.mktemp("editors")


@pytest.fixture(scope="module")
def shop(base: Path) -> Shop:
    """A program with a bug and the log of its crash."""
    return make_shop(base / "shop")


@pytest.fixture(scope="module")
def installation(base: Path) -> Iterator[Installation]:
    """A Crashlight of this module's own."""
    installation = Installation(base / "home")
    yield installation
    installation.close()
