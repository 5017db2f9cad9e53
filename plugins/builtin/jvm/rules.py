"""The usual crashes on the JVM; written below."""

from crashlight_sdk.rules import Rule

RULES: tuple[Rule, ...] = ()
