"""From one major version of the embedded server to the next: dump with the old programs, restore with the new."""

from pathlib import Path
from typing import TYPE_CHECKING

from crashlight.adapters.postgres import backups
from crashlight.adapters.postgres.errors import DatabaseUnavailable
from crashlight.adapters.postgres.programs import Programs, on_shelf

if TYPE_CHECKING:
    from crashlight.adapters.postgres.cluster import Cluster


def move_up(cluster: "Cluster", old: int, new: Programs) -> Path:
    """Bring the data of major version ``old`` into the empty cluster of ``new``; returns the dump, which stays.

    The old folder is kept as ``pgNN.old``: going back is renaming it. Raises DatabaseUnavailable, and
    then nothing was changed.
    """
    programs = next((found for found in on_shelf(cluster.place.programs) if found.major == old), None)
    if programs is None:
        raise DatabaseUnavailable(
            f"the data is of PostgreSQL {old}, and only the programs of {new.version} are here",
            f"Let database.binaries name the programs of PostgreSQL {old} once more, then try again.",
            permanent=True,
        )
    target = cluster.place.root / f"pg{old}{backups.SUFFIX}"
    with cluster.running(programs, cluster.place.data(old)) as address:
        backups.dump(programs, address, target)
    with cluster.running(new, cluster.place.data(new.major)) as address:
        backups.restore(new, address, target)
    kept = cluster.place.data(old)
    kept.rename(kept.with_name(f"{kept.name}.old"))
    return target
