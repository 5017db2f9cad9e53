"""The tables of what is tried and what runs: prompts, models, experiments, plugins, settings."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from crashlight.adapters.postgres.columns import author, group, metadata, moment, now, number

prompt_versions = Table(
    "prompt_versions",
    metadata,
    Column("prompt", Text, primary_key=True, comment="The prompt, id@version, as events carry it."),
    Column("content_hash", Text, comment="Of its text and examples, where this program ships it."),
    now("first_seen", "When it was first used."),
    comment="Versions of prompts that were used.",
)

models = Table(
    "models",
    metadata,
    Column("model", Text, primary_key=True, comment="The model, name@hash, as events carry it."),
    now("first_seen", "When it was first used."),
    comment="Models that answered.",
)

experiments = Table(
    "experiments",
    metadata,
    number(),
    Column("name", Text, nullable=False, unique=True, comment="What people call it."),
    Column("family", Text, nullable=False, comment="The family of prompts that is compared."),
    now("started_at", "When it began."),
    moment("ended_at", "When it was decided or given up.", nullable=True),
    Column("winner", Text, ForeignKey("prompt_versions.prompt"), comment="The prompt that was promoted."),
    CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="times"),
    # One family has one experiment at a time: two would share their traffic and neither would say anything.
    Index("experiments_running_family_key", "family", unique=True, postgresql_where=text("ended_at IS NULL")),
    comment="Comparisons of prompt versions.",
)

arms = Table(
    "arms",
    metadata,
    number(),
    Column(
        "experiment_id",
        BigInteger,
        ForeignKey("experiments.id", ondelete="CASCADE"),
        nullable=False,
        comment="The experiment it belongs to.",
    ),
    Column("prompt", Text, ForeignKey("prompt_versions.prompt"), nullable=False, comment="The prompt that it tries."),
    Column("floor", Double, nullable=False, server_default=text("0.1"), comment="Its least share of the traffic."),
    UniqueConstraint("experiment_id", "prompt"),
    Index(None, "prompt"),
    CheckConstraint("floor BETWEEN 0 AND 1", name="floor"),
    comment="What an experiment compares.",
)

exposures = Table(
    "exposures",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True, comment="Made where it happened: it is stored once."),
    Column(
        "arm_id",
        BigInteger,
        ForeignKey("arms.id", ondelete="CASCADE"),
        nullable=False,
        comment="The arm that was drawn.",
    ),
    group(),
    Column("probability", Double, nullable=False, comment="With which it was drawn; reports weigh by it."),
    moment("happened_at", "When it was drawn."),
    author(),
    UniqueConstraint("arm_id", "group_id"),
    Index(None, "group_id"),
    CheckConstraint("probability > 0 AND probability <= 1", name="probability"),
    comment="Which group saw which arm.",
)

plugins = Table(
    "plugins",
    metadata,
    Column("digest", Text, primary_key=True, comment="Hash of its files."),
    Column("plugin", Text, nullable=False, comment="Its id."),
    Column("version", Text, nullable=False, server_default="", comment="Its version."),
    Column("manifest", JSONB(none_as_null=True), comment="What it says of itself."),
    Column("permissions", JSONB(none_as_null=True), comment="What the user granted."),
    Column(
        "builtin", Boolean, nullable=False, server_default=text("false"), comment="Whether it came with Crashlight."
    ),
    now("first_seen", "When it was first met."),
    Index(None, "plugin"),
    comment="Analyzers, one row for each content.",
)

plugin_runs = Table(
    "plugin_runs",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True, comment="Made where it happened: it is stored once."),
    Column(
        "digest",
        Text,
        ForeignKey("plugins.digest", ondelete="CASCADE"),
        nullable=False,
        comment="The plugin's content.",
    ),
    Column("level", Text, nullable=False, comment="How it was locked in: full, seccomp, process or none."),
    moment("started_at", "When its process was ready."),
    moment("ended_at", "When its process ended.", nullable=True),
    Column("requests", Integer, nullable=False, server_default=text("0"), comment="Requests that it answered."),
    Column("cpu_ms", Double, comment="Processor time of its process, in milliseconds."),
    Column("outcome", Text, comment="How it ended: closed, crashed, killed or refused."),
    CheckConstraint("level IN ('full', 'seccomp', 'process', 'none')", name="level"),
    CheckConstraint("outcome IN ('closed', 'crashed', 'killed', 'refused')", name="outcome"),
    Index(None, "digest", "started_at"),
    Index(None, "started_at"),
    comment="Processes of analyzers. Kept for 90 days.",
)

settings_snapshots = Table(
    "settings_snapshots",
    metadata,
    Column("hash", Text, primary_key=True, comment="Of the settings, without secrets."),
    Column("settings", JSONB, nullable=False, comment="What differs from the defaults, without secrets."),
    Column("program", Text, nullable=False, comment="The version of Crashlight."),
    now("first_seen", "When they were first in use."),
    author(),
    comment="Settings under which something was measured.",
)
