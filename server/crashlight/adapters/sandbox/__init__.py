"""Restricted processes: start, prove, limit, audit."""
