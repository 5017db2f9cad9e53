"""The least rights that a role of a team's server needs, as SQL for its administrator."""

from crashlight.adapters.postgres.columns import SCHEMA


def grants(role: str, *, read_only: bool = False) -> str:
    """SQL that an administrator runs in the database, after ``crashlight db upgrade`` was run by the schema's owner.

    A member reads and adds; what was written once stays, except for counters, answers and fixes, which
    are brought up to date. Nobody but the owner can change the schema or remove feedback.
    """
    name = '"' + role.replace('"', '""') + '"'
    lines = [
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {name};",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {name};",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {SCHEMA} GRANT SELECT ON TABLES TO {name};",
    ]
    if not read_only:
        lines += [f"GRANT INSERT ON {', '.join(f'{SCHEMA}.{table}' for table in ADDED_TO)} TO {name};"]
        lines += [f"GRANT UPDATE ON {', '.join(f'{SCHEMA}.{table}' for table in KEPT_UP_TO_DATE)} TO {name};"]
    return "\n".join(lines)


KEPT_UP_TO_DATE = ("crash_groups", "analyses", "explanations", "fixes")
ADDED_TO = (
    *KEPT_UP_TO_DATE,
    "workspaces",
    "log_sources",
    "occurrences",
    "feedback_events",
    "security_events",
    "changes",
    "prompt_versions",
    "models",
    "experiments",
    "arms",
    "exposures",
    "plugins",
    "plugin_runs",
    "settings_snapshots",
)
