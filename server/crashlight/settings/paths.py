"""Where Crashlight's own files lie: those it ships and those it makes."""

import os
from pathlib import Path
from typing import Literal

import platformdirs

Shipped = Literal["migrations", "builtin"]


def shipped(name: Shipped) -> Path:
    """The folder of files that travel with the program: in the wheel beside the package, in a checkout at the top.

    Raises FileNotFoundError when neither is there, which means that the installation is broken.
    """
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent.parent
    in_checkout = {"migrations": checkout / "migrations", "builtin": checkout / "plugins" / "builtin"}[name]
    for candidate in (package / "_shipped" / name, in_checkout):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the installation lacks its folder '{name}': install crashlight again")


def home(kind: Literal["data", "cache", "config", "state"] = "data") -> Path:
    """The folder of one kind of the user's files; ``CRASHLIGHT_HOME`` moves all of them. It may not exist yet."""
    moved = os.environ.get("CRASHLIGHT_HOME")
    if moved:
        return Path(moved).expanduser().absolute() / kind
    places = platformdirs.PlatformDirs("crashlight", appauthor=False)
    return {
        "data": places.user_data_path,
        "cache": places.user_cache_path,
        "config": places.user_config_path,
        "state": places.user_state_path,
    }[kind]


def private_folder(path: Path) -> Path:
    """``path``, made where it is absent, and readable by its owner alone."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
