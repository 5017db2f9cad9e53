"""Addresses and connections: one URL in, one engine with its limits out."""

import os
from dataclasses import dataclass, replace

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from crashlight.adapters.postgres.errors import DatabaseUnavailable

DRIVER = "postgresql+psycopg"
CONNECT_TIMEOUT_S = 5
LIMITS = {
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
    "timezone": "UTC",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is, and how to say it."""

    url: URL
    embedded: bool

    def __str__(self) -> str:
        """For people: without the password."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=True)

    def libpq(self) -> str:
        """For ``psql`` and ``pg_dump``: with the password, a secret."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)


def team_address(url: str) -> Address:
    """The address of a configured server.

    ``postgres://`` and the names of other drivers are taken as well. A server on another machine is
    spoken to over TLS with its certificate checked against the system's authorities, unless the URL says
    otherwise. Raises DatabaseUnavailable where it is no address of PostgreSQL.
    """
    cure = "Correct database.url in your settings, or CRASHLIGHT_DATABASE_URL: postgresql://user@host/database"
    try:
        parsed = make_url(url.strip())
    except (ArgumentError, ValueError):
        # The text is not shown: it may hold a password.
        raise DatabaseUnavailable("the database address cannot be read", cure, permanent=True) from None
    if parsed.drivername.partition("+")[0] not in {"postgres", "postgresql"}:
        raise DatabaseUnavailable(f"'{parsed.drivername}' is no PostgreSQL address", cure, permanent=True)
    parsed = parsed.set(drivername=DRIVER)
    host = parsed.host or str(parsed.query.get("host", ""))
    if host and not _is_local(host) and "sslmode" not in parsed.query:
        parsed = parsed.update_query_dict({"sslmode": "verify-full"})
        if "sslrootcert" not in parsed.query:
            parsed = parsed.update_query_dict({"sslrootcert": "system"})
    return Address(parsed, embedded=False)


def engine(address: Address, pool_size: int) -> AsyncEngine:
    """The pool. A connection is tried before it is handed out, and every statement has a limit of time."""
    return create_async_engine(
        address.url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args=connect_arguments(),
    )


def connect_arguments(limits: dict[str, str] | None = None) -> dict[str, object]:
    """What every connection is opened with."""
    # Every name is qualified; the embedded server's role has the schema's name, which would make it the default one.
    said = {"search_path": "public", **(LIMITS if limits is None else limits)}
    options = " ".join(f"-c {name}={value}" for name, value in said.items())
    return {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "application_name": f"crashlight {os.getpid()}",
        "options": options,
    }


def with_database(address: Address, name: str) -> Address:
    """The same server, another database."""
    return replace(address, url=address.url.set(database=name))


def _is_local(host: str) -> bool:
    return host.startswith(("/", "@")) or host in {"localhost", "127.0.0.1", "::1", "[::1]"}
