"""Finding third-party plugins without running a line of them, and unpacking those that the user adds.

Installed packages name their plugins in the entry point group ``crashlight.plugins``, as
``name = "package.of.the.plugin"``; only that text is read, and the folder it means.
"""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from crashlight.adapters.plugins.manifest import (
    LARGEST_NATIVE_PLUGIN,
    MOST_FILES,
    PluginError,
    Source,
    digest,
    read_all,
    read_files,
    read_manifest,
)
from crashlight.settings.paths import home, private_folder

GROUP: Final = "crashlight.plugins"


def installed() -> Iterator[Source | PluginError]:
    """Plugins of installed packages and of ``crashlight plugins add``, or why one cannot be read."""
    for folder in [*_from_packages(), *_unpacked()]:
        try:
            yield read_manifest(folder, builtin=False)
        except PluginError as error:
            yield error


def add(path: Path) -> Source:
    """Unpack a plugin from its folder or wheel into the data folder. It is not allowed by that. Raises PluginError."""
    files: Mapping[str, bytes | str]
    if path.is_dir():
        files = read_all(path) if read_manifest(path, builtin=False).is_native else read_files(path)
    elif path.suffix == ".whl" and path.is_file():
        files = _read_wheel(path)
    else:
        raise PluginError(f"{path} is neither a folder with a plugin.toml nor a wheel")
    target = home("data") / "plugins" / digest(files)[:24]
    private_folder(target)
    for name, content in files.items():
        file = target / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_manifest(target, builtin=False)


def _from_packages() -> Iterator[Path]:
    from importlib.metadata import entry_points

    for point in entry_points(group=GROUP):
        if point.dist is not None:
            folder = Path(str(point.dist.locate_file(point.value.partition(":")[0].strip().replace(".", "/"))))
            if (folder / "plugin.toml").is_file():
                yield folder


def _unpacked() -> Iterator[Path]:
    folder = home("data") / "plugins"
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if (path / "plugin.toml").is_file())


def _read_wheel(path: Path) -> dict[str, bytes]:
    """The files beside the wheel's only plugin.toml. Nothing is written, and no name leaves the folder."""
    try:
        with zipfile.ZipFile(path) as wheel:
            entries = {PurePosixPath(info.filename): info for info in wheel.infolist() if not info.is_dir()}
            manifests = [name for name in entries if name.name == "plugin.toml"]
            if len(manifests) != 1:
                raise PluginError(f"{path} holds {len(manifests)} files named plugin.toml, where one is expected")
            top = manifests[0].parent
            chosen = {
                name.relative_to(top): info
                for name, info in entries.items()
                if name.is_relative_to(top) and ".." not in name.parts and not name.is_absolute()
            }
            if len(chosen) > MOST_FILES or sum(info.file_size for info in chosen.values()) > LARGEST_NATIVE_PLUGIN:
                raise PluginError(f"{path} is over {LARGEST_NATIVE_PLUGIN >> 20} MiB or {MOST_FILES} files of code")
            return {name.as_posix(): wheel.read(info) for name, info in chosen.items()}
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise PluginError(f"{path} cannot be read: {error}") from error
