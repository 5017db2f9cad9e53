"""Logs to crashes: finding, unwrapping, fingerprints, groups, and logs that grow."""

from crashlight.logs.fingerprint import fingerprint
from crashlight.logs.grouping import Group, Groups
from crashlight.logs.reader import LogReader
from crashlight.logs.tail import Tail, Update

__all__ = ["Group", "Groups", "LogReader", "Tail", "Update", "fingerprint"]
