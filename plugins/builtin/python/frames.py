"""Whose code a Python file is: the application's, a library's, or Python's own."""

import re

from crashlight_sdk import Frame, Origin, Span

_LIBRARY = re.compile(
    r"[/\\](?:site|dist)-packages[/\\]|\.egg[/\\]|[/\\]\.eggs[/\\]|^<(?:attrs|__array_function__|decorator-gen)"
)
_RUNTIME = re.compile(
    r"^<frozen |^<__|[/\\]lib(?:64)?[/\\](?:python|pypy)\d[\d.]*[/\\]"
    r"|[/\\]Lib[/\\](?!.*[/\\]Lib[/\\])\w+(?:[/\\]\w+)*\.py$"
    r"|[/\\][Pp]ython\d+[/\\][Ll]ib[/\\]|[/\\]python\d+\.zip[/\\]|[/\\]lib-python[/\\]\d|[/\\]bazel_bootstrap"
)
_SCRIPT = re.compile(r"(?:^|[/\\])(?:bin|Scripts)[/\\][^/\\]+$")
_VIRTUAL = re.compile(r"^<(?!ipython-input|cell)[^>]*>$")


def origin(file: str) -> Origin:
    """The origin of a file by where Python keeps things.

    Packages lie below ``site-packages`` or ``dist-packages``, the standard library beside them; compiled
    Cython modules are printed with the relative path of their ``.pyx``; launchers lie in ``bin``. Code without
    a file (``<string>``, ``<stdin>``) is where to look only when no frame of the application is there.
    """
    if _LIBRARY.search(file):
        return "library"
    if _RUNTIME.search(file):
        return "runtime"
    if _VIRTUAL.match(file):
        return "library"
    if file.endswith((".pyx", ".pxd", ".pxi")) and not file.startswith(("/", ".", "\\")) and ":" not in file:
        return "library"
    if _SCRIPT.search(file) and not file.endswith(".py"):
        return "library"
    return "app"


def frame(
    file: str, line: int | None, function: str | None, printed: Span | None = None, text: str | None = None
) -> Frame:
    """A frame with the origin that its file implies."""
    return Frame(file=file, line=line, function=function, origin=origin(file), printed=printed, text=text)
