"""Prompt versions, models, experiments with arms and exposures, plugins and their runs, settings."""

from pathlib import Path

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "settings_snapshots", "plugin_runs", "plugins", "exposures", "arms", "experiments", "models", "prompt_versions",
)  # fmt: skip


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(statements)


def downgrade() -> None:
    for table in TABLES:
        op.execute(text(f"DROP TABLE crashlight.{table}"))
