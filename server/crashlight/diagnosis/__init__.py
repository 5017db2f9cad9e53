"""Why it crashed and what to do: rules first, then the model, and the plain facts where both are silent."""

from crashlight.diagnosis.diagnostician import Diagnostician

__all__ = ["Diagnostician"]
