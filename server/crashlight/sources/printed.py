"""The ways in which runtimes print a path, made into one."""

import posixpath
import re
from urllib.parse import unquote

# webpack, Vite, Metro and Angular name the module behind a pseudo scheme; browsers print the page's address.
_SCHEME = re.compile(r"^(?:file|https?|app|ng|rsc|webpack(?:-internal)?|vite|turbopack|capacitor|ionic)://", re.I)
_AUTHORITY = re.compile(r"^[^/]*+")
_LAYER = re.compile(r"^\([\w-]{1,40}\)/")
_DRIVE = re.compile(r"^[A-Za-z]:[\\/]")
_NO_FILE = re.compile(r"^(?:<|\[|node:|internal/|native$|native code|Unknown Source|Native Method|evalmachine)", re.I)


def plain_path(printed: str | None) -> str:
    r"""``printed`` as a normal path with forward slashes, or an empty string where it names no file.

    ``file:///srv/a%20b.js`` is ``/srv/a b.js``, ``webpack:///./src/x.ts?4f2`` is ``src/x.ts`` and
    ``C:\app\X.cs`` is ``C:/app/X.cs``. It never raises.
    """
    text = (printed or "").strip()[:4096]
    if not text or _NO_FILE.match(text) or "\0" in text:
        return ""
    scheme = _SCHEME.match(text)
    if scheme:
        text = text[scheme.end() :]
        # Only a file's path is absolute on this machine; an address is relative to whoever served it.
        absolute = scheme.group().lower() == "file://"
        text = unquote(_AUTHORITY.sub("", text, count=1)).split("?", 1)[0].split("#", 1)[0]
        text = text if absolute else text.lstrip("/")
        text = _LAYER.sub("", text)
        if absolute and _DRIVE.match(text.lstrip("/")):
            text = text.lstrip("/")
    if _DRIVE.match(text) or ("\\" in text and "/" not in text):
        text = text.replace("\\", "/")
    path = posixpath.normpath(text)
    while path.startswith("../"):
        path = path[3:]
    return "" if path in {".", "..", "/"} else path.replace("//", "/", 1) if path.startswith("//") else path


def is_absolute(path: str) -> bool:
    """Whether a plain path names a place on some machine."""
    return path.startswith("/") or bool(_DRIVE.match(path))
