"""Inside a worker: plugins as packages that were never files.

The parent sends a plugin's sources over the pipe. They become ``crashlight_plugins.ID`` (with ``-`` as
``_``) and its modules; relative imports between them work. After ``isolate`` nothing else can be imported
that was not imported before. Only a native plugin is imported from its folder.
"""

import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

PACKAGE = "crashlight_plugins"


class Sources:
    """Finds and runs modules from texts in memory: a finder and a loader, as PEP 451 has them.

    It does not inherit from ``importlib.abc``, whose import would take a fifth of a worker's start.
    """

    def __init__(self) -> None:
        self._texts: dict[str, tuple[str, str, bool]] = {PACKAGE: ("", PACKAGE, True)}

    def isolate(self, *, with_files: bool) -> None:
        """Be the only way to import from here on, or the first one where files may be read (natively)."""
        if with_files:
            sys.meta_path.insert(0, self)
            return
        sys.path.clear()
        sys.path_hooks.clear()
        sys.path_importer_cache.clear()
        sys.meta_path[:] = [self]

    def add(self, plugin: str, files: Mapping[str, str]) -> None:
        """Take over the sources of a plugin, by path with forward slashes."""
        package = _package(plugin)
        self._texts[package] = (files.get("__init__.py", ""), f"{plugin}/__init__.py", True)
        for path, text in files.items():
            stem = path.removesuffix(".py")
            if path.endswith(".py") and stem != "__init__":
                parts = stem.split("/")
                is_package = parts[-1] == "__init__"
                name = ".".join([package, *(parts[:-1] if is_package else parts)])
                self._texts[name] = (text, f"{plugin}/{path}", is_package)

    def add_folder(self, plugin: str, folder: str) -> None:
        """Take a plugin from its folder, with its extension modules."""
        module = ModuleType(_package(plugin))
        module.__path__ = [folder]
        __import__(PACKAGE)
        sys.modules[module.__name__] = module

    def make(self, plugin: str, entry: str) -> Any:
        """The analyzer that ``entry`` (``module:Class``) of a plugin makes. Raises whatever the plugin raises."""
        module, _, attribute = entry.partition(":")
        name = f"{_package(plugin)}.{module}"
        __import__(name)
        return getattr(sys.modules[name], attribute)()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A module of a plugin; None for any other."""
        if fullname not in self._texts:
            return None
        _, file, is_package = self._texts[fullname]
        return ModuleSpec(fullname, self, origin=file, is_package=is_package)  # type: ignore[arg-type]  # see the class

    def create_module(self, spec: ModuleSpec) -> None:
        """A module like any other."""

    def exec_module(self, module: ModuleType) -> None:
        """Compile and run the text of a module."""
        text, file, _ = self._texts[module.__name__]
        exec(compile(text, file, "exec", dont_inherit=True), module.__dict__)  # noqa: S102  # behind the lock


def _package(plugin: str) -> str:
    return f"{PACKAGE}.{plugin.replace('-', '_')}"
