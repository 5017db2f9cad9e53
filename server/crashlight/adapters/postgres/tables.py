"""The tables, as SQLAlchemy knows them. ``migrations/`` makes them; a test holds that both agree.

All lie in the schema ``crashlight``. Lists that the program owns and tests against (states, speakers,
severities) are checks: they change together with the code, in one migration, and cost no join. The
kinds of feedback are a lookup table, since reports join their meaning and weight. Languages, categories
and rules belong to plugins and are plain text.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
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


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(always=True), primary_key=True, comment="A number of no meaning.")


def _now(name: str, comment: str) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=text("now()"), comment=comment)


def _time(name: str, comment: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), nullable=nullable, comment=comment)


def _author() -> Column[str]:
    return Column(
        "author", Text, nullable=False, server_default=text("CURRENT_USER"), comment="The database role that wrote it."
    )


def _group(*, nullable: bool = False) -> Column[int]:
    return Column(
        "group_id",
        BigInteger,
        ForeignKey("crash_groups.id", ondelete="CASCADE"),
        nullable=nullable,
        comment="The group of crashes it is about.",
    )


def _speaker() -> CheckConstraint:
    return CheckConstraint("speaker IN ('rules', 'model', 'facts')", name="speaker")


workspaces = Table(
    "workspaces",
    metadata,
    _id(),
    Column("path", Text, nullable=False, unique=True, comment="The folder, as the server names it."),
    _now("first_seen", "When it was first opened."),
    comment="Folders that were open in an editor.",
)

log_sources = Table(
    "log_sources",
    metadata,
    _id(),
    Column(
        "workspace_id",
        BigInteger,
        ForeignKey("workspaces.id", ondelete="CASCADE"),
        comment="The workspace it was found in, if any.",
    ),
    Column("path", Text, nullable=False, comment="The file, or '-' for standard input."),
    _now("first_seen", "When a crash was first found in it."),
    UniqueConstraint("workspace_id", "path", postgresql_nulls_not_distinct=True),
    comment="Logs in which crashes were found.",
)

crash_groups = Table(
    "crash_groups",
    metadata,
    _id(),
    Column("fingerprint", Text, nullable=False, unique=True, comment="What makes two crashes the same one."),
    Column("language", Text, comment="The runtime that crashed."),
    Column("crash_type", Text, nullable=False, comment="The class or signal, as printed."),
    Column("template", Text, nullable=False, server_default="", comment="The message without what varies."),
    Column(
        "frames",
        ARRAY(Text),
        nullable=False,
        server_default=text("'{}'::text[]"),
        comment="The application's frames, normalised; finds similar groups.",
    ),
    Column("state", Text, nullable=False, server_default="new", comment="new, known, ignored, resolved or recurred."),
    _time("state_at", "When the event that set the state happened.", nullable=True),
    _time("first_seen", "When it was first found."),
    _time("last_seen", "When it was last found."),
    Column("occurrences", BigInteger, nullable=False, server_default="0", comment="How often it was found."),
    Column("thumbs_up", Integer, nullable=False, server_default="0", comment="Votes for its explanations."),
    Column("thumbs_down", Integer, nullable=False, server_default="0", comment="Votes against."),
    CheckConstraint("state IN ('new', 'known', 'ignored', 'resolved', 'recurred')", name="state"),
    CheckConstraint("occurrences >= 0 AND thumbs_up >= 0 AND thumbs_down >= 0", name="counts"),
    CheckConstraint("first_seen <= last_seen", name="times"),
    Index(None, "last_seen", "id"),
    Index(None, "frames", postgresql_using="gin"),
    comment="Crashes that are the same one, with counters kept in the transaction that adds the rows they count.",
)

occurrences = Table(
    "occurrences",
    metadata,
    _id(),
    Column(
        "identity",
        UUID(as_uuid=False),
        nullable=False,
        unique=True,
        comment="Made of log, line, fingerprint and content: the same occurrence is stored once.",
    ),
    _group(),
    Column(
        "log_id",
        BigInteger,
        ForeignKey("log_sources.id", ondelete="CASCADE"),
        nullable=False,
        comment="The log it stands in.",
    ),
    Column("first_line", Integer, nullable=False, comment="First line of the report in its file, from 1."),
    Column("last_line", Integer, nullable=False, comment="Last line of the report, inclusive."),
    Column("plugin", Text, nullable=False, comment="The analyzer that found it."),
    Column("message", Text, nullable=False, comment="What the root cause says, redacted."),
    Column("culprit_file", Text, comment="Where to look first: the file, relative to the workspace if inside."),
    Column("culprit_line", Integer, comment="Where to look first: the line, from 1."),
    Column("culprit_function", Text, comment="Where to look first: the function."),
    Column("causes", LargeBinary, nullable=False, comment="The chain of causes: redacted JSON, compressed (zstd)."),
    _time("found_at", "When it was found."),
    _author(),
    CheckConstraint("first_line >= 1 AND last_line >= first_line", name="lines"),
    Index(None, "group_id", "found_at"),
    Index(None, "log_id"),
    Index(None, "found_at"),
    comment="Single crashes in logs. Kept for a year; the group's counters stay.",
)

feedback_kinds = Table(
    "feedback_kinds",
    metadata,
    Column("kind", Text, primary_key=True, comment="The word that events carry."),
    Column("meaning", Text, nullable=False, comment="What happened, in a sentence."),
    Column("valuable", Boolean, nullable=False, comment="Whether a person decided something."),
    comment="What can happen to an explanation or a fix.",
)

feedback_events = Table(
    "feedback_events",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True, comment="Made where the event happened: it is stored once."),
    _group(),
    Column("kind", Text, ForeignKey("feedback_kinds.kind"), nullable=False, comment="What happened."),
    _time("happened_at", "When it happened, by the clock where it happened."),
    _now("received_at", "When it reached the database."),
    Column(
        "workspace_id",
        BigInteger,
        ForeignKey("workspaces.id", ondelete="SET NULL"),
        comment="The workspace it happened in.",
    ),
    Column("fix", Text, comment="The fix it is about."),
    Column("language", Text, comment="The runtime that crashed."),
    Column("crash_type", Text, comment="The class or signal."),
    Column("category", Text, comment="The category that was shown."),
    Column("rule", Text, comment="The rule that spoke."),
    Column("prompt", Text, comment="The prompt, id@version."),
    Column("model", Text, comment="The model, name@hash."),
    Column("speaker", Text, comment="Who spoke: rules, model or facts."),
    Column("editor", Text, comment="The editor it happened in."),
    Column("reason", Text, comment="Why, from a closed list of the clients."),
    Column("comment", Text, comment="What the user wrote, redacted."),
    Column("latency_ms", Double, comment="From the question to the answer, in milliseconds."),
    Column("log", Text, comment="The log it was about."),
    Column("line", Integer, comment="The line of the log, from 1."),
    Column("detail", JSONB(none_as_null=True), comment="What else the client knows."),
    _author(),
    Index(None, "group_id", "happened_at"),
    Index(None, "kind", "happened_at"),
    Index(None, "prompt", "happened_at", postgresql_where=text("prompt IS NOT NULL")),
    Index(None, "happened_at"),
    Index(None, "workspace_id"),
    comment="What people did with explanations and fixes: what the system learns from. Never removed by age.",
)

analyses = Table(
    "analyses",
    metadata,
    _id(),
    _group(),
    Column("excerpt", Text, nullable=False, comment="Hash of the source that was shown to the model."),
    Column("model", Text, nullable=False, comment="The model, name@hash."),
    Column("prompt", Text, nullable=False, comment="The prompt, id@version."),
    _time("made_at", "When the model answered."),
    _now("used_at", "When it was last asked for; the oldest go first when there are too many."),
    UniqueConstraint("group_id", "excerpt", "model", "prompt"),
    Index(None, "used_at"),
    comment="Answers of models, found again under what they depend on.",
)

explanations = Table(
    "explanations",
    metadata,
    Column(
        "analysis_id",
        BigInteger,
        ForeignKey("analyses.id", ondelete="CASCADE"),
        primary_key=True,
        comment="The analysis it belongs to.",
    ),
    Column("category", Text, nullable=False, comment="What had to change so that it does not crash."),
    Column("confidence", Double, nullable=False, comment="Of the category, 0 to 1."),
    Column("speaker", Text, nullable=False, comment="Who speaks: rules, model or facts."),
    Column("rule", Text, comment="The rule that spoke with it."),
    Column("body", LargeBinary, nullable=False, comment="Cause and fix in words: JSON, compressed (zstd)."),
    CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
    _speaker(),
    Index(None, "category"),
    comment="Why it crashed and what to do, in words.",
)

fixes = Table(
    "fixes",
    metadata,
    _id(),
    _group(),
    Column("fix", Text, nullable=False, comment="The fix's own id, which feedback carries."),
    Column(
        "analysis_id",
        BigInteger,
        ForeignKey("analyses.id", ondelete="CASCADE"),
        comment="The analysis it came with, if a model made it.",
    ),
    Column("title", Text, nullable=False, comment="As the editor shows it."),
    Column("speaker", Text, nullable=False, comment="Who proposes it: rules, model or facts."),
    Column("rule", Text, comment="The rule that proposed it."),
    Column("prompt", Text, comment="The prompt, id@version."),
    Column("verified", ARRAY(Text), nullable=False, comment="What was checked: applies, parses, …"),
    Column("body", LargeBinary, nullable=False, comment="The edits: JSON, compressed (zstd)."),
    _time("offered_at", "When it was first offered."),
    _speaker(),
    UniqueConstraint("group_id", "fix"),
    Index(None, "analysis_id"),
    comment="Changes that were checked and offered.",
)

security_events = Table(
    "security_events",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True, comment="Made where it happened: it is stored once."),
    _time("happened_at", "When it happened."),
    Column("plugin", Text, nullable=False, comment="The plugin that did it."),
    Column("digest", Text, nullable=False, comment="Hash of the plugin's files."),
    Column("pid", Integer, nullable=False, comment="Its process."),
    Column("phase", Text, nullable=False, comment="load, parse or explain."),
    Column("call", Text, nullable=False, comment="The system call, limit or check."),
    Column("severity", Text, nullable=False, comment="mild or severe."),
    Column("verdict", Text, nullable=False, comment="denied, killed or refused."),
    Column("detail", Text, nullable=False, server_default="", comment="What else is known."),
    _author(),
    CheckConstraint("severity IN ('mild', 'severe')", name="severity"),
    CheckConstraint("verdict IN ('denied', 'killed', 'refused')", name="verdict"),
    Index(None, "plugin", "happened_at"),
    Index(None, "happened_at"),
    comment="What plugins did that they may not do. Kept for 90 days.",
)

changes = Table(
    "changes",
    metadata,
    _id(),
    Column(
        "transaction",
        TransactionId(),
        nullable=False,
        server_default=text("pg_current_xact_id()"),
        comment="Who reads all from the oldest transaction that was running at the last reading misses none.",
    ),
    _group(),
    Column("server", UUID(as_uuid=False), nullable=False, comment="The server that made the change."),
    _now("changed_at", "When the transaction began."),
    Index(None, "transaction"),
    Index(None, "group_id"),
    Index(None, "changed_at"),
    comment="Which groups changed lately, for the other servers. Kept for a day, and in no backup.",
)
