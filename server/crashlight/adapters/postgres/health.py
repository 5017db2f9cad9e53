"""What ``crashlight doctor`` says of the database and the journal, each with what to do."""

from crashlight.adapters.postgres.background import DatabaseThread
from crashlight.adapters.postgres.journal import Journal
from crashlight.domain import Check


def database_check(thread: DatabaseThread) -> Check:
    """Reachable or not, which one it is, and how its pool does."""
    if thread.state == "down" and thread.trouble is not None:
        return Check("database", "down", thread.trouble.reason, thread.trouble.cure)
    if thread.state in {"idle", "closed"}:
        return Check("database", "ok", "not in use by this process")
    database = thread.database
    if thread.state == "starting" or database is None:
        return Check("database", "degraded", "it is being started", "Wait a moment; nothing is lost meanwhile.")
    pool = database.metrics()
    kind = "the embedded server" if database.address.embedded else str(database.address)
    mean = 1000 * pool.waited_s / max(1, pool.handed_out)
    return Check(
        "database",
        "ok",
        f"{kind}; pool {pool.in_use} of {pool.size} in use, {pool.handed_out} handed out,"
        f" {mean:.1f} ms mean and {1000 * pool.longest_wait_s:.1f} ms longest wait, {pool.retries} retries",
    )


def journal_check(journal: Journal, state: str) -> Check:
    """What waits, what was set aside, what was dropped."""
    dead = len(journal.dead())
    if journal.in_memory:
        return Check(
            "journal",
            "degraded",
            f"{journal.in_memory} writes are held in memory only: {journal.trouble}",
            "Free some space, or give Crashlight a folder that it may write to (CRASHLIGHT_HOME).",
        )
    if journal.dropped:
        return Check(
            "journal",
            "degraded",
            f"full: {journal.dropped} writes were not kept, {journal.waiting} wait for the database",
            "Get the database going: see the check 'database'.",
        )
    if dead:
        return Check(
            "journal",
            "degraded",
            f"{dead} writes that the database refused were set aside in {journal.folder / 'dead'}",
            "After an update of Crashlight: 'crashlight db retry'. What is there is lost to nobody.",
        )
    waiting = f"{journal.waiting} writes wait for the database" if journal.waiting else "nothing waits"
    return Check("journal", "degraded" if journal.waiting and state == "down" else "ok", waiting)
