"""Backups with ``pg_dump`` and ``pg_restore``: one file, in PostgreSQL's own compressed format."""

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from crashlight.adapters.postgres.columns import SCHEMA
from crashlight.adapters.postgres.connecting import Address
from crashlight.adapters.postgres.errors import DatabaseUnavailable
from crashlight.adapters.postgres.programs import Programs
from crashlight.settings.paths import private_folder

KEPT = 5
"""Backups that were made before upgrades and are kept; those that a user named are never removed."""

SUFFIX = ".dump"


def dump(programs: Programs, address: Address, target: Path) -> Path:
    """Write the schema and its data to ``target``, whole or not at all. Raises DatabaseUnavailable and OSError."""
    private_folder(target.parent)
    part = target.with_suffix(".part")
    options = ["-Fc", f"--schema={SCHEMA}", f"--exclude-table-data={SCHEMA}.changes", "--no-owner", f"--file={part}"]
    try:
        _run([programs.path("pg_dump"), *options], address)
        part.chmod(0o600)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def restore(programs: Programs, address: Address, source: Path) -> None:
    """Replace the schema and its data by a backup, whole or not at all. Raises DatabaseUnavailable and OSError."""
    if not source.is_file():
        raise FileNotFoundError(f"there is no backup at {source}")
    options = ["--no-owner", "--no-privileges", "--file=-"]
    script = _run([programs.path("pg_restore"), *options, str(source)], address=None)
    # One transaction around both: a restore that fails leaves what was there.
    whole = b"BEGIN;\nDROP SCHEMA IF EXISTS %b CASCADE;\n%b\nCOMMIT;\n" % (SCHEMA.encode(), script)
    options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-"]
    _run([programs.path("psql"), *options], address, whole)


def revision(programs: Programs, source: Path) -> str | None:
    """The schema's revision in a backup. Raises DatabaseUnavailable and OSError where it is no backup of ours."""
    if not source.is_file():
        raise FileNotFoundError(f"there is no backup at {source}")
    options = ["--data-only", f"--schema={SCHEMA}", "--table=alembic_version", "--file=-"]
    said = _run([programs.path("pg_restore"), *options, str(source)], address=None).decode("utf-8", "replace")
    found = re.search(r"^COPY .*FROM stdin;\n(\S+)\n", said, re.MULTILINE)
    return found.group(1) if found else None


def prune(folder: Path) -> list[Path]:
    """Remove all but the latest backups that were made before upgrades."""
    old = sorted(folder.glob(f"*-before-*{SUFFIX}"))[:-KEPT]
    for path in old:
        path.unlink()
    return old


def latest(folder: Path) -> Path | None:
    """The latest backup."""
    return max(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime, default=None)


def file_name(name: str) -> str:
    """By time, so that names sort as they were made."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{name}{SUFFIX}"


def _run(command: list[str], address: Address | None, given: bytes | None = None) -> bytes:
    done = subprocess.run(command, input=given, capture_output=True, check=False, env=_environment(address))
    if done.returncode:
        raise _failed(Path(command[0]).stem, done.stderr)
    return done.stdout


def _environment(address: Address | None) -> dict[str, str]:
    """The address goes by environment: a command line is read by every user of the machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if address is None:
        return kept
    url = address.url
    parts = {
        "PGHOST": url.host or str(url.query.get("host", "")),
        "PGPORT": str(url.port or url.query.get("port", "")),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
        "PGSSLROOTCERT": url.query.get("sslrootcert"),
        "PGSSLCERT": url.query.get("sslcert"),
        "PGSSLKEY": url.query.get("sslkey"),
    }
    return {**kept, "PGAPPNAME": f"crashlight {os.getpid()}", **{n: str(v) for n, v in parts.items() if v}}


def _failed(program: str, errors: bytes) -> DatabaseUnavailable:
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    reason = next((line for line in lines if "error" in line.lower()), lines[0] if lines else "it gave no reason")
    cure = "Free some space." if "No space left" in reason else "Nothing was changed. 'crashlight db status' says more."
    return DatabaseUnavailable(f"{program} failed: {reason}", cure)
