"""Bytes to hits, by hyperscan."""
