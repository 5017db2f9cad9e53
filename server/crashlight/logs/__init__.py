"""Logs to crashes: finding, unwrapping, fingerprints, groups, and logs that grow."""

from crashlight.logs.fingerprint import fingerprint
from crashlight.logs.reader import LogReader

__all__ = ["LogReader", "fingerprint"]
