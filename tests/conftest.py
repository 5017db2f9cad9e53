"""What all tests share: a home of their own, and a gate in which nothing is skipped in silence."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"  # data to measure with; not part of the project
ABSENT_DATA = "measuring data"


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """No test reads or writes the files of the user who runs it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("CRASHLIGHT_HOME", str(home))
    monkeypatch.delenv("CRASHLIGHT_DATABASE_URL", raising=False)
    yield home
    _remove_database(home)


@pytest.fixture(scope="session")
def test_home() -> Path:
    """The home that `make test` prepared; it holds the small model."""
    return Path(os.environ.get("CRASHLIGHT_TEST_HOME") or Path(__file__).resolve().parents[1] / ".cache" / "home")


@pytest.fixture(scope="session")
def model_path(test_home: Path) -> Path:
    """The small model."""
    path = test_home / "data" / "models" / "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
    if not path.is_file():
        pytest.skip("the small model is absent: `make setup-tests` fetches it")
    return path


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of measuring data beside the checkout; tests that need it go on where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"{ABSENT_DATA} is not beside this checkout")
    return SHARED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """In the gate a test whose part is absent fails: a skip there would hide a missing install step."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CRASHLIGHT_NO_SKIP"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if ABSENT_DATA not in reason:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped, which the gate does not allow: {reason}"
    return report


def _remove_database(home: Path) -> None:
    """The embedded server that a test left running; root's lies outside of the home."""
    if any((home / "data" / name).exists() for name in ("postgres", "postgres-folder")):
        from crashlight.adapters.postgres.admin import kept, remove
        from crashlight.settings.schema import DatabaseSettings

        for one in (one for one in kept(DatabaseSettings()) if one.what != "orphans"):
            remove(DatabaseSettings(), one)
