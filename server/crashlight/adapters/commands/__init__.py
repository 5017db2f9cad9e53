"""Programs of the user, never through a shell."""
