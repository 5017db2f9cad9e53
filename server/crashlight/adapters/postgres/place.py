"""Where the embedded cluster lies, and which system user it belongs to."""

import contextlib
import os
import shutil
import stat
import subprocess
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

from crashlight.adapters.postgres.errors import DatabaseUnavailable
from crashlight.settings.paths import private_folder

ROOTS_FOLDER = Path("/var/lib/crashlight")
ROOTS_USER = "crashlight"
SOCKET_LIMIT = 107 - len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True, slots=True)
class Owner:
    """A system user that the cluster's files and processes belong to, where that is not the present one."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one embedded cluster and of everything around it.

    ``pgNN`` the data of major version NN · ``programs`` · ``sessions`` one locked file for each process
    that uses the cluster · ``lock`` held while the cluster is started or stopped · ``keeper`` held by its
    keeper · ``password`` · ``log``.
    """

    root: Path
    owner: Owner | None = None
    pointer: Path | None = None  # the file that names the folder, where it lies elsewhere

    def data(self, major: int) -> Path:
        """The data of one major version."""
        return self.root / f"pg{major}"

    def majors(self) -> list[int]:
        """Major versions that there is data of, newest first."""
        names = [path.name[2:] for path in self.root.glob("pg[0-9]*") if path.is_dir()]
        return sorted((int(name) for name in names if name.isdigit()), reverse=True)

    @property
    def programs(self) -> Path:
        """Copies of the PostgreSQL programs."""
        return self.root / "programs"

    @property
    def sessions(self) -> Path:
        """Who uses the cluster."""
        return self.root / "sessions"

    @property
    def lock(self) -> Path:
        """Held while the cluster is started or stopped."""
        return self.root / "lock"

    @property
    def keeper(self) -> Path:
        """Held by the keeper while it lives."""
        return self.root / "keeper"

    @property
    def password(self) -> Path:
        """The password of the cluster's only role."""
        return self.root / "password"

    @property
    def log(self) -> Path:
        """What PostgreSQL and the keeper say."""
        return self.root / "log"

    def prepare(self) -> None:
        """Make the folders. Raises OSError."""
        if self.owner is None:
            private_folder(self.root)
        else:
            # The system user passes through, and can list nothing.
            self.root.mkdir(mode=0o711, parents=True, exist_ok=True)
        if self.pointer is not None:
            (self.root / "home").write_text(f"{self.pointer}\n", encoding="utf-8")
        private_folder(self.sessions)

    def sockets(self) -> Path:
        """The folder of the cluster's socket: private, and short enough for the system's limit.

        Where the cluster's own folder is too long a random one is made in the temporary folder; which one
        is noted, and believed only while it is a private folder of the right user.
        """
        near = self.root / "socket"
        if len(os.fsencode(near)) <= SOCKET_LIMIT:
            near.mkdir(mode=0o700, exist_ok=True)
            self.give(near)
            return near
        note = self.root / "socket-folder"
        with contextlib.suppress(OSError):
            noted = Path(note.read_text(encoding="utf-8"))
            if self._is_private(noted):
                return noted
        fresh = Path(tempfile.mkdtemp(prefix="crashlight-", dir=_short_folder()))
        self.give(fresh)
        note.write_text(str(fresh), encoding="utf-8")
        return fresh

    def give(self, path: Path) -> None:
        """Hand a file or folder to the cluster's user."""
        if self.owner is not None:
            os.chown(path, self.owner.uid, self.owner.gid)

    def remove(self) -> None:
        """Remove everything, and the note of where it was. Nothing may run. Raises OSError."""
        sockets = self.sockets()
        shutil.rmtree(self.root)
        shutil.rmtree(sockets, ignore_errors=True)
        if self.pointer is not None:
            self.pointer.unlink(missing_ok=True)

    def _is_private(self, folder: Path) -> bool:
        there = folder.lstat()
        mine = self.owner.uid if self.owner else os.getuid()
        return stat.S_ISDIR(there.st_mode) and there.st_uid == mine and not there.st_mode & 0o077


def find_place(data_home: Path) -> Place:
    """The place of the user's cluster: below ``data_home``, or for root outside of it.

    PostgreSQL refuses to run as root, and another user cannot enter root's folders. So root's cluster
    lies in a random folder below /var/lib/crashlight, which a file in ``data_home`` names, and belongs
    to a system user of its own. Raises OSError and DatabaseUnavailable.
    """
    near = data_home.resolve() / "postgres"
    if os.name == "nt":
        raise DatabaseUnavailable(
            "there is no embedded database on Windows yet",
            "Name a PostgreSQL server in database.url, or run Crashlight in WSL.",
            permanent=True,
        )
    if os.geteuid() != 0:
        return Place(near)
    owner = _system_user()
    private_folder(data_home)
    pointer = data_home / "postgres-folder"
    try:
        noted = Path(pointer.read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        ROOTS_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        noted = ROOTS_FOLDER / uuid.uuid4().hex[:12]
        _note_once(pointer, noted)
        noted = Path(pointer.read_text(encoding="utf-8").strip())
    return Place(noted, owner, pointer)


def orphans() -> list[Path]:
    """Clusters of root whose home is gone, or has another one now."""
    found = []
    for folder in ROOTS_FOLDER.glob("*") if os.access(ROOTS_FOLDER, os.R_OK) else ():
        try:
            pointer = Path((folder / "home").read_text(encoding="utf-8").strip())
        except OSError:
            continue
        if not pointer.is_file() or pointer.read_text(encoding="utf-8").strip() != str(folder):
            found.append(folder)
    return found


def _note_once(pointer: Path, folder: Path) -> None:
    """Two processes may be first at once: one name wins, whole."""
    with tempfile.NamedTemporaryFile("w", dir=pointer.parent, delete=False, encoding="utf-8") as fresh:
        fresh.write(f"{folder}\n")
    with contextlib.suppress(FileExistsError):
        os.link(fresh.name, pointer)
    Path(fresh.name).unlink()


def _system_user() -> Owner:
    import pwd

    try:
        entry = pwd.getpwnam(ROOTS_USER)
    except KeyError:
        command = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if command:
            subprocess.run(
                [command, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ROOTS_USER],
                check=False,
                capture_output=True,
                timeout=60,
            )
        try:
            entry = pwd.getpwnam(ROOTS_USER)
        except KeyError:
            raise DatabaseUnavailable(
                "PostgreSQL does not run as root, and there is no other user for it",
                f"Make a system user '{ROOTS_USER}', run Crashlight as an ordinary user, or set database.url.",
                permanent=True,
            ) from None
    return Owner(entry.pw_uid, entry.pw_gid)


def _short_folder() -> str:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return runtime if 0 < len(runtime) < 40 and os.access(runtime, os.W_OK) else "/tmp"  # noqa: S108  # mkdtemp in it
