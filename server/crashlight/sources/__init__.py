"""Frames to places in the workspace; intents to edits; checking an edit; redaction."""

from crashlight.sources.checking import Checked
from crashlight.sources.context import Context
from crashlight.sources.facade import Sources
from crashlight.sources.redaction import Redaction, RedactionError, redact, scrub

__all__ = ["Checked", "Context", "Redaction", "RedactionError", "Sources", "redact", "scrub"]
