"""Inside a worker: plugins as packages that were never files.

The parent sends a plugin's sources over the pipe. They become ``crashlight_plugins.ID`` (with ``-`` as
``_``) and its modules; relative imports between them work. After ``isolate`` nothing else can be imported
that was not imported before.
"""

import importlib
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any

PACKAGE = "crashlight_plugins"


class Sources(MetaPathFinder, InspectLoader):
    """Finds and runs modules from texts in memory."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[str, str, bool]] = {PACKAGE: ("", PACKAGE, True)}

    def isolate(self) -> None:
        """Be the only way to import from here on."""
        sys.path.clear()
        sys.path_hooks.clear()
        sys.path_importer_cache.clear()
        sys.meta_path[:] = [self]

    def load(self, plugin: str, entry: str, files: Mapping[str, str]) -> Any:
        """The analyzer that ``entry`` (``module:Class``) of a plugin makes. Raises whatever the plugin raises."""
        package = f"{PACKAGE}.{plugin.replace('-', '_')}"
        self._texts[package] = (files.get("__init__.py", ""), f"{plugin}/__init__.py", True)
        for path, text in files.items():
            stem = path.removesuffix(".py")
            if path.endswith(".py") and stem != "__init__":
                parts = stem.split("/")
                is_package = parts[-1] == "__init__"
                name = ".".join([package, *(parts[:-1] if is_package else parts)])
                self._texts[name] = (text, f"{plugin}/{path}", is_package)
        module, _, attribute = entry.partition(":")
        return getattr(importlib.import_module(f"{package}.{module}"), attribute)()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A module of a plugin; None for any other."""
        if fullname not in self._texts:
            return None
        _, file, is_package = self._texts[fullname]
        return ModuleSpec(fullname, self, origin=file, is_package=is_package)

    def is_package(self, fullname: str) -> bool:
        """Whether it holds other modules."""
        return self._texts[fullname][2]

    def get_source(self, fullname: str) -> str:
        """The text of a module."""
        return self._texts[fullname][0]

    def get_code(self, fullname: str) -> CodeType:
        """The compiled text of a module."""
        text, file, _ = self._texts[fullname]
        return compile(text, file, "exec", dont_inherit=True)
