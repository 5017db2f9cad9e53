"""Frames to places in the workspace; intents to edits; checking an edit; redaction."""
