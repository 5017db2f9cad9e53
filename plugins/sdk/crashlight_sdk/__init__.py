"""The plugin interface of Crashlight, version 1. Standard library only."""

from crashlight_sdk.analyzer import Analyzer
from crashlight_sdk.categories import CATEGORIES
from crashlight_sdk.intents import INTENTS, IntentShape
from crashlight_sdk.words import Cause, Crash, Excerpt, Finding, Frame, Intent, Origin, Span, Window

API_VERSION = 1

__all__ = [
    "API_VERSION",
    "CATEGORIES",
    "INTENTS",
    "Analyzer",
    "Cause",
    "Crash",
    "Excerpt",
    "Finding",
    "Frame",
    "Intent",
    "IntentShape",
    "Origin",
    "Span",
    "Window",
]
