"""Crash groups, occurrences, feedback, answers of models, security events."""

from pathlib import Path

from alembic import op
from sqlalchemy import text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "changes", "security_events", "fixes", "explanations", "analyses", "feedback_events", "feedback_kinds",
    "occurrences", "crash_groups", "log_sources", "workspaces",
)  # fmt: skip


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(statements)


def downgrade() -> None:
    for table in TABLES:
        op.execute(text(f"DROP TABLE crashlight.{table}"))
