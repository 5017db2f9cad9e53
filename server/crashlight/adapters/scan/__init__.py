"""Finding literals in bytes."""

from crashlight.adapters.scan.automaton import HyperscanScanner

__all__ = ["HyperscanScanner"]
