"""Analyzer workers: manifest, handshake, limits, restart budget."""
