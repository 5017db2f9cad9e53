"""What changes on disk."""
