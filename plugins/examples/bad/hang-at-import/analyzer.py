"""Computes without an end while it is imported."""

while True:
    pass
