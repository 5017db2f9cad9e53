"""Open files by identity; read ranges; compressed logs."""
