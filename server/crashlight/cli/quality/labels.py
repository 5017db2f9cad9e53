"""When a report agrees with a label."""

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]


def last_part(name: str | None) -> str:
    """The class without its package or module."""
    text = (name or "").replace("::", ".").replace("\\", ".").replace("$", ".")
    return text.rsplit(".", maxsplit=1)[-1].strip().lower()


def plain(text: str | None) -> str:
    """Words alone, so that quotes, hyphens and spaces do not decide."""
    return " ".join((text or "").lower().replace("-", " ").replace("`", "'").split())


def same_type(report: Row, wanted: str) -> bool:
    """The last part of the class is right, or the label stands in "type: message"."""
    got = report.get("crash_type") or ""
    if last_part(got) == last_part(wanted):
        return True
    return bool(plain(wanted)) and plain(wanted) in plain(f"{got}: {report.get('message') or ''}"[:1000])


def base(path: str | None) -> str:
    """The file's own name, without folders and query."""
    return (path or "").replace("\\", "/").rsplit("/", maxsplit=1)[-1].split("?")[0]


def same_place(got: Row | None, wanted: Row | None) -> bool:
    """The same file and line; where a runtime prints no file, the same function."""
    if wanted is None:
        return got is None or not got.get("file")
    if not got:
        return False
    if not wanted.get("file"):
        return not got.get("file") and plain(got.get("function")) == plain(wanted.get("function"))
    here, there = (str(x.get("file") or "").replace("\\", "/").rstrip("/") for x in (got, wanted))
    if not here or base(here) != base(there):
        return False
    if not (here.endswith(there) or there.endswith(here) or base(here) == there):
        return False
    return wanted.get("line") is None or got.get("line") == wanted["line"]
