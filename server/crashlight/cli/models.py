"""``crashlight models``: set up llama.cpp, and fetch, list, add and remove language models."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crashlight.adapters.llama.registry import (
    ModelError,
    ModelSpec,
    PathSource,
    find,
    models,
    own_models,
    write_own_models,
)

SUMMARY = "set up, fetch and list language models"
EXAMPLE = "crashlight models pull qwen2.5-coder-0.5b"


def arguments(parser: argparse.ArgumentParser) -> None:
    """One action each."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="the models that are known, and which are here")
    setup = actions.add_parser("setup", help="build llama-cpp-python for this machine")
    setup.add_argument("--again", action="store_true", help="build it even where one is there")
    pull = actions.add_parser("pull", help="fetch a model and check its hash")
    pull.add_argument("name", help="a name of the list, or its end: 0.5b")
    pull.add_argument("--path", type=Path, help="a copy of the file that you have")
    add = actions.add_parser("add", help="make a GGUF file of your own known by a name")
    add.add_argument("name")
    add.add_argument("path", type=Path)
    add.add_argument("--licence", default="unknown")
    remove = actions.add_parser("remove", help="delete a fetched model, or forget one of your own")
    remove.add_argument("name")


def run(options: argparse.Namespace) -> int:
    """0 when it was done, 1 when it could not be, with the reason and what to do."""
    actions = {"list": _list, "setup": _setup, "pull": _pull, "add": _add, "remove": _remove}
    try:
        actions[options.action](options)
    except ModelError as error:
        print(f"crashlight models: {error.reason}. {error.cure}".rstrip(), file=sys.stderr)
        return 1
    return 0


def _list(options: argparse.Namespace) -> None:
    for spec in models().values():
        state = "here" if spec.path.is_file() else "not fetched"
        print(f"{spec.name:24s} {spec.size / 1e6:7.0f} MB  {spec.licence:12s} {state:12s} sha256 {spec.sha256}")


def _setup(options: argparse.Namespace) -> None:
    from crashlight.adapters.llama.build import setup

    with _progress("building") as on_progress:
        library = setup(_say, on_progress, again=options.again)
    print(f"llama-cpp-python {library.version} is ready")


def _pull(options: argparse.Namespace) -> None:
    from crashlight.adapters.llama.pull import pull

    spec = find(options.name)
    with _progress(spec.name) as on_progress:
        path = pull(spec, _say, on_progress, options.path)
    print(path)


def _add(options: argparse.Namespace) -> None:
    from crashlight.adapters.llama.pull import file_hash, pull

    path: Path = options.path.expanduser().absolute()
    try:
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise ModelError(f"{path} is not a GGUF file")
        size = path.stat().st_size
        with _progress(options.name) as on_progress:
            digest = file_hash(path, on_progress)
            spec = ModelSpec(
                name=options.name,
                file=f"{options.name}.gguf",
                size=size,
                sha256=digest,
                licence=options.licence,
                memory_mb=size // 1_000_000 + 800,
                source=[PathSource(str(path))],
            )
            write_own_models([*(known for known in own_models() if known.name != spec.name), spec])
            pull(spec, _say, on_progress)
    except (OSError, ValueError) as error:
        raise ModelError(str(error)) from error
    print(f"{spec.name} is here; choose it with the setting model.name")


def _remove(options: argparse.Namespace) -> None:
    spec = find(options.name)
    own = own_models()
    there = spec.path.is_file()
    spec.path.unlink(missing_ok=True)
    if any(known.name == spec.name for known in own):
        write_own_models([known for known in own if known.name != spec.name])
    elif not there:
        raise ModelError(f"{spec.name} is not here")
    print(f"{spec.name} was removed")


def _say(text: str) -> None:
    print(text, file=sys.stderr)


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, all_: bar.update(task, completed=done, total=all_)
