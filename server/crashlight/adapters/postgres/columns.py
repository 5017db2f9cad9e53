"""What the tables are made of: the schema's name, its naming of constraints, and columns that many tables have."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, ForeignKey, Identity, MetaData, Text, text
from sqlalchemy.types import UserDefinedType

SCHEMA = "crashlight"

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    },
)


class TransactionId(UserDefinedType[int]):
    """``xid8``: a transaction's number, which never wraps around."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


def number() -> Column[int]:
    """A key of no meaning."""
    return Column("id", BigInteger, Identity(always=True), primary_key=True, comment="A number of no meaning.")


def now(name: str, comment: str) -> Column[datetime]:
    """A time that the database sets."""
    return Column(name, DateTime(timezone=True), nullable=False, server_default=text("now()"), comment=comment)


def moment(name: str, comment: str, *, nullable: bool = False) -> Column[datetime]:
    """A time that the program sets."""
    return Column(name, DateTime(timezone=True), nullable=nullable, comment=comment)


def author() -> Column[str]:
    """Users by name, not by machine: on a team's server each has a role."""
    return Column(
        "author", Text, nullable=False, server_default=text("CURRENT_USER"), comment="The database role that wrote it."
    )


def group(*, nullable: bool = False) -> Column[int]:
    """A reference to a group of crashes."""
    return Column(
        "group_id",
        BigInteger,
        ForeignKey("crash_groups.id", ondelete="CASCADE"),
        nullable=nullable,
        comment="The group of crashes it is about.",
    )


def speaker() -> CheckConstraint:
    """Who spoke, from the closed list."""
    return CheckConstraint("speaker IN ('rules', 'model', 'facts')", name="speaker")
