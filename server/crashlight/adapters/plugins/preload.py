"""The part of the standard library that plugins may import; part of the plugin interface, listed in docs/plugins.md.

A worker imports these before its lock, when nothing is read that is not trusted, and can import nothing
afterwards. Only those that a plugin's source names are imported, so that a start costs what is used.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import crashlight_sdk

STANDARD: Final = frozenset(
    {
        "abc",
        "ast",
        "base64",
        "binascii",
        "bisect",
        "collections",
        "collections.abc",
        "contextlib",
        "copy",
        "dataclasses",
        "datetime",
        "decimal",
        "difflib",
        "enum",
        "fractions",
        "functools",
        "hashlib",
        "heapq",
        "html",
        "html.entities",
        "itertools",
        "json",
        "keyword",
        "math",
        "ntpath",
        "operator",
        "posixpath",
        "re",
        "string",
        "textwrap",
        "types",
        "typing",
        "unicodedata",
        "urllib.parse",
        "__future__",
    }
)

_IMPORT = re.compile(r"^[ \t]*+(?:from|import)[ \t]++([^\n#;]*+)", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_][\w.]*+")
# Modules that others import only when they are first used: too late, behind the lock.
_ENCODINGS: Final = {"encodings.ascii", "encodings.latin_1"}
_NOT_IN_WORKERS: Final = {"__init__", "testing"}
_COMPANIONS: Final = {"datetime": ("_strptime",), "decimal": ("_pydecimal",)}


def needed(sources: Iterable[str]) -> list[str]:
    """Modules of the standard library and of crashlight_sdk that these Python sources name, sorted."""
    named: set[str] = set()
    for source in sources:
        for statement in _IMPORT.findall(source):
            named |= _modules(statement)
    return sorted(_ENCODINGS | named | {extra for name in named for extra in _COMPANIONS.get(name, ())})


def _modules(statement: str) -> set[str]:
    """Every module that ``a.b import c`` or ``a, b as c`` may mean."""
    origin, is_from, names = statement.partition(" import ")
    found = set(_NAME.findall(statement if not is_from else origin))
    if is_from:
        found |= {f"{origin.strip()}.{name}" for name in _NAME.findall(names)}
    return found & (STANDARD | _sdk())


@cache
def _sdk() -> frozenset[str]:
    """The modules of the plugin interface itself."""
    folder = Path(crashlight_sdk.__file__).parent
    return frozenset(f"crashlight_sdk.{path.stem}" for path in folder.glob("*.py") if path.stem not in _NOT_IN_WORKERS)
