"""Made-up rows in any number, for benchmarks and for tests that look at query plans."""

import hashlib

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from crashlight.adapters.postgres.packing import pack
from crashlight.domain import Edit, Explanation, Fix

PER_GROUP = 10

_STATEMENTS = (
    "INSERT INTO crashlight.workspaces (path) SELECT '/work/' || n FROM generate_series(1, 20) AS n",
    "INSERT INTO crashlight.log_sources (workspace_id, path)"
    " SELECT w.id, '/logs/' || n || '.log' FROM crashlight.workspaces w, generate_series(1, 10) AS n",
    "INSERT INTO crashlight.prompt_versions (prompt) SELECT 'null@' || n FROM generate_series(1, 3) AS n",
    """
    INSERT INTO crashlight.crash_groups
        (fingerprint, language, crash_type, template, frames, state, first_seen, last_seen, occurrences)
    SELECT md5(n::text), (ARRAY['python', 'java', 'go', 'rust'])[1 + n % 4], 'Error' || n % 300, 'template ' || n,
        ARRAY(
            SELECT 'module' || (n * 7 + k * k) % 2000 || '.function' || (n + k) % 500 FROM generate_series(1, 6) AS k
        ),
        (ARRAY['new', 'known', 'known', 'resolved'])[1 + n % 4],
        now() - interval '300 days', now() - random() * interval '299 days', :per_group
    FROM generate_series(1, :groups) AS n
    """,
    """
    INSERT INTO crashlight.occurrences
        (identity, group_id, log_id, first_line, last_line, plugin, message, culprit_file, culprit_line, causes,
        found_at)
    SELECT md5(n::text)::uuid, 1 + n % :groups, 1 + n % 200, 1 + n, 20 + n, 'python', 'no such key: ' || n,
        'src/module' || n % 2000 || '.py', n % 500, decode(repeat(md5(n::text), 8), 'hex'),
        now() - random() * interval '300 days'
    FROM generate_series(1, :occurrences) AS n
    """,
    """
    INSERT INTO crashlight.feedback_events (id, group_id, kind, happened_at, language, prompt, speaker)
    SELECT md5('event' || n)::uuid, 1 + n % :groups,
        (ARRAY['shown', 'shown', 'shown', 'previewed', 'accepted', 'reverted', 'thumbs_up', 'thumbs_down'])[1 + n % 8],
        now() - random() * interval '300 days', 'python', 'null@' || 1 + n % 3, 'model'
    FROM generate_series(1, :events) AS n
    """,
    """
    INSERT INTO crashlight.analyses (group_id, excerpt, model, prompt, made_at)
    SELECT n, 'excerpt', 'small@1', 'null@1', now() FROM generate_series(1, :groups) AS n
    """,
    """
    INSERT INTO crashlight.changes (transaction, group_id, server, changed_at)
    SELECT (3 + n % 500)::text::xid8, 1 + n % :groups, md5('server')::uuid, now() - random() * interval '1 day'
    FROM generate_series(1, :events) AS n
    """,
    """
    INSERT INTO crashlight.explanations (analysis_id, category, confidence, speaker, body)
    SELECT id, 'other', 0.5, 'model', :body FROM crashlight.analyses
    """,
    """
    INSERT INTO crashlight.fixes (group_id, fix, analysis_id, title, speaker, verified, body, offered_at)
    SELECT group_id, 'fix', id, 'Use get', 'model', ARRAY['applies'], :fix, now() FROM crashlight.analyses
    """,
    """
    INSERT INTO crashlight.security_events (id, happened_at, plugin, digest, pid, phase, call, severity, verdict)
    SELECT md5('security' || n)::uuid, now() - random() * interval '80 days', 'plugin', 'digest', n, 'parse', 'open',
        'mild', 'denied'
    FROM generate_series(1, :events) AS n
    """,
)


async def fill(connection: AsyncConnection, occurrences: int) -> int:
    """Fill an empty database; returns the number of groups, which :func:`fingerprint` and :func:`frames` name."""
    groups = max(100, occurrences // PER_GROUP)
    values: dict[str, int | bytes] = {
        "groups": groups,
        "occurrences": occurrences,
        "events": occurrences // 5,
        "per_group": PER_GROUP,
        "body": pack(Explanation("other", 0.5, "No such key.", "Use get.", "model")),
        "fix": pack(Fix("fix", "Use get", "model", (Edit("a.py", 1, 1, "x\n"),), ("applies",))),
    }
    await connection.execute(text("SET LOCAL statement_timeout = 0"))
    for statement in _STATEMENTS:
        wanted = {name: value for name, value in values.items() if f":{name}" in statement}
        await connection.execute(text(statement), wanted)
    return groups


def fingerprint(group: int) -> str:
    """The fingerprint of the group with this number, from 1."""
    return hashlib.md5(str(group).encode(), usedforsecurity=False).hexdigest()


def frames(group: int) -> list[str]:
    """The frames of the group with this number, from 1."""
    return [f"module{(group * 7 + k * k) % 2000}.function{(group + k) % 500}" for k in range(1, 7)]
