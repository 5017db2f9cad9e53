"""Programs of the user, never through a shell."""

from crashlight.adapters.commands.local import LocalCommands

__all__ = ["LocalCommands"]
