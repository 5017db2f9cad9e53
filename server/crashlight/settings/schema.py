"""Every setting, once, typed, with its description, its default and its scope.

``package.json`` of the VS Code extension, the settings page of the docs and the types of the Neovim
plugin are generated from this file. ``scope`` is ``machine`` for whatever can name a program, an
address, a path outside the workspace, or lower a limit: those are read from the user's own settings
only, never from a workspace.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

MACHINE: dict[str, Any] = {"scope": "machine"}
SHARED: dict[str, Any] = {"scope": "resource"}


def described(text: str, extra: dict[str, Any] = SHARED) -> Meta:
    """The description and scope of one setting."""
    return Meta(description=text, extra=extra)


DEFAULT_GLOBS = [
    "**/*.{log,out,err,crash,ips,trace}",
    "**/hs_err_pid*",
    "**/npm-debug*",
    "**/core.*.txt",
]
DEFAULT_EXCLUDE = ["**/node_modules/**", "**/.git/**", "**/.venv/**", "**/venv/**", "**/site-packages/**"]


class LogSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which files are logs."""

    globs: Annotated[list[str], described("Files that are watched for crashes.")] = msgspec.field(
        default_factory=lambda: list(DEFAULT_GLOBS)
    )
    exclude: Annotated[list[str], described("Files that are never watched.")] = msgspec.field(
        default_factory=lambda: list(DEFAULT_EXCLUDE)
    )
    ignore: Annotated[list[str], described("Fingerprints and rules that are not reported.")] = msgspec.field(
        default_factory=list
    )
    watch: Annotated[bool, described("Report crashes in logs that are not open.")] = True


class SourceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How frames find their source."""

    path_maps: Annotated[
        dict[str, str],
        described("Path prefixes as logs print them (a container, a CI machine) to folders of the workspace."),
    ] = msgspec.field(default_factory=dict)
    in_app: Annotated[list[str], described("Path or module prefixes that belong to the application.")] = msgspec.field(
        default_factory=list
    )
    not_in_app: Annotated[list[str], described("Path or module prefixes that do not.")] = msgspec.field(
        default_factory=list
    )


class ModelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The local language model."""

    enabled: Annotated[bool, described("Ask the model about crashes that rules leave open.", MACHINE)] = True
    name: Annotated[str, described("A model of the registry.", MACHINE)] = "qwen2.5-coder-1.5b"
    path: Annotated[str | None, described("A GGUF file of your own.", MACHINE)] = None
    endpoint: Annotated[
        str | None, described("An OpenAI-compatible server to ask instead; prompts are sent there.", MACHINE)
    ] = None
    threads: Annotated[int, Meta(ge=0, description="Threads; 0 chooses by load.", extra=MACHINE)] = 0
    idle_minutes: Annotated[int, Meta(ge=1, description="Unload after this much rest.", extra=MACHINE)] = 10


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where feedback is kept."""

    url: Annotated[str | None, described("A PostgreSQL server to use instead of the embedded one.", MACHINE)] = None
    binaries: Annotated[
        str | None, described("Folder of the PostgreSQL programs to run the embedded server with.", MACHINE)
    ] = None
    pool_size: Annotated[int, Meta(ge=1, le=32, description="Connections at most.", extra=MACHINE)] = 4


class PluginSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Analyzer plugins."""

    minimum_level: Annotated[
        Literal["full", "seccomp", "process", "none"],
        described("The weakest sandbox that third-party plugins may run in.", MACHINE),
    ] = "seccomp"
    wall_ms: Annotated[int, Meta(ge=50, le=60_000, description="Time for a request at most.", extra=MACHINE)] = 5_000
    memory_mb: Annotated[int, Meta(ge=64, le=4096, description="Memory of a worker at most.", extra=MACHINE)] = 512


class FeedbackSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is remembered of what you do."""

    enabled: Annotated[bool, described("Remember which fixes were shown and taken.", MACHINE)] = True
    experiments: Annotated[bool, described("Let prompt versions compete.", MACHINE)] = True


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings."""

    logs: LogSettings = msgspec.field(default_factory=LogSettings)
    sources: SourceSettings = msgspec.field(default_factory=SourceSettings)
    model: ModelSettings = msgspec.field(default_factory=ModelSettings)
    database: DatabaseSettings = msgspec.field(default_factory=DatabaseSettings)
    plugins: PluginSettings = msgspec.field(default_factory=PluginSettings)
    feedback: FeedbackSettings = msgspec.field(default_factory=FeedbackSettings)
