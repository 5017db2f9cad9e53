"""Crashlight: a language server for crash logs."""

__version__ = "0.1.0"
