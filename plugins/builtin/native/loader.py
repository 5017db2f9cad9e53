"""Rules for programs that the dynamic loader could not start."""

from crashlight_sdk.rules import Rule, rule

LOADER_RULES: tuple[Rule, ...] = (
    rule(
        "native/symbol-version",
        "version-or-api-mismatch",
        "`{library}` on this machine is older than the program needs: it has no version {version}.",
        "Build on the oldest system that it must run on, or upgrade the library here.",
        type="loader error",
        message=r"(?<![\w.+-])(?P<library>[\w.+-]{1,100}): version `(?P<version>[^']+)' not found",
        confidence=0.97,
    ),
    rule(
        "native/undefined-symbol",
        "version-or-api-mismatch",
        "A library lacks the symbol `{symbol}` that the program was built against.",
        "Use the version of the library that it was built with, or build it again.",
        type="loader error|dyld error",
        message=r"undefined symbol: (?P<symbol>[\w@.]+)|Symbol not found: (?P<symbol2>\S+)",
        confidence=0.95,
    ),
    rule(
        "native/shared-library",
        "missing-dependency",
        "The shared library `{library}` is not found when the program starts.",
        "Install it, or add its folder to the loader's path (ldconfig, LD_LIBRARY_PATH, rpath).",
        type="loader error|dyld error",
        message=r"shared libraries: (?P<library>[^\s:]+):|Library not loaded: (?P<library2>[^\s;]+)",
        confidence=0.97,
    ),
)
