"""Text to windows: decoding, line prefixes, cutting, tailing, grouping."""
