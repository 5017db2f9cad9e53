"""Analyzer plugins: found, read, run in restricted workers, and their answers checked."""

from crashlight.adapters.plugins.host import WorkerHost

__all__ = ["WorkerHost"]
