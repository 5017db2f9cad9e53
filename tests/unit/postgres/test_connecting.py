"""Addresses: any spelling of PostgreSQL's, TLS to other machines, and no password in what people read."""

import pytest

from crashlight.adapters.postgres.connecting import team_address
from crashlight.adapters.postgres.errors import DatabaseUnavailable


@pytest.mark.parametrize(
    "url",
    [
        "postgres://ann:pw@localhost/crashes",
        "postgresql://ann:pw@localhost/crashes",
        "postgresql+psycopg2://ann:pw@localhost/crashes",
        "postgresql+asyncpg://ann:pw@localhost/crashes",
        " postgresql://ann:pw@localhost/crashes\n",
    ],
)
def test_any_spelling_is_taken(url: str) -> None:
    address = team_address(url)
    assert address.url.drivername == "postgresql+psycopg"
    assert address.libpq() == "postgresql://ann:pw@localhost/crashes"
    assert "pw" not in str(address)


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("postgresql://db.example.org/c", "verify-full"),
        ("postgresql://db.example.org/c?sslmode=require", "require"),
        ("postgresql://localhost/c", None),
        ("postgresql:///c?host=/run/postgresql", None),
        ("postgresql://[::1]/c", None),
    ],
)
def test_another_machine_is_spoken_to_over_checked_tls_unless_the_address_says_otherwise(
    url: str, mode: str | None
) -> None:
    query = team_address(url).url.query
    assert query.get("sslmode") == mode
    assert query.get("sslrootcert") == ("system" if mode == "verify-full" else None)


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "secret@nowhere", "", "postgresql://h:port/secret"])
def test_what_is_no_address_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        team_address(url)
    assert caught.value.permanent
    assert "secret" not in caught.value.reason + caught.value.cure
    assert "database.url" in caught.value.cure
