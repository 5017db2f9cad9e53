"""Raises while it is imported."""

raise RuntimeError("this plugin never works")
