"""The feedback dashboard."""
