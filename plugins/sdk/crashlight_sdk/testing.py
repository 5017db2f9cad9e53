"""For the tests of plugins: load an analyzer from its folder in this process, without a sandbox.

Only tests use this. The server never imports a plugin; it runs it in a restricted process.
"""

import importlib
import importlib.util
import sys
import tomllib
from pathlib import Path

from crashlight_sdk.analyzer import Analyzer
from crashlight_sdk.words import Crash, Window

PACKAGE = "crashlight_plugins"


def load(folder: Path) -> Analyzer:
    """The analyzer that ``plugin.toml`` in ``folder`` names. Raises what the plugin raises at import."""
    manifest = tomllib.loads((folder / "plugin.toml").read_text(encoding="utf-8"))["plugin"]
    package = f"{PACKAGE}.{manifest['id'].replace('-', '_')}"
    for name in [name for name in sys.modules if name == package or name.startswith(package + ".")]:
        del sys.modules[name]
    for name, place in ((PACKAGE, folder.parent), (package, folder)):
        if name not in sys.modules:
            spec = importlib.util.spec_from_loader(name, loader=None, is_package=True)
            assert spec is not None
            module = importlib.util.module_from_spec(spec)
            module.__path__ = [str(place)]
            sys.modules[name] = module
    module_name, _, class_name = manifest["entry"].partition(":")
    analyzer: Analyzer = getattr(importlib.import_module(f"{package}.{module_name}"), class_name)()
    return analyzer


def window(text: str, *, complete: bool = True) -> Window:
    """The whole of ``text`` as one window; line ends are removed."""
    return Window(lines=tuple(text.replace("\r\n", "\n").rstrip("\n").split("\n")), hits=(), complete=complete)


def parse(analyzer: Analyzer, text: str) -> list[Crash]:
    """What the analyzer finds in ``text``."""
    return analyzer.parse(window(text))
