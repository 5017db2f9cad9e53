"""One typed schema of all settings, where they come from, and where files lie."""

from crashlight.settings.load import Loaded, load
from crashlight.settings.schema import Settings

__all__ = ["Loaded", "Settings", "load"]
