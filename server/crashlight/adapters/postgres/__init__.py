"""What is remembered: a journal on disk in front of PostgreSQL, embedded or a team's.

Importing this package costs nothing: the keeper is a part of it and has to stay small. SQLAlchemy,
psycopg and Alembic are loaded in the database thread, at the first use of the store.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crashlight.adapters.postgres.store import PostgresStore, open_store

__all__ = ["PostgresStore", "open_store"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from crashlight.adapters.postgres import store

        return getattr(store, name)
    raise AttributeError(name)
