"""What only the server knows of a crash. No input or output happens here."""

from crashlight.domain.diagnosis import Diagnosis, Edit, Explanation, Fix, Report, Speaker
from crashlight.domain.feedback import Exposure, FeedbackEvent, FeedbackKind
from crashlight.domain.health import Check, Status, overall
from crashlight.domain.occurrence import (
    Culprit,
    FileSpan,
    Fingerprint,
    GroupHistory,
    LineOrigin,
    Occurrence,
    SourcePlace,
)

__all__ = [
    "Check",
    "Culprit",
    "Diagnosis",
    "Edit",
    "Explanation",
    "Exposure",
    "FeedbackEvent",
    "FeedbackKind",
    "FileSpan",
    "Fingerprint",
    "Fix",
    "GroupHistory",
    "LineOrigin",
    "Occurrence",
    "Report",
    "SourcePlace",
    "Speaker",
    "Status",
    "overall",
]
