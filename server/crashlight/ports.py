"""What the core needs from the outside world, as Protocols; ``adapters/`` implements them, ``app`` joins them.

Everything here is plain data: no URI, no pid, no cursor. Methods that can wait are coroutines; those
that are not are quick and never block on another process.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from crashlight.domain import Check, Explanation, Exposure, FeedbackEvent, Fix, GroupHistory, Occurrence
from crashlight_sdk import Crash, Excerpt, Finding, Window

# ---------------------------------------------------------------- files


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """What stays the same while a file is the same file, whatever its name."""

    device: int
    inode: int


class OpenFile(Protocol):
    """A file held open by identity. ``read`` never raises on a file that shrank: it returns what there is.

    ``rereadable`` is false where going back costs more than going on, as in a compressed file; the last
    few megabytes are cheap to read again all the same.
    """

    identity: FileIdentity
    rereadable: bool

    def size(self) -> int:
        """Bytes now, uncompressed; for a compressed file, as many as were read so far."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """At most ``length`` bytes from ``offset``; fewer only at the end."""
        ...

    def close(self) -> None: ...


class Files(Protocol):
    """Reading only. Errors are ``OSError`` with the path in them."""

    def open(self, path: Path) -> OpenFile: ...

    def walk(self, root: Path) -> Iterator[Path]:
        """Every regular file below ``root``; ``.git``, symbolic links and binary content are skipped."""
        ...

    def read_source(self, path: Path, limit: int = 4_000_000) -> bytes | None:
        """A source file, whole; None where it is absent, no regular file, or over ``limit`` bytes."""
        ...


# ---------------------------------------------------------------- scanning


@dataclass(frozen=True, slots=True)
class Hit:
    """A literal found in bytes: which plugins asked for it, and the offset of its last byte plus one."""

    end: int
    literal: int


class Scanner(Protocol):
    """All trigger literals of all plugins, in one automaton. Releases the interpreter lock while it works."""

    def literals(self) -> Sequence[bytes]: ...

    def scan(self, block: bytes | bytearray | memoryview) -> list[Hit]:
        """Hits in order of their end."""
        ...


# ---------------------------------------------------------------- plugins


@dataclass(frozen=True, slots=True)
class Claim:
    """A crash that a plugin found in a window."""

    plugin: str
    crash: Crash


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A plugin as the host knows it now."""

    id: str
    version: str
    builtin: bool
    state: Literal["ready", "off", "stopped", "quarantined", "refused"]
    level: str  # full, seccomp, process, none
    detail: str  # why it is in this state
    priority: int
    literals: tuple[bytes, ...]
    permissions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """Something a plugin did that it may not do, or a limit that it met."""

    time: float
    plugin: str
    digest: str
    pid: int
    phase: str  # load, parse, explain
    call: str  # the system call, limit or check
    severity: Literal["mild", "severe"]
    verdict: Literal["denied", "killed", "refused"]
    detail: str = ""


