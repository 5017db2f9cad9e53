"""Workspaces, homes and database rows for tests that run the whole server."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from programs import crash, run

PROGRAM = """\
def total(prices):
    return sum(prize for price in prices)


print(total([1, 2, 3]))
"""


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home for the servers of one test; its cluster is stopped at the end."""
    path = tmp_path_factory.mktemp("server-home")
    yield path
    run(path, "db", "stop")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with a broken program, ``shop.py``, and the log of its crash, ``shop.log``."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "shop.py").write_text(PROGRAM)
    (tmp_path / "shop.log").write_text(f"starting\n{crash('src/shop.py', tmp_path)}stopped\n")
    return tmp_path


@pytest.fixture
def env(home: Path) -> dict[str, str]:
    """The environment of a server under test."""
    return {"CRASHLIGHT_HOME": str(home)}


@pytest.fixture
def rows(home: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """Asks the embedded database of the home; an empty list while it is away."""

    def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
        url = run(home, "db", "url").stdout.strip()
        try:
            with psycopg.connect(url, connect_timeout=10) as connection:
                return connection.execute(sql, values).fetchall()  # type: ignore[call-overload]
        except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
            return []

    return ask