class PluginHost(Protocol):
    """Runs analyzers in restricted processes. A plugin that fails loses its own answers only."""

    def plugins(self) -> tuple[PluginInfo, ...]:
        """All plugins; reading their manifests starts no process."""
        ...

    def warm(self) -> None:
        """Start the workers in the background, so that the first crash need not wait for them."""
        ...

    async def parse(self, window: Window) -> list[Claim]:
        """What all plugins whose literals stand in the window find in it, overlaps settled, in order of lines."""
        ...

    async def explain(self, plugin: str, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        """The finding of the plugin that claimed the crash, refined by those that refine its language."""
        ...

    async def close(self) -> None: ...


# ---------------------------------------------------------------- model


class ModelUnavailable(Exception):
    """The model cannot answer now. ``cure`` tells the user what to do."""

    def __init__(self, reason: str, cure: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.cure = cure


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the model.

    ``prefix`` is the part shared by a family of prompts, so that it is evaluated once and kept.
    Smaller ``priority`` goes first.
    Questions with the same ``key`` are asked once. ``opening`` is the beginning of the answer, given and not
    written by the model; it is no part of the answer's text.
    """

    key: str
    prefix: str
    text: str
    opening: str = ""
    grammar: str | None = None  # GBNF
    max_tokens: int = 96
    deadline_s: float = 60.0
    priority: int = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model wrote, and what it cost."""

    text: str
    model: str  # name@first 12 of its hash
    prompt_tokens: int
    cached_tokens: int
    generated_tokens: int
    steps: int  # evaluations that wrote them; fewer than tokens where guesses were right
    queue_s: float
    load_s: float
    prompt_s: float
    generation_s: float
    finished: bool  # false when a ceiling or deadline cut it


class Model(Protocol):
    """A language model behind a queue. Cancelling ``ask`` frees its slot."""

    def identity(self) -> str | None:
        """Name and first 12 digits of the hash of the model that would answer now; None when there is none."""
        ...

    async def ask(self, question: Question, on_text: Callable[[str], None] | None = None) -> Answer:
        """Raises ModelUnavailable."""
        ...

    def warm(self, prefixes: Iterable[str]) -> None:
        """Evaluate these prefixes when nothing else is to do, if the model is loaded."""
        ...

    def check(self) -> Check: ...

    async def close(self) -> None: ...


# ---------------------------------------------------------------- memory


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """What an explanation depends on; another value of any of these asks anew."""

    fingerprint: str
    excerpt: str  # hash
    model: str
    prompt: str  # id@version


class Store(Protocol):
    """What is remembered. Writing goes to the journal on disk first and never waits for the database.

    Reading returns what is known now: without a database, what this process knows.
    """

    def record(self, event: FeedbackEvent) -> None:
        """Flushed to disk before it returns; reaches PostgreSQL later, once."""
        ...

    def record_occurrences(self, occurrences: Sequence[Occurrence], workspace: str | None) -> None:
        """Remember crashes that were found in logs; the same occurrence twice is remembered once."""
        ...

    def record_fix(self, fingerprint: str, fix: Fix) -> None: ...

    def record_security(self, event: SecurityEvent) -> None: ...

    def record_answer(self, key: AnswerKey, explanation: Explanation, fixes: Sequence[Fix]) -> None: ...

    async def answer(self, key: AnswerKey) -> tuple[Explanation, tuple[Fix, ...]] | None: ...

    async def histories(self, fingerprints: Sequence[str]) -> dict[str, GroupHistory]: ...

    async def exposures(self, family: str) -> Sequence[Exposure]:
        """What is known of the versions of a prompt family; one for each crash group and version."""
        ...

    def on_change(self, listener: Callable[[frozenset[str]], None]) -> None:
        """Called with the fingerprints whose history another server or this one changed."""
        ...

    async def flush(self, timeout_s: float) -> bool:
        """True when all that was recorded so far is in the database."""
        ...

    def checks(self) -> list[Check]:
        """``database`` and ``journal``."""
        ...

    async def close(self) -> None: ...


# ---------------------------------------------------------------- the rest


ChangeKind = Literal["created", "changed", "deleted", "moved"]


@dataclass(frozen=True, slots=True)
class FileChange:
    """Something happened to a path; ``moved_to`` where it was renamed."""

    path: Path
    kind: ChangeKind
    moved_to: Path | None = None


class Watcher(Protocol):
    """Tells what changes below folders, by any means; coalesces bursts of one path into one change."""

    def start(self, roots: Sequence[Path], on_change: Callable[[list[FileChange]], None]) -> None: ...

    def stop(self) -> None: ...

    def check(self) -> Check: ...


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a program ended."""

    exit_code: int | None  # None when it was stopped by the time limit
    output: str
    errors: str


class Commands(Protocol):
    """Runs programs without a shell, in a folder, with a time limit and capped output."""

    async def run(self, argv: Sequence[str], cwd: Path, timeout_s: float) -> CommandResult: ...


class Clock(Protocol):
    """Time, so that tests may set it."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def monotonic(self) -> float: ...

    def sleep(self, seconds: float) -> Awaitable[None]: ...
